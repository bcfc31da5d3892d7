"""Cars, their codes and who was asked to move them."""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from identity.vault import Vault
from services.cars.reports import words_of
from services.cars.rows import plate_of
from services.models import Car, CarRequest


class Cars:
    name = "cars"
    tables = ("car",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Car.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "number": row.number,
                "plate": plate_of(row, self._vault),
                "state": Coded("car.state", row.state),
                "calls": row.calls,
                "created_at": row.created_at,
                "ended_at": row.ended_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Car.filter(resident_id=resident).using_db(connection).delete()


class CarsAskedFor:
    """What strangers asked of the owner. Who they were is kept as a digest and leaves to nobody."""

    name = "car-requests"
    tables = ("car_request",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        numbers = {row.id: row.number for row in await Car.filter(resident_id=resident)}
        rows = CarRequest.filter(car_id__in=list(numbers)).order_by("created_at")
        return [
            {
                "number": numbers[row.car_id],
                "kind": Coded("car.kind", row.kind),
                "reason": Coded("car.reason", row.reason),
                "answer": Coded("car.answer", row.answer) if row.answer else None,
                "report": Coded("car.report", row.report) if row.report else None,
                "settled": Coded("car.outcome", row.outcome) if row.outcome else None,
                "answer_words": words_of(row, self._vault) or None,
                "created_at": row.created_at,
            }
            for row in await rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        """Before the cars they belong to."""
        cars = await Car.filter(resident_id=resident).using_db(connection).only("id")
        ids = [row.id for row in cars]
        await CarRequest.filter(car_id__in=ids).using_db(connection).delete()
