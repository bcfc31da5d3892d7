"""Partners as they are shown: to everybody, and with who answers for them to members of staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.models import Partner
from identity.partners.client import ClientKind, State
from identity.partners.life import By, Life, revision, waits
from identity.partners.metadata import Metadata
from identity.partners.responsible import Responsible, opened
from identity.vault import Vault

PAGE = 100
MOST = 1_000
_LISTED = (ClientKind.PARTNER.value, ClientKind.DEPARTMENT.value)
_PUBLIC = (State.APPROVED.value, State.SUSPENDED.value)


@dataclass(frozen=True)
class View:
    """``proposed`` waits for a decision, as the whole does where it ``waits`` in state pending."""

    row: Partner = field(repr=False)
    metadata: Metadata = field(repr=False)
    proposed: Metadata | None = field(repr=False)
    waits: bool
    revision: str

    @classmethod
    def of(cls, row: Partner) -> "View":
        proposed = Metadata.model_validate_json(row.proposed) if row.proposed else None
        metadata = Metadata.model_validate_json(row.metadata)
        return cls(row, metadata, proposed, waits(row), revision(row))


@dataclass(frozen=True)
class Detail:
    view: View
    responsible: Responsible | None = field(repr=False)


async def public(after: str = "") -> tuple[Sequence[View], str | None]:
    """Partners and departments that may ask residents, or were suspended; a page, and where the
    next one begins. Raises DatabaseUnavailable.
    """
    rows = Partner.filter(kind__in=_LISTED, state__in=_PUBLIC, id__gt=after)
    with reaching_database():
        found = await rows.order_by("id").limit(PAGE + 1)
    shown = found[:PAGE]
    return [View.of(row) for row in shown], (shown[-1].id if len(found) > PAGE else None)


async def for_staff(by: By) -> Sequence[View]:
    """Those of the region, what waits first, then the youngest. Raises DatabaseUnavailable."""
    with reaching_database():
        rows = await Partner.filter(kind__in=_LISTED).order_by("-created_at").limit(MOST)
    views = [View.of(row) for row in rows]
    theirs = [view for view in views if view.metadata.region.startswith(by.region)]
    return sorted(theirs, key=lambda view: not view.waits)


async def detail(life: Life, vault: Vault, by: By, id: str) -> Detail:
    """All of one, with who answers for it: audited before it leaves. Raises PartnerMissing."""
    row = await life.row(by, id)
    with reaching_database():
        async with in_transaction() as connection:
            event, caller = "partner:read", by.caller
            await record(connection, event=event, resident=None, caller=caller, service=id)
    sealed = row.responsible_sealed
    return Detail(View.of(row), opened(vault, row.id, sealed) if sealed else None)
