"""Erasure: asked for with a fresh proof, cancellable for a week, then carried out by a job.

    ask → (7 days: cancel) → closed, signed out → one holding after another → the account

The step from asked to begun and its cancelling lock the same row, so exactly one of them wins.
What follows is done in small transactions that are safe to repeat: a worker that is killed leaves
a closed account behind, and the next run goes on with it. What must be kept is named beforehand;
it stays under a UUID that leads to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.errors import Conflict, Missing
from config.settings import Settings
from identity import closing, notices, release
from identity.audit import record
from identity.caller import Caller
from identity.errors import ResidentMissing, SignInNeeded
from identity.holdings import Holding, Holdings
from identity.models import Resident
from identity.sessions import Sessions
from identity.ways import FRESH, SENSITIVE

JOB = "carry-out-erasures"
ERASED = "erased"
# What stays after any erasure, and under which law or ledger; texts ``keeps.<code>``.
ALWAYS = ("activity", "consents", "department-ledgers")
_AT_ONCE = 200
log = logs.get("erasure")


class ErasureMissing(Missing):
    """None was asked for."""

    code = "erasure-missing"


class ErasureBegun(Conflict):
    """Too late to cancel."""

    code = "erasure-begun"


@dataclass(frozen=True)
class Asked:
    """When it will be carried out, and what will be kept all the same (codes)."""

    erase_after: datetime
    keeps: Sequence[str]


class Erasures:
    def __init__(self, holdings: Holdings, sessions: Sessions, settings: Settings):
        self._holdings = holdings
        self._sessions = sessions
        self._wait = timedelta(days=settings.erasure_days)

    async def ask(self, caller: Caller) -> Asked:
        """Ask for it; asked again, the first date stands. Sessions stay, so that it can be taken
        back. Raises SignInNeeded, StepUpNeeded or ResidentMissing.
        """
        release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
        resident = _resident(caller)
        async with in_transaction() as connection:
            row = await _locked(connection, resident)
            if row is None or row.closed_at:
                raise ResidentMissing()
            if row.erase_after is None:
                row.erase_after = datetime.now(UTC) + self._wait
                await row.save(using_db=connection, update_fields=["erase_after"])
                await record(connection, event="erasure:asked", resident=resident, caller=caller)
                await notices.tell(connection, resident, "erasure-asked")
            after = row.erase_after
        return Asked(after, await self.keeps(resident))

    async def asked(self, resident: UUID) -> Asked:
        """What was asked for and not carried out. Raises ErasureMissing."""
        row = await Resident.get_or_none(id=resident)
        if row is None or row.erase_after is None:
            raise ErasureMissing()
        return Asked(row.erase_after, await self.keeps(resident))

    async def cancel(self, caller: Caller) -> None:
        """Take it back. Raises ErasureMissing, or ErasureBegun when the job was first."""
        resident = _resident(caller)
        async with in_transaction() as connection:
            row = await _locked(connection, resident)
            if row is None or row.erase_after is None:
                raise ErasureMissing()
            if row.closed_at:
                raise ErasureBegun()
            row.erase_after = None
            await row.save(using_db=connection, update_fields=["erase_after"])
            await record(connection, event="erasure:cancelled", resident=resident, caller=caller)
            await notices.tell(connection, resident, "erasure-cancelled")

    async def keeps(self, resident: UUID) -> list[str]:
        """Codes of what is kept: what always is, and what holdings may not give up yet."""
        found = list(ALWAYS)
        for holding in self._holdings:
            found += [code for code in await holding.keeps(resident) if code not in found]
        return found

    async def carry_out_due(self) -> int:
        """The worker's job: begin what is due, go on with what was begun. Returns how many ended.

        One that fails does not hold up the others; it is tried again with the next run.
        """
        done, faults = 0, 0
        for resident in await _due():
            try:
                done += await self.carry_out(resident)
            except Exception as fault:
                faults += 1
                log.fault("erasure-not-finished", fault, resident=str(resident))
        if faults:
            raise ErasuresNotFinished(f"{faults} of them")
        return done

    async def carry_out(self, resident: UUID) -> bool:
        """Erase one resident who is due. True when nothing is left to do; safe to repeat."""
        if not await self._begin(resident):
            return False
        left = False
        for holding in self._holdings.in_order_of_erasure:
            left |= not await self._erase(holding, resident)
        if left:
            return False  # something was begun in the last moment: the next run asks again
        async with in_transaction() as connection:
            await Resident.filter(id=resident).using_db(connection).delete()
        log.info("erased", resident=str(resident))
        return True

    async def _begin(self, resident: UUID) -> bool:
        """Close the account; False when it is not due, or something must be kept."""
        async with in_transaction() as connection:
            row = await _locked(connection, resident)
            if row is None or row.erase_after is None or row.erase_after > datetime.now(UTC):
                return False
            if row.merged_into:  # the record it became is erased with it, not before
                return False
            if row.closed_at and row.closed_why == ERASED:
                return True
            if await self._must_wait(resident):
                return False
            ended = await closing.close(connection, self._sessions, resident, ERASED)
            await Resident.filter(id=resident).using_db(connection).update(closed_why=ERASED)
            await record(connection, event="erasure:begun", resident=resident)
        await self._sessions.announce(ended)
        return True

    async def _must_wait(self, resident: UUID) -> bool:
        """What must be kept needs its resident as well: whoever decides an open application reads
        who it is of, and the resident answers, or withdraws it.
        """
        return any([await holding.keeps(resident) for holding in self._holdings])

    async def _erase(self, holding: Holding, resident: UUID) -> bool:
        """Whether the holding gave everything up."""
        if await holding.keeps(resident):
            return False
        async with in_transaction() as connection:
            await holding.erase(connection, resident)
        return True


class ErasuresNotFinished(Exception):
    """Some failed; the job is tried again."""


async def _due() -> list[UUID]:
    rows = Resident.filter(erase_after__lte=datetime.now(UTC), merged_into__isnull=True)
    found = await rows.order_by("erase_after").limit(_AT_ONCE).values_list("id", flat=True)
    return [UUID(str(one)) for one in found]


async def _locked(connection: BaseDBAsyncClient, resident: UUID) -> Resident | None:
    rows = Resident.select_for_update().using_db(connection)
    return await rows.get_or_none(id=resident)


def _resident(caller: Caller) -> UUID:
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident
