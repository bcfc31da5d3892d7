"""The provider's bill of a day: a line a charge and a refund, each value behind a back quote."""

from collections.abc import Sequence
from datetime import datetime

from services.sandbox.faults import CHINA
from services.sandbox.models import SandboxCharge, SandboxRefund
from services.sandbox.months import yuan
from services.sandbox.pay_keys import MERCHANT

_NO = "0.00"
_HEAD = "交易时间,商户号,商户订单号,微信订单号,交易状态,应结订单金额,货币种类,商户退款单号,退款金额"


def bill(charges: Sequence[SandboxCharge], refunds: Sequence[SandboxRefund]) -> str:
    """Empty for a day on which nothing happened."""
    if not charges and not refunds:
        return ""
    taken = [
        _line(one.at, one.number, one.transaction, "SUCCESS", yuan(one.fen), one.currency, "0", _NO)
        for one in charges
    ]
    returned = [
        _line(one.at, "", one.id, "REFUND", _NO, "CNY", one.number, yuan(one.fen))
        for one in refunds
    ]
    lines = taken + returned
    took, gave = sum(one.fen for one in charges), sum(one.fen for one in refunds)
    summary = f"总交易单数,应结订单总金额,退款总金额\n`{len(lines)},`{yuan(took)},`{yuan(gave)}"
    return "\n".join([_HEAD, *lines, summary]) + "\n"


def _line(at: datetime, *values: str) -> str:
    moment = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    number, *rest = values
    return ",".join(f"`{value}" for value in (moment, MERCHANT, number, *rest))
