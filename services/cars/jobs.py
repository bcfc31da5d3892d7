"""Looking after cars: whose they are now, and what is forgotten when.

Once a day, and when somebody scans a code that was not looked after for an hour, the office is
asked whose the plate is. What was sold loses its code by itself; a car with a new plate keeps it.
An office that is closed is asked when it opens; one that fails keeps nobody else's car waiting.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Handler, Payload, enqueue, enqueue_each
from identity.audit import record
from identity.caller import NOBODY
from identity.errors import ResidentMissing
from identity.residents import Residents
from identity.vault import Vault
from services.cars import codes, rows
from services.cars.asking import CHECK
from services.cars.office import KeepsPlates, Vehicle, check_open, keeper
from services.errors import DepartmentClosed, NoRecord
from services.models import Car, CarRequest

DUE, FORGET = "check-cars", "forget-old-car-requests"
SCHEDULES: Mapping[str, str] = {DUE: "*/30 * * * *", FORGET: "37 18 * * *"}
EVERY = timedelta(days=1)
AT_ONCE = 500
SPREAD = 600  # seconds after an office opens, over which those who waited for it are asked
KEPT, REPORTED_KEPT, ENDED_KEPT = timedelta(days=30), timedelta(days=180), timedelta(days=30)
log = logs.get("services.cars")

# Whoever was asked about and not answered for is left alone for a while: the job is at it itself.
_DUE = """
    UPDATE car SET asked_at = $1 WHERE id IN (
        SELECT id FROM car WHERE state = 'living' AND checked_at < $2
            AND (asked_at IS NULL OR asked_at <= checked_at OR asked_at < $3)
        ORDER BY checked_at LIMIT $4 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_REQUESTS_OF_ENDED = """
    DELETE FROM car_request WHERE reported_at IS NULL AND car_id IN (
        SELECT id FROM car WHERE state = 'ended' AND ended_at < $1)
"""
_ENDED = """
    DELETE FROM car WHERE state = 'ended' AND ended_at < $1
        AND NOT EXISTS (SELECT FROM car_request WHERE car_id = car.id)
"""


@dataclass(frozen=True)
class Looking:
    vault: Vault
    residents: Residents
    office: KeepsPlates

    async def check_one(self, payload: Payload) -> None:
        """A closed office is no fault: it is asked when it opens.

        Raises the other problems of ``Department.call``: the job is tried again.
        """
        car = await Car.get_or_none(id=UUID(payload["car"]), state=rows.LIVING)
        if car is None:
            return
        try:
            held = await self._held(UUID(str(car.resident_id)))
        except DepartmentClosed as closed:
            await _put_off(car, closed)
            return
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
        check_open(self.office)
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


async def _put_off(car: Car, closed: DepartmentClosed) -> None:
    """To when the office opens, and not all at that very moment."""
    delay = closed.opens - closed.now + timedelta(seconds=secrets.randbelow(SPREAD))
    async with in_transaction() as connection:
        mine = Car.filter(id=car.id).using_db(connection)
        await mine.update(asked_at=datetime.now(UTC) + delay)
        await enqueue(connection, CHECK, {"car": str(car.id)}, delay=delay)


async def look_at_due(_payload: Payload) -> None:
    """A job for each car that was not looked after since yesterday, however many fail."""
    now = datetime.now(UTC)
    question = [now, now - EVERY, now - rows.AGAIN, AT_ONCE]
    while True:
        async with in_transaction() as connection:
            due = await connection.execute_query_dict(_DUE, question)
            await enqueue_each(connection, CHECK, [{"car": str(row["id"])} for row in due])
        if len(due) < AT_ONCE:
            return


async def forget_old(_payload: Payload) -> None:
    """Requests after a month (reported ones after half a year), ended cars after a month, unless a
    report is kept: it is of their owner, whom whoever was reported is not to reach again.
    """
    now = datetime.now(UTC)
    await CarRequest.filter(created_at__lt=now - KEPT, reported_at__isnull=True).delete()
    await CarRequest.filter(created_at__lt=now - REPORTED_KEPT).delete()
    ended = [now - ENDED_KEPT]
    await get_connection("default").execute_query(_REQUESTS_OF_ENDED, ended)
    count, _ = await get_connection("default").execute_query(_ENDED, ended)
    log.info("old-cars-forgotten", count=count)


def handlers(
    vault: Vault, residents: Residents, departments: Mapping[str, object]
) -> Mapping[str, Handler]:
    """All of them are safe to repeat."""
    looking = Looking(vault, residents, keeper(departments))
    return {CHECK: looking.check_one, DUE: look_at_due, FORGET: forget_old}
