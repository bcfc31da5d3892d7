"""What was paid by one resident: a payment with its charge, a refund, and the quote it was for."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from identity.vault import Vault
from services.applications.numbers import made
from services.clocks import today
from services.models import Payment, PaymentCharge, PaymentEvent, PaymentRefund, Quote
from tests.support.log_capture import personal

ASKED, RECEIPT = personal("Hidden base 7"), personal("Hidden voucher")
PERSONAL = (ASKED, RECEIPT)


async def paid_by(vault: Vault, resident: UUID) -> None:
    """Over and done: nothing of it keeps anybody."""
    payment, charge, now = uuid4(), uuid4(), datetime.now(UTC)
    quote = await _quote(vault, resident, now)
    await Payment.create(
        id=payment, number=made("ZF", today(now), digits=10), subject=f"quote:{quote}",
        resident_id=resident, payee="social-insurance", service="x-service",
        title=json.dumps({"zh-CN": "社保", "en": "Insurance"}), fen=1200, state="part-refunded",
        promised_fen=200, returned_fen=200, expires_at=now, created_at=now, changed_at=now,
        paid_at=now,
    )  # fmt: skip
    await PaymentEvent.create(payment_id=payment, at=now, name="pay", state="paid")
    await PaymentCharge.create(
        id=charge, payment_id=payment, transaction=uuid4().hex, fen=1200, counted=True,
        charged_at=now, seen_at=now,
    )  # fmt: skip
    await PaymentRefund.create(
        id=uuid4(), number=made("TK", today(now), digits=10), payment_id=payment,
        charge_id=charge, key="k", fen=200, reason="test", state="done", created_at=now,
        done_at=now,
    )  # fmt: skip


async def _quote(vault: Vault, resident: UUID, now: datetime) -> str:
    id, number = uuid4(), made("BJ", today(now), digits=10)
    lines = {"lines": [{"title": {"zh-CN": "一月", "en": "January"}, "fen": 1200}]}
    sealed = {
        "question": {"base": ASKED},
        "lines": lines | {"notes": [], "choice": {}},
        "receipt": {"voucher": RECEIPT},
    }
    columns = {
        f"{name}_sealed": vault.seal(json.dumps(content).encode(), f"quote.{name}:{id}")
        for name, content in sealed.items()
    }
    await Quote.create(
        id=id, number=number, resident_id=resident, service="x-service", state="settled",
        fen=1200, key=uuid4(), expires_at=now, created_at=now, changed_at=now, **columns,
    )  # fmt: skip
    return number
