"""Cars, their requests and medical bills of the release before: later columns keep every row."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tortoise.exceptions import IntegrityError

from config import database
from services.bills.states import State
from services.models import Car, CarRequest, MedicalBill
from tests.support.engines import Engines
from tests.support.older_databases import Row, config_of, stopped_at

CAR, REQUEST, BILL = uuid4(), uuid4(), uuid4()
VISIT = "0" * 64
# Rows as migration 0004 has them.
ROWS: tuple[Row, ...] = (
    (
        "INSERT INTO car (id, number, resident_id, state, ended_why, plate, plate_sealed, frame, "
        "code, code_sealed, calls, checked_at, created_at) VALUES ($1, 'MC1', $1, 'living', '', "
        "'plate', 'sealed', 'frame', 'code', 'sealed', true, now(), now())",
        (CAR,),
    ),
    (
        "INSERT INTO car_request (id, car_id, kind, reason, secret, caller, answer, report, "
        "failed, created_at, reported_at) VALUES ($1, $2, 'message', 'hit', 'secret', 'caller', "
        "'', 'prank', false, now(), now())",
        (REQUEST, CAR),
    ),
    (
        "INSERT INTO medical_bill (id, number, client, visit, visit_sealed, about_sealed, state, "
        "insured, mix, total_fen, additions_fen, reductions_fen, government_fen, self_fen, "
        "other_fen, medical_cash_fen, cash_fen, key, settlement, payment_number, fault, "
        "expires_at, created_at, changed_at) VALUES ($1, 'YB1', 'hospital', $2, 'sealed', "
        "'sealed', 'expired', true, '', 100, 0, 0, 0, 0, 0, 0, 0, $1, '', '', '', now(), now(), "
        "now())",
        (BILL, VISIT),
    ),
)


@pytest.fixture
async def old(engines: Engines) -> AsyncIterator[str]:
    """The address of a database that stopped where launch services began, with rows."""
    async with stopped_at(engines, "services.0004_launch_rules", ROWS) as address:
        yield address


async def another_of_the_visit(state: State) -> None:
    """The bill that is there, once more, under a number of its own."""
    row = await MedicalBill.get(id=BILL)
    id = uuid4()
    values = {name: getattr(row, name) for name in row._meta.fields_map}
    await MedicalBill.create(**values | {"id": id, "number": id.hex[:20], "state": state})


async def test_what_was_there_is_there_and_a_lapsed_visit_is_billed_anew(old: str) -> None:
    await database.migrate(config_of(old), say=lambda _line: None)
    async with database.opened(config_of(old)):
        car, asked = await Car.get(), await CarRequest.get()
        assert (UUID(str(car.id)), car.asked_at) == (CAR, None)
        assert (UUID(str(asked.id)), asked.report) == (REQUEST, "prank")
        assert (asked.outcome, asked.settled_by, asked.settled_at) == ("", "", None)
        assert asked.told_sealed is None
        await another_of_the_visit(State.OPENED)
        with pytest.raises(IntegrityError):
            await another_of_the_visit(State.PAID)
        assert await MedicalBill.filter(visit=VISIT).count() == 2
