"""Rows of one resident in the tables of cars and of medical bills."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from identity.vault import Vault
from services.cars import codes
from services.models import Car, CarRequest, MedicalBill, MedicalRefund
from tests.support.log_capture import personal

PLATE, CODE, VISIT, PLACE = (
    personal("粤A9Z8Y7"), personal("0" * 25 + "Z"), personal("visit-hidden-7"), personal("隐藏医院")
)  # fmt: skip
TOLD = personal("挪车举报已核实，是隔壁单位的人")
PERSONAL = (PLATE, CODE, VISIT, PLACE, TOLD)


async def fill(vault: Vault, resident: UUID) -> None:
    await a_car(vault, resident)
    await a_bill(vault, resident)


async def a_car(vault: Vault, resident: UUID) -> UUID:
    """With one request, answered, reported and settled."""
    id, now = uuid4(), datetime.now(UTC)
    await Car.create(
        id=id, number=f"MC{id.int % 10**13:013d}", resident_id=resident, state="living",
        plate=vault.digest("car-plate", f"{PLATE}{id}"), frame=vault.digest("car-frame", str(id)),
        plate_sealed=vault.seal(PLATE.encode(), codes.plate_context(id)),
        code=vault.digest("car-code", f"{CODE}{id}"),
        code_sealed=vault.seal(CODE.encode(), codes.code_context(id)),
        checked_at=now, created_at=now,
    )  # fmt: skip
    request = uuid4()
    await CarRequest.create(
        id=request, car_id=id, kind="message", reason="in-the-way", answer="moved",
        secret=vault.digest("car-request", str(request)), caller=vault.digest("car-caller", "n"),
        report="prank", created_at=now, answered_at=now, reported_at=now,
        outcome="upheld", settled_at=now, settled_by=str(uuid4()),
        told_sealed=vault.seal(TOLD.encode(), f"car_request.told:{request}"),
    )  # fmt: skip
    return id


async def a_bill(vault: Vault, resident: UUID, *, state: str = "part-refunded") -> UUID:
    """Of 100 yuan, half of it cash, and a tenth given back."""
    id, now = uuid4(), datetime.now(UTC)
    about = {"place": {"zh-CN": PLACE, "en": PLACE}, "care": "outpatient", "lines": []}
    await MedicalBill.create(
        id=id, number=f"YB{id.int % 10**13:013d}", client="c-hospital", resident_id=resident,
        visit=vault.digest("bill-visit", f"{VISIT}{id}"),
        visit_sealed=vault.seal(VISIT.encode(), f"medical_bill.visit:{id}"),
        about_sealed=vault.seal(json.dumps(about).encode(), f"medical_bill.about:{id}"),
        state=state, insured=True, mix="cash-and-insurance", total_fen=10_000,
        government_fen=4_000, self_fen=1_000, medical_cash_fen=5_000, cash_fen=5_000, key=uuid4(),
        expires_at=now + timedelta(days=1), created_at=now, changed_at=now, paid_at=now,
    )  # fmt: skip
    await MedicalRefund.create(
        id=uuid4(), bill_id=id, reference=vault.digest("bill-refund", str(id)), fen=1_000,
        government_fen=400, self_fen=100, other_fen=0, cash_fen=500, created_at=now,
        insurance_done_at=now, cash_done_at=now,
    )  # fmt: skip
    return id
