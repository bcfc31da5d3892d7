"""What is kept of a proof that was refused: the spent try and the line its resident will see."""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity.admission import Arrival
from identity.attempts import Attempt
from identity.audit import record
from identity.errors import (
    AnotherResident,
    IdentityNotMatched,
    TryBudgetSpent,
    TryTooSoon,
)
from identity.freeze import IdentityFrozen

# Beside a mismatch: what whose number it is ought to know somebody was refused with.
TELLING = (TryBudgetSpent, TryTooSoon, AnotherResident, IdentityFrozen)


async def spend(attempt: Attempt, resident: UUID | None, arrival: Arrival) -> None:
    """A judged mismatch: the try and its record are kept together, whatever is raised after."""
    async with in_transaction() as connection:
        await attempt.spend(connection)
        await write(connection, resident, arrival, IdentityNotMatched.code)


async def note(resident: UUID | None, arrival: Arrival, code: str) -> None:
    """A refusal that spends no try, in a transaction of its own: raising must not undo it."""
    async with in_transaction() as connection:
        await write(connection, resident, arrival, code)


async def write(
    connection: BaseDBAsyncClient, resident: UUID | None, arrival: Arrival, code: str
) -> None:
    """The resident whose number it was will see that somebody tried."""
    await record(
        connection,
        event="identity:refused",
        resident=resident,
        caller=arrival.caller,
        purpose=arrival.purpose,
        outcome=code,
    )
