"""What may go wrong at the payment provider, on demand (``POST /control/payments``).

Of a callback: forged (by another key), stranger (by a certificate nobody knows), stale (an hour
old), repeated (three times), late (after ``seconds``), silent (never), early (before the payer
sees the page again; the usual), other-amount and other-currency (it lies, the books do not).
Of the charge itself: charged-other-amount, charged-other-currency, charged-silently (the page
hangs after charging and no callback comes). Of a refund: refund-slow (after ``seconds``),
refund-impossible (the payer's bank does not take it), refund-closed, refund-refused (the merchant
lacks funds), refund-before-charge (its callback first, then that of the charge once more). When a
refund is looked at: refund-put-right (somebody has seen to one that was impossible).
"""

import hmac
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from services.sandbox.errors import SandboxControlDenied
from services.sandbox.requests import read

CallFault = Literal[
    "forged", "stranger", "stale", "repeated", "late", "silent", "other-amount", "other-currency"
]
ChargeFault = Literal["charged-other-amount", "charged-other-currency", "charged-silently"]
RefundFault = Literal[
    "refund-slow", "refund-impossible", "refund-closed", "refund-refused", "refund-before-charge"
]
LookFault = Literal["refund-put-right"]
CALLS, CHARGES, REFUNDS, LOOKS = (
    frozenset(get_args(kind)) for kind in (CallFault, ChargeFault, RefundFault, LookFault)
)


class Wanted(BaseModel):
    """``times`` None: until ``none`` is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: CallFault | ChargeFault | RefundFault | LookFault | Literal["none"]
    times: int | None = Field(None, ge=1, le=1000)
    seconds: float = Field(1.0, ge=0, le=600)


class PayFaults:
    """One at a time, for all merchants."""

    def __init__(self) -> None:
        self._now: Wanted | None = None
        self._left = 0

    def put(self, wanted: Wanted) -> None:
        self._now = None if wanted.fault == "none" else wanted
        self._left = wanted.times or 0

    def take(self, kinds: frozenset[str]) -> tuple[str, float]:
        """The fault of one of these kinds, and its seconds; empty where all is well."""
        now = self._now
        if now is None or now.fault not in kinds:
            return "", 0.0
        if now.times is not None:
            self._left -= 1
            if self._left <= 0:
                self._now = None
        return now.fault, now.seconds


def open_pay_control(app: Sanic[Any, Any], key: bytes, faults: PayFaults) -> None:
    async def put(request: Request[Any, Any]) -> HTTPResponse:
        given = request.headers.get("x-control-key", "")
        if not hmac.compare_digest(given.encode(), key.hex().encode()):
            raise SandboxControlDenied()
        wanted = read(request, Wanted)
        faults.put(wanted)
        return json_response({"fault": wanted.fault})

    app.add_route(put, "/control/payments", methods=["POST"], name="control_payments")
