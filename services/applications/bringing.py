"""The documents that come with a submission or with the answer to a supplement."""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from services.applications import told
from services.applications.errors import MaterialsMissing, SupplementIncomplete
from services.applications.papers import Papers
from services.materials.taking import Taking
from services.models import Application, Material, Supplement
from services.service import Service
from services.signing import attached
from services.signing.document import wanted


async def with_submission(
    connection: BaseDBAsyncClient,
    taking: Taking,
    row: Application,
    service: Service,
    ids: Sequence[UUID],
) -> None:
    """Everything that is wanted and that no department, and no earlier application, holds.

    Raises MaterialsMissing, SignedFormDiffers and what ``Taking.attach`` refuses.
    """
    if not service.item.materials and not ids:
        return
    await taking.attach(connection, row, UUID(str(row.resident_id)), ids, service.item)
    if kinds := await taking.gather(connection, row, service.item):
        raise MaterialsMissing(kinds=list(kinds), titles=_titles(service, kinds, row.locale))
    await _signed(connection, taking, row, service)


async def with_answer(
    connection: BaseDBAsyncClient,
    taking: Taking,
    row: Application,
    service: Service,
    ids: Sequence[UUID],
) -> None:
    """What the supplement asks for, brought now: nothing earlier counts for it.

    Raises SupplementIncomplete, SignedFormDiffers and what ``Taking.attach`` refuses.
    """
    await taking.attach(connection, row, UUID(str(row.resident_id)), ids, service.item)
    asked = Supplement.filter(application_id=row.id, answered_at__isnull=True)
    codes = await asked.using_db(connection).values_list("wanted", flat=True)
    wanted = {code for one in codes for code in str(one).split()}
    brought = Material.filter(id__in=list(ids)).using_db(connection)
    kinds = {str(kind) for kind in await brought.values_list("kind", flat=True)}
    anew = sorted(({one.kind for one in service.item.materials} & wanted) - kinds)
    if missing := await taking.gather(connection, row, service.item, anew):
        titles = _titles(service, missing, row.locale)
        raise SupplementIncomplete(kinds=list(missing), titles=titles)
    await _signed(connection, taking, row, service)


async def _signed(
    connection: BaseDBAsyncClient, taking: Taking, row: Application, service: Service
) -> None:
    """What the resident signed says what the form says now. Raises SignedFormDiffers."""
    if not wanted(service.item):
        return
    form = Papers(taking.vault).form(row)
    await attached.check(connection, taking.vault, row, service.item, form)


def _titles(service: Service, kinds: Sequence[str], locale: str) -> list[str]:
    return [one["title"] for one in told.wanted(service, kinds, locale)]
