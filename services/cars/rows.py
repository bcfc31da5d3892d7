"""Rows of cars as every story of this room needs them: found, numbered, ended, told about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.texts import LOCALES, text
from identity import notices
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.vault import Vault
from services.applications.numbers import made, read
from services.cars import codes
from services.cars.errors import CarEnded, CarMissing
from services.clocks import today
from services.models import Car

LIVING, ENDED = "living", "ended"
SOLD, TAKEN_OFF = "sold", "taken-off"
PURPOSE = "move-car"
AGAIN = timedelta(hours=3)  # longer than a job of the office's is tried
_PREFIX = "MC"
_TRIES = 20


def numbered(said: str) -> str:
    """A car's number as it is kept. Raises CarMissing for what cannot be one."""
    number = read(said, _PREFIX)
    if number is None:
        raise CarMissing("no number of ours")
    return number


async def new_number(connection: BaseDBAsyncClient) -> str:
    """One that nobody has; two at the same moment would meet at the unique column."""
    for _ in range(_TRIES):
        number = made(_PREFIX, today())
        if not await Car.filter(number=number).using_db(connection).exists():
            return number
    raise RuntimeError("no number is free today")


async def mine(resident: UUID, number: str) -> Car:
    """The resident's own, living or not. Raises CarMissing."""
    row = await Car.get_or_none(number=numbered(number), resident_id=resident)
    if row is None:
        raise CarMissing()
    return row


async def locked(connection: BaseDBAsyncClient, resident: UUID, number: str) -> Car:
    """The resident's own living car, for as long as the transaction lasts.

    Raises CarMissing or CarEnded.
    """
    rows = Car.filter(number=numbered(number), resident_id=resident)
    row = await rows.using_db(connection).select_for_update().first()
    if row is None:
        raise CarMissing()
    if row.state != LIVING:
        raise CarEnded()
    return row


async def living(resident: UUID, connection: BaseDBAsyncClient | None = None) -> Sequence[Car]:
    """The eldest first."""
    rows = Car.filter(resident_id=resident, state=LIVING).order_by("created_at", "id")
    return await (rows.using_db(connection) if connection else rows)


async def end(connection: BaseDBAsyncClient, row: Car, why: str, caller: Caller = NOBODY) -> None:
    """Its code opens nothing from now on; the owner is told."""
    row.state, row.ended_why, row.ended_at = ENDED, why, datetime.now(UTC)
    await row.save(using_db=connection)
    await audited(connection, row, "car:ended", caller)
    await tell(connection, row, f"car-{why}")


def is_asked_about(row: Car) -> bool:
    """Whether the office is to be asked about it already, or was in vain a moment ago."""
    if row.asked_at is None or row.asked_at <= row.checked_at:
        return False
    return bool(row.asked_at > datetime.now(UTC) - AGAIN)


async def audited(
    connection: BaseDBAsyncClient, row: Car, event: str, caller: Caller = NOBODY
) -> None:
    resident = UUID(str(row.resident_id))
    await record(connection, event=event, resident=resident, caller=caller, purpose=PURPOSE)


async def tell(
    connection: BaseDBAsyncClient, row: Car, kind: str, facts: notices.Facts | None = None
) -> None:
    """No plate stands in a message: who has several cars reads which of them it is."""
    resident = UUID(str(row.resident_id))
    told = {"car": await _which(connection, row), **(facts or {})}
    await notices.tell(connection, resident, kind, told, subject=f"car:{row.number}")


def plate_of(row: Car, vault: Vault) -> str:
    return vault.open(bytes(row.plate_sealed), codes.plate_context(row.id)).decode()


def in_words(key: str, **facts: object) -> dict[str, str]:
    """A text in every language, to be said in the reader's."""
    return {locale: text(key, locale, **facts) for locale in LOCALES}


async def _which(connection: BaseDBAsyncClient, row: Car) -> dict[str, str]:
    held = [one.id for one in await living(UUID(str(row.resident_id)), connection)]
    if row.id not in held or len(held) == 1:
        return in_words("car.only")
    return in_words("car.one-of", n=held.index(row.id) + 1)
