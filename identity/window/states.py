"""The life of a window request, and how its values are kept while it lasts."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity.models import WindowRequest
from identity.person import IdNumber
from identity.vault import Vault
from identity.window.errors import WindowRequestMissing

CODE_LIVES = timedelta(minutes=15)
STEP_LIVES = timedelta(minutes=60)  # from one person's step to the next one's
KEPT = timedelta(days=180)


class State(StrEnum):
    WAITING = "waiting"  # for a clerk, or for the clerk who took it
    CHECKED = "checked"  # by a clerk; waits for the second person
    CONFIRMED = "confirmed"  # the device may fetch its tokens
    FETCHED = "fetched"
    REFUSED = "refused"
    EXPIRED = "expired"


LIVING = (State.WAITING, State.CHECKED, State.CONFIRMED)
_EMPTY: dict[str, Any] = {"number_sealed": None, "name_sealed": None, "code": ""}


def state_of(row: WindowRequest) -> State:
    """The state it is in now, whether or not the worker has come by."""
    state = State(row.state)
    return State.EXPIRED if state in LIVING and row.expires_at <= datetime.now(UTC) else state


async def locked(connection: BaseDBAsyncClient, request: UUID) -> WindowRequest:
    """The request, for one transaction at a time. Raises WindowRequestMissing."""
    row = await WindowRequest.select_for_update().using_db(connection).get_or_none(id=request)
    if row is None or state_of(row) is State.EXPIRED:
        raise WindowRequestMissing()
    return row


def keep(vault: Vault, row: WindowRequest, name: str, number: IdNumber) -> None:
    """Seal what the document says into the row."""
    row.kind, row.country = number.kind, number.country
    row.number_sealed = vault.seal(number.value.encode(), _context("number", row))
    row.name_sealed = vault.seal(name.encode(), _context("name", row))


def kept(vault: Vault, row: WindowRequest) -> tuple[str, IdNumber]:
    """Name and number in plain words. Raises WindowRequestMissing once they are emptied."""
    if row.number_sealed is None or row.name_sealed is None:
        raise WindowRequestMissing()
    number = vault.open(bytes(row.number_sealed), _context("number", row)).decode()
    name = vault.open(bytes(row.name_sealed), _context("name", row)).decode()
    return name, IdNumber(number, row.kind, row.country)


async def close(connection: BaseDBAsyncClient, row: WindowRequest, state: State) -> None:
    """End it: nothing of the person stays in it."""
    await WindowRequest.filter(id=row.id).using_db(connection).update(state=state, **_EMPTY)


async def expire_old() -> int:
    """The worker's job: end what is past its time, forget what is long over. How many it ended."""
    now = datetime.now(UTC)
    async with in_transaction() as connection:
        late = WindowRequest.filter(state__in=list(LIVING), expires_at__lte=now)
        ended = await late.using_db(connection).update(state=State.EXPIRED, **_EMPTY)
        await WindowRequest.filter(expires_at__lt=now - KEPT).using_db(connection).delete()
    return int(ended)


def _context(column: str, row: WindowRequest) -> str:
    return f"window_request.{column}:{row.id}"
