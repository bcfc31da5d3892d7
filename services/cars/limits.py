"""How often a car may be asked for, by whom, in an hour: counted under the car's row lock.

A stranger is known by the network they come from (``identity.attempts.network_of``), as a keyed
digest: nothing they could leave out, and nothing that says who they are. Whom an owner has reported
does not reach that owner again for a month, and whom three owners have reported reaches nobody.
"""

from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.attempts import network_of
from identity.vault import Vault
from services.cars.errors import MoveCarTooOften, MoveCarTooSoon
from services.models import Car, CarRequest

GAP = timedelta(minutes=2)  # between two requests of a kind, of one caller for one car
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_A_CAR_AN_HOUR, OF_A_CAR_A_DAY = 6, 20
CALLS_OF_A_CAR_AN_HOUR = 3
OF_A_CALLER_AN_HOUR = 5
REPORTED_FOR = timedelta(days=30)
REPORTS_OF_ALL = 3
UNFOUNDED = "unfounded"  # a report that staff set aside holds nobody back
MESSAGE, CALL = "message", "call"
OF_A_KIND_AN_HOUR = {MESSAGE: OF_A_CAR_AN_HOUR, CALL: CALLS_OF_A_CAR_AN_HOUR}
_CALLER = "car-caller"


def caller_digest(vault: Vault, address: str) -> str:
    return vault.digest(_CALLER, network_of(address))


def caller_digests(vault: Vault, address: str) -> list[str]:
    return list(vault.digests(_CALLER, network_of(address)).values())


async def check(
    connection: BaseDBAsyncClient, vault: Vault, car: Car, kind: str, address: str
) -> None:
    """Whether one more is all right now; the car's row is locked by the caller of this.

    Raises MoveCarTooSoon or MoveCarTooOften; both say when to come back.
    """
    who = caller_digests(vault, address)
    await _one_caller_at_a_time(connection, vault.anchor(_CALLER, network_of(address)))
    asked = CarRequest.filter(failed=False).using_db(connection)
    of_car, of_caller = asked.filter(car_id=car.id), asked.filter(caller__in=who)
    last = await of_car.filter(caller__in=who, kind=kind).order_by("-created_at").first()
    if last and (wait := _left(last.created_at, GAP)):
        raise MoveCarTooSoon(retry_after=wait)
    for counted, most, span in (
        (of_car, OF_A_CAR_AN_HOUR, HOUR),
        (of_car, OF_A_CAR_A_DAY, DAY),
        (of_caller, OF_A_CALLER_AN_HOUR, HOUR),
        (of_car.filter(kind=kind), OF_A_KIND_AN_HOUR[kind], HOUR),
    ):
        within = counted.filter(created_at__gt=datetime.now(UTC) - span).order_by("-created_at")
        found = await within.limit(most)
        if len(found) == most:
            raise MoveCarTooOften(retry_after=max(1, _left(found[-1].created_at, span)))
    if await _reported(connection, car, who):
        raise MoveCarTooOften(retry_after=int(HOUR.total_seconds()))


async def _reported(connection: BaseDBAsyncClient, car: Car, who: list[str]) -> bool:
    since = datetime.now(UTC) - REPORTED_FOR
    reported = CarRequest.filter(caller__in=who, reported_at__gt=since).using_db(connection)
    reported = reported.exclude(outcome=UNFOUNDED)
    cars = {row.car_id for row in await reported.only("id", "car_id")}
    if not cars:
        return False
    rows = Car.filter(id__in=list(cars)).using_db(connection)
    owners = {UUID(str(row.resident_id)) for row in await rows.only("id", "resident_id")}
    return UUID(str(car.resident_id)) in owners or len(owners) >= REPORTS_OF_ALL


def _left(since: datetime, span: timedelta) -> int:
    """Seconds until ``span`` after ``since`` is over; 0 when it is."""
    return max(0, ceil((since + span - datetime.now(UTC)).total_seconds()))


async def _one_caller_at_a_time(connection: BaseDBAsyncClient, caller: str) -> None:
    """Else a caller's requests for different cars would not see each other."""
    await connection.execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 4))", [caller]
    )
