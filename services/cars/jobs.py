"""Looking after cars: whose they are now, and what is forgotten when.

Once a day, and when somebody scans a code that was not looked after for an hour, the office is
asked whose the plate is. What was sold loses its code by itself; a car with a new plate keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Handler, Payload, enqueue_each
from identity.audit import record
from identity.caller import NOBODY
from identity.errors import ResidentMissing
from identity.residents import Residents
from identity.vault import Vault
from services.cars import codes, rows
from services.cars.asking import CHECK
from services.cars.office import KeepsPlates, Vehicle, keeper
from services.errors import NoRecord
from services.models import Car, CarRequest

DUE, FORGET = "check-cars", "forget-old-car-requests"
SCHEDULES: Mapping[str, str] = {DUE: "*/30 * * * *", FORGET: "37 18 * * *"}
EVERY = timedelta(days=1)
MOST = 500
KEPT, REPORTED_KEPT, ENDED_KEPT = timedelta(days=30), timedelta(days=180), timedelta(days=30)
log = logs.get("services.cars")


@dataclass(frozen=True)
class Looking:
    vault: Vault
    residents: Residents
    office: KeepsPlates

    async def check_one(self, payload: Payload) -> None:
        """Raises the problems of ``Department.call``: the job is tried again."""
        car = await Car.get_or_none(id=UUID(payload["car"]), state=rows.LIVING)
        if car is None:
            return
        held = await self._held(UUID(str(car.resident_id)))
        async with in_transaction() as connection:
            if row := await _as_it_was(connection, car):
                await self._judge(connection, row, held)

    async def _judge(
        self, connection: BaseDBAsyncClient, row: Car, held: Sequence[Vehicle]
    ) -> None:
        """Sold, by another plate, or as it was."""
        frames, known = codes.frame_digests, codes.plate_digests
        same = [one for one in held if row.frame in frames(self.vault, one.frame)]
        if not same:
            await rows.end(connection, row, rows.SOLD)
            return
        row.checked_at, plate = datetime.now(UTC), same[0].plate
        if row.plate not in known(self.vault, plate):
            row.plate = codes.plate_digest(self.vault, plate)
            row.plate_sealed = self.vault.seal(plate.encode(), codes.plate_context(row.id))
            await rows.audited(connection, row, "car:plate-changed")
            await rows.tell(connection, row, "car-plate-changed")
        await row.save(using_db=connection)

    async def _held(self, resident: UUID) -> list[Vehicle]:
        """Nothing is held by whom the office or we do not know any more."""
        async with in_transaction() as connection:
            await record(
                connection,
                event="car:checked",
                resident=resident,
                caller=NOBODY,
                purpose=rows.PURPOSE,
            )
        try:
            return list(await self.office.vehicles(await self.residents.reveal(resident)))
        except (NoRecord, ResidentMissing):
            return []


async def _as_it_was(connection: BaseDBAsyncClient, car: Car) -> Car | None:
    """The row, locked, unless it has moved on while the office was asked."""
    same = Car.filter(id=car.id, state=rows.LIVING, plate=car.plate).using_db(connection)
    return await same.select_for_update().first()


async def look_at_due(_payload: Payload) -> None:
    """A job for each car that was not looked after since yesterday."""
    before = datetime.now(UTC) - EVERY
    due = Car.filter(state=rows.LIVING, checked_at__lt=before).order_by("checked_at").limit(MOST)
    ids = [str(row.id) for row in await due.only("id")]
    async with in_transaction() as connection:
        await enqueue_each(connection, CHECK, [{"car": one} for one in ids])


async def forget_old(_payload: Payload) -> None:
    """Requests after a month (reported ones after half a year), ended cars after a month."""
    now = datetime.now(UTC)
    await CarRequest.filter(created_at__lt=now - KEPT, reported_at__isnull=True).delete()
    await CarRequest.filter(created_at__lt=now - REPORTED_KEPT).delete()
    gone = Car.filter(state=rows.ENDED, ended_at__lt=now - ENDED_KEPT)
    ids = [row.id for row in await gone.only("id")]
    await CarRequest.filter(car_id__in=ids).delete()
    log.info("old-cars-forgotten", count=await Car.filter(id__in=ids).delete())


def handlers(
    vault: Vault, residents: Residents, departments: Mapping[str, object]
) -> Mapping[str, Handler]:
    """All of them are safe to repeat."""
    looking = Looking(vault, residents, keeper(departments))
    return {CHECK: looking.check_one, DUE: look_at_due, FORGET: forget_old}
