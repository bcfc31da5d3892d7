"""What an owner sees of who asked, answers, and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity.caller import Caller
from services.cars import rows
from services.cars.errors import CarRequestAnswered, CarRequestMissing
from services.models import Car, CarRequest

AnswerGiven = Literal["five-minutes", "fifteen-minutes", "moved", "cannot", "not-there"]
Abuse = Literal["prank", "harassment", "no-reason"]
SHOWN = 20
_LAST = ("moved", "not-there")


@dataclass(frozen=True)
class Answering:
    async def asked(self, car: Car) -> Sequence[CarRequest]:
        """The youngest first."""
        asked = CarRequest.filter(car_id=car.id, failed=False)
        return await asked.order_by("-created_at").limit(SHOWN)

    async def answer(
        self, caller: Caller, resident: UUID, number: str, request: str, said: AnswerGiven
    ) -> None:
        """What the stranger sees from now on; another answer replaces it until the car is away.

        Raises CarMissing, CarEnded, CarRequestMissing or CarRequestAnswered.
        """
        async with in_transaction() as connection:
            car = await rows.locked(connection, resident, number)
            row = await _request(connection, car, request)
            if row.answer in _LAST:
                raise CarRequestAnswered()
            row.answer, row.answered_at = said, datetime.now(UTC)
            await row.save(using_db=connection)
            await rows.audited(connection, car, "car:answered", caller)

    async def report(
        self, caller: Caller, resident: UUID, number: str, request: str, why: Abuse
    ) -> None:
        """Whoever asked does not reach this owner for a month; a second report changes nothing.

        Raises CarMissing, CarEnded or CarRequestMissing.
        """
        async with in_transaction() as connection:
            car = await rows.locked(connection, resident, number)
            row = await _request(connection, car, request)
            if row.reported_at is None:
                row.report, row.reported_at = why, datetime.now(UTC)
                await row.save(using_db=connection)
                await rows.audited(connection, car, "car:reported", caller)


async def _request(connection: BaseDBAsyncClient, car: Car, said: str) -> CarRequest:
    """Locked, as by staff who settle a report of it. Raises CarRequestMissing."""
    try:
        id = UUID(said)
    except ValueError:
        raise CarRequestMissing("no id") from None
    found = CarRequest.filter(id=id, car_id=car.id, failed=False).using_db(connection)
    row = await found.select_for_update().first()
    if row is None:
        raise CarRequestMissing()
    return row
