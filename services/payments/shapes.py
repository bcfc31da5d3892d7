"""The provider's own shapes: what its answers, callbacks and bill hold, read strictly.

After WeChat Pay's API v3 (H5 支付, 查询订单, 申请退款, 申请交易账单), reduced to what we use.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.hours import SHANGHAI
from services.payments.told import BillLine, Looked, Returned, Stands, Taken, Went

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_STANDS: dict[str, Stands] = {
    "SUCCESS": "paid",
    "REFUND": "paid",  # paid, and something of it went back
    "NOTPAY": "unpaid",
    "USERPAYING": "unpaid",
    "PAYERROR": "unpaid",
    "CLOSED": "closed",
    "REVOKED": "closed",
}
_WENT: dict[str, Went] = {
    "SUCCESS": "done",
    "PROCESSING": "going",
    "CLOSED": "closed",
    "ABNORMAL": "stuck",
}


class Amount(BaseModel):
    total: int = Field(ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"


class Order(BaseModel):
    """A payment as the provider has it; ``amount`` and the rest only when somebody paid."""

    mchid: Id
    out_trade_no: Id
    trade_state: Id
    transaction_id: str = ""
    amount: Amount | None = None
    success_time: AwareDatetime | None = None

    def looked(self) -> Looked:
        """Raises ValueError for what was paid without saying what or when."""
        stands = _STANDS.get(self.trade_state, "unpaid")
        if stands != "paid":
            return Looked(stands)
        if not self.transaction_id or self.amount is None or self.success_time is None:
            raise ValueError("paid, but not what")
        sum_, at = self.amount, self.success_time
        return Looked(
            "paid",
            Taken(self.out_trade_no, self.transaction_id, sum_.total, sum_.currency, at),
        )


class RefundAmount(BaseModel):
    refund: int = Field(ge=0)


class RefundShape(BaseModel):
    """A refund in an answer (``status``) or a callback (``refund_status``)."""

    out_refund_no: Id
    refund_id: Id
    status: str = ""
    refund_status: str = ""
    success_time: AwareDatetime | None = None
    amount: RefundAmount

    def returned(self) -> Returned:
        went = _WENT.get(self.status or self.refund_status, "going")
        at = self.success_time if went == "done" else None
        return Returned(self.out_refund_no, went, self.refund_id, self.amount.refund, at)


class Resource(BaseModel):
    algorithm: Literal["AEAD_AES_256_GCM"]
    ciphertext: str
    nonce: str
    associated_data: str = ""
    original_type: str = ""


class Envelope(BaseModel):
    """A callback as it comes."""

    event_type: Id
    resource: Resource


class Certificate(BaseModel):
    serial_no: Id
    encrypt_certificate: Resource


class Certificates(BaseModel):
    data: list[Certificate]


def bill_lines(text: str) -> Iterator[BillLine]:
    """The lines of a day's bill: each value behind a back quote, a summary after them.

    Raises ValueError for a bill that says something else.
    """
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    head = next(rows, [])
    if head[:3] != ["交易时间", "商户号", "商户订单号"]:
        raise ValueError("another bill")
    for row in rows:
        if not row or not row[0].startswith("`"):
            return  # the summary
        at, _merchant, number, transaction, state, fen, currency, refund, back = (
            value.removeprefix("`") for value in row
        )
        moment = datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        returned = state == "REFUND"
        sum_ = _fen(back if returned else fen)
        kind: Literal["taken", "returned"] = "returned" if returned else "taken"
        yield BillLine(kind, number, transaction, refund, sum_, currency, moment)


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    if not (whole.isdigit() and len(part) == 2 and part.isdigit()):
        raise ValueError("an amount of another form")
    return int(whole) * 100 + int(part)
