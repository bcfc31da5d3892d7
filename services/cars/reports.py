"""What owners reported of strangers, before staff: they see neither plate, owner nor caller.

A report keeps whoever asked from its owner for a month by itself (services.cars.limits). Staff of
the office that keeps plates say once whether it stands, in words that the owner reads: from one
that was unfounded on, it holds nobody back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.caller import Caller
from identity.staff.errors import StaffNotOneself
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.cars import limits, rows
from services.cars.errors import CarReportMissing, CarReportSettled
from services.models import Car, CarRequest

Outcome = Literal["upheld", "unfounded"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
SHOWN = 100
_REPORTERS = """
    SELECT request.caller, count(DISTINCT car.resident_id) AS owners
    FROM car_request AS request JOIN car ON car.id = request.car_id
    WHERE request.caller = ANY($1) AND request.reported_at > $2 AND request.outcome <> $3
    GROUP BY request.caller
"""


@dataclass(frozen=True)
class Report:
    """``owners``: how many have reported the same caller within the month, unfounded ones apart."""

    row: CarRequest = field(repr=False)
    owners: int

    @property
    def barred(self) -> bool:
        """Whether whoever asked reaches nobody for now."""
        return self.owners >= limits.REPORTS_OF_ALL


@dataclass(frozen=True)
class Reports:
    """``department``: the id of the office that keeps plates, whose staff see to reports."""

    vault: Vault
    department: str

    async def listed(self, member: Member, *, settled: bool = False) -> Sequence[Report]:
        """What waits, the oldest first; or what was settled, the youngest first. Nobody's own.

        Raises StaffRoleMissing.
        """
        with reaching_database():
            found = self._reach(member).filter(settled_at__isnull=not settled)
            if own := await own_residents(self.vault, member):
                theirs = await Car.filter(resident_id__in=own).only("id")
                found = found.exclude(car_id__in=[car.id for car in theirs])
            order = ("-settled_at", "-id") if settled else ("reported_at", "id")
            shown = await found.order_by(*order).limit(SHOWN)
            owners = await _reporters(shown)
        return [Report(row, owners.get(row.caller, 0)) for row in shown]

    async def settle(self, member: Member, said: str, outcome: Outcome, words: str) -> None:
        """Say once whether the report stands; the owner is told, and reads the words.

        Raises StaffRoleMissing, CarReportMissing, StaffNotOneself or CarReportSettled.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row, car = await self._locked(connection, member, said)
                row.outcome, row.settled_at = outcome, datetime.now(UTC)
                row.settled_by = str(member.id)
                row.told_sealed = self.vault.seal(words.encode(), _context(row.id))
                await row.save(using_db=connection)
                await rows.audited(connection, car, "car:report-settled", self._caller(member))
                facts = {"outcome": rows.in_words(f"car.outcome.{outcome}")}
                await rows.tell(connection, car, "car-report-settled", facts)

    def words(self, row: CarRequest) -> str:
        """What staff said of it; empty while nobody has."""
        return words_of(row, self.vault)

    async def _locked(
        self, connection: BaseDBAsyncClient, member: Member, said: str
    ) -> tuple[CarRequest, Car]:
        try:
            found = self._reach(member).filter(id=UUID(said))
        except ValueError:
            raise CarReportMissing("no id") from None
        row = await found.using_db(connection).select_for_update().first()
        if row is None:
            raise CarReportMissing()
        car = await Car.get(id=row.car_id, using_db=connection)
        if UUID(str(car.resident_id)) in await own_residents(self.vault, member, connection):
            raise StaffNotOneself()
        if row.settled_at is not None:
            raise CarReportSettled()
        return row, car

    def _reach(self, member: Member) -> QuerySet[CarRequest]:
        """All reports, for the department's staff; a car stands in no region. StaffRoleMissing."""
        member.need(Role.LISTENER, Role.LEAD)
        if self.department not in member.departments:
            return CarRequest.filter(id__in=[])
        return CarRequest.filter(reported_at__isnull=False)

    def _caller(self, member: Member) -> Caller:
        role = Role.LISTENER if Role.LISTENER in member.roles else Role.LEAD
        return member.acting(role, self.department)


def words_of(row: CarRequest, vault: Vault) -> str:
    """What staff said of the report; empty while nobody has."""
    if row.told_sealed is None:
        return ""
    return vault.open(bytes(row.told_sealed), _context(row.id)).decode()


async def _reporters(found: Sequence[CarRequest]) -> Mapping[str, int]:
    """Owners by caller."""
    since = datetime.now(UTC) - limits.REPORTED_FOR
    asked = [list({row.caller for row in found}), since, limits.UNFOUNDED]
    counted = await get_connection("default").execute_query_dict(_REPORTERS, asked)
    return {row["caller"]: row["owners"] for row in counted}


def _context(id: object) -> str:
    return f"car_request.told:{id}"
