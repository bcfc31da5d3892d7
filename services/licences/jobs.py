"""What ends a licence by itself: its last day, other facts at the department, a death, a closed
account. All of them are safe to repeat.

Every night each licence that lives is looked at again: its holder at the population register, its
facts at the department. An office that is closed by night is asked when it opens; who is away is
asked the next night.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from config import logs
from config.errors import Unavailable
from config.jobs import Handler, Payload, enqueue, enqueue_each
from config.texts import DEFAULT_LOCALE
from identity import closing
from identity.errors import ResidentClosed, ResidentMissing
from identity.models import Resident
from identity.person import Person
from identity.register import Register, Verdict
from identity.residents import Residents
from identity.sessions import Sessions
from identity.vault import Vault
from services.catalogue import Catalogue
from services.clocks import today
from services.department import Department
from services.errors import DepartmentClosed, NoRecord
from services.licences.asking import Offices
from services.licences.declaration import LicenceType
from services.licences.ledger import CLOSED, DECEASED, EXPIRED, Ledger
from services.models import Licence, Presentation

ONE, NIGHTLY, EXPIRING = "check-licence", "check-licences", "end-expired-licences"
FORGETTING = "forget-presentations"
CLOSED_JOB = closing.JOB
SCHEDULES: Mapping[str, str] = {
    NIGHTLY: "40 17 * * *",
    EXPIRING: "2 16 * * *",  # two past midnight in China
    FORGETTING: "57 * * * *",
}
AGAIN, KEPT = timedelta(hours=20), timedelta(days=1)
SPREAD = timedelta(minutes=30)  # after an office has opened: not everything in its first second
_AT_ONCE = 1000
log = logs.get("licences")


@dataclass(frozen=True)
class LicenceJobs:
    ledger: Ledger
    kinds: Mapping[str, LicenceType]
    offices: Offices
    residents: Residents
    register: Register
    sessions: Sessions

    def handlers(self) -> Mapping[str, Handler]:
        return {
            ONE: self.check,
            NIGHTLY: self.check_all,
            EXPIRING: self.end_expired,
            FORGETTING: forget_presentations,
            CLOSED_JOB: self.end_closed,
        }

    async def check_all(self, _payload: Payload) -> None:
        """A job for each licence that was not looked at since yesterday."""
        since = datetime.now(UTC) - AGAIN
        after = UUID(int=0)
        while True:
            rows = Licence.filter(ended_at=None, checked_at__lt=since, id__gt=after)
            ids = await rows.order_by("id").limit(_AT_ONCE).values_list("id", flat=True)
            if not ids:
                return
            async with in_transaction() as connection:
                await enqueue_each(connection, ONE, [{"licence": str(id)} for id in ids])
            after = UUID(str(ids[-1]))

    async def check(self, payload: Payload) -> None:
        """Ask register and department about one licence, and follow what they say.

        ``put_off``: when an office was closed; whoever looked since has done it all.
        """
        row = await Licence.get_or_none(id=payload["licence"], ended_at=None)
        if row is None or row.type not in self.kinds or _looked_at_since(row, payload):
            return
        resident = UUID(str(row.resident_id))
        try:
            person = await self.residents.reveal(resident)
        except ResidentMissing:
            await self._end_all(resident, CLOSED)
            return
        if await self._has_died(person):
            await self._close(resident)
        else:
            await self._follow(row, person)

    async def end_expired(self, _payload: Payload) -> None:
        """Those whose last day was yesterday."""
        over = await Licence.filter(ended_at=None, until_on__lt=today(datetime.now(UTC)))
        for row in over:
            async with in_transaction() as connection:
                await self.ledger.end(connection, row, EXPIRED)
        log.info("licences-expired", count=len(over))

    async def end_closed(self, payload: Payload) -> None:
        """A record was closed: nothing speaks for its holder any more."""
        resident = UUID(payload["resident"])
        row = await Resident.get_or_none(id=resident)
        died = row is not None and row.closed_why == closing.DECEASED
        await self._end_all(resident, DECEASED if died else CLOSED)

    async def _has_died(self, person: Person) -> bool:
        """Raises RegisterUnavailable."""
        said = await self.register.name_and_number(person.name, person.number)
        return said is Verdict.DECEASED

    async def _close(self, resident: UUID) -> None:
        """The register's word closes the record, and that ends the licences."""
        async with in_transaction() as connection:
            ended = await closing.close(connection, self.sessions, resident, closing.DECEASED)
        await self.sessions.announce(ended)
        await self._end_all(resident, DECEASED)

    async def _follow(self, row: Licence, person: Person) -> None:
        kind = self.kinds[row.type]
        try:
            held = await self.offices.held(kind, person, DEFAULT_LOCALE)
        except NoRecord:
            async with in_transaction() as connection:
                await self.ledger.drop(connection, kind, person.resident)
            return
        except DepartmentClosed as closed:
            await _put_off(row, closed)
            return
        except Unavailable as away:
            log.info("licence-not-checked", type=kind.id, reason=away.code)
            return
        try:
            async with in_transaction() as connection:
                await self.ledger.settle(connection, kind, person.resident, held)
        except ResidentClosed:  # who closes a record has its licences ended
            log.info("licence-of-a-closed-record", type=kind.id)

    async def _end_all(self, resident: UUID, why: str) -> None:
        for row in await Licence.filter(resident_id=resident, ended_at=None):
            async with in_transaction() as connection:
                await self.ledger.end(connection, row, why)


def _looked_at_since(row: Licence, payload: Payload) -> bool:
    put_off = payload.get("put_off")
    return put_off is not None and row.checked_at > datetime.fromisoformat(put_off)


async def _put_off(row: Licence, closed: DepartmentClosed) -> None:
    """Once more soon after the office has opened."""
    now = datetime.now(UTC)
    wait = max(closed.opens - now, timedelta(0))
    spread = timedelta(seconds=secrets.randbelow(int(SPREAD.total_seconds())))
    payload = {"licence": str(row.id), "put_off": now.isoformat()}
    async with in_transaction() as connection:
        await enqueue(connection, ONE, payload, delay=wait + spread)


def handlers(
    vault: Vault,
    catalogue: Catalogue,
    departments: Mapping[str, Department],
    register: Register,
    sessions: Sessions,
) -> Mapping[str, Handler]:
    """The jobs of this room."""
    return LicenceJobs(
        Ledger(vault),
        catalogue.licences,
        Offices(departments),
        Residents(vault),
        register,
        sessions,
    ).handlers()


async def forget_presentations(_payload: Payload) -> None:
    """What was shown longer than a day ago."""
    await Presentation.filter(made_at__lt=datetime.now(UTC) - KEPT).delete()
