"""Jobs as an operator sees them: what waits, what was given up, how far long ones are.

Nothing of a job's payload is shown: it holds ids, and ids lead to people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import jobs
from config.database import reaching_database
from config.errors import Missing
from config.jobs import DeadLetter
from config.jobs_waiting import Waiting, waiting
from identity.audit import record
from identity.staff.roles import Member, Role
from services import progress
from services.figures.count import JOB as COUNT_FIGURES
from services.models import Progress

LONG_JOBS = (COUNT_FIGURES,)
"""What an operator may begin by hand."""


class DeadLetterMissing(Missing):
    """It was tried again already, or never given up."""

    code = "dead-letter-missing"


class LongJobUnknown(Missing):
    """No job of that name is begun by hand."""

    code = "long-job-unknown"


@dataclass(frozen=True)
class Board:
    waiting: list[Waiting]
    dead: list[DeadLetter]
    long: list[Progress]


async def board(member: Member) -> Board:
    """Raises StaffRoleMissing."""
    member.need(Role.OPERATOR)
    with reaching_database():
        connection = get_connection("default")
        dead = await jobs.dead_letters(connection)
        return Board(await waiting(connection), dead, await progress.latest())


async def revive(member: Member, ids: Sequence[int]) -> None:
    """Try dead letters again. Raises StaffRoleMissing or DeadLetterMissing."""
    member.need(Role.OPERATOR)
    with reaching_database():
        async with in_transaction() as connection:
            dead = {one.id for one in await jobs.dead_letters(connection, limit=10_000)}
            if not set(ids) <= dead:
                raise DeadLetterMissing()
            await jobs.revive(connection, ids)
            await record(connection, event="jobs:revived", resident=member.id, caller=member.caller)


async def begin(member: Member, name: str) -> UUID:
    """Begin a long job. Raises StaffRoleMissing, LongJobUnknown or JobRunning."""
    member.need(Role.OPERATOR)
    if name not in LONG_JOBS:
        raise LongJobUnknown()
    with reaching_database():
        async with in_transaction() as connection:
            return await progress.begin(connection, name, member.id)
