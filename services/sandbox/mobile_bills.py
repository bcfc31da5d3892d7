"""Bills that hospitals send through a platform: reckoned, paid, taken back, each once for a key.

The fund pays its share by the kind of care; of a large bill's rest a supplementary fund pays a
tenth above a thousand yuan (simplified, from memory); the account pays what it holds, and cash is
left. Reckoning and paying take a moment: whoever asks too early is told so.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from services.sandbox.deeds import Deeds, Facts, NotDone
from services.sandbox.faults import CHINA
from services.sandbox.medical_ledger import SHARES
from services.sandbox.months import rounded, yuan
from services.sandbox.office import Asking, Unreadable, text_of

OFFICE = "medical-insurance"
RECKONING, SHARED, SETTLING, SETTLED, REFUSED = "1", "2", "3", "4", "9"
A_MOMENT = 0.4  # seconds that reckoning and paying take
_ABOVE, _TENTH = 1_000_00, 10
_BILL, _PAID, _BACK = "bill", "bill-settlement", "bill-return"
Balance = Callable[[str], Awaitable[int]]
Refuse = Callable[[str, str], Facts]


class MobileBills:
    """``balance``: what the account of a number held before any of these bills."""

    def __init__(self, deeds: Deeds, balance: Balance, refuse: Refuse):
        self._deeds, self._balance, self._refuse = deeds, balance, refuse

    async def reckon(self, asking: Asking) -> Facts:
        check_digest(asking)
        total = fen_of(asking.body, "fee_sumamt")
        care = text_of(asking.body, "med_type")
        if care not in SHARES or total <= 0:
            raise Unreadable("med_type" if care not in SHARES else "fee_sumamt")

        async def do() -> Facts:
            parts = self._parts(care, total, await self._left(number_of(asking)))
            return {"id": uuid4().hex, "at": _now(), "total": total, **parts}

        made = await self._deeds.once(OFFICE, _BILL, asking, do)
        return {"setl_id": made["id"]}

    async def result(self, asking: Asking) -> Facts:
        check_digest(asking)
        bill = await self._bill(asking)
        paid = await self._paid(asking, bill["id"])
        if paid is None:
            stands = RECKONING if _now() - bill["at"] < A_MOMENT else SHARED
        elif paid["refused"]:
            stands = REFUSED
        else:
            stands = SETTLING if _now() - paid["at"] < A_MOMENT else SETTLED
        answer = {"setl_id": bill["id"], "setl_stas": stands}
        return answer if stands == RECKONING else answer | _written(bill)

    async def settle(self, asking: Asking) -> Facts:
        """Refused where the account holds no longer what was reckoned with."""
        check_digest(asking)
        bill = await self._bill(asking)

        async def do() -> Facts:
            refused = bill["own"] > await self._left(number_of(asking))
            return {"id": bill["id"], "at": _now(), "own": bill["own"], "refused": refused}

        await self._deeds.once(OFFICE, _PAID, asking, do)
        return {"setl_id": bill["id"]}

    async def take_back(self, asking: Asking) -> Facts:
        """Never more of a part than was paid of it."""
        check_digest(asking)
        bill = await self._bill(asking)
        wanted = {name: fen_of(asking.body, field) for name, field in _FIELDS.items()}

        async def do() -> Facts:
            if not await self._fits(asking, bill, wanted):
                raise NotDone(self._refuse("-203", "退费金额超过已支付金额"))
            return {"id": bill["id"], **wanted}

        await self._deeds.once(OFFICE, _BACK, asking, do)
        return {"setl_id": bill["id"]}

    async def _fits(self, asking: Asking, bill: Facts, wanted: Mapping[str, int]) -> bool:
        paid = await self._paid(asking, bill["id"])
        if paid is None or paid["refused"]:
            return False
        back = await self._deeds.of(OFFICE, _BACK, number_of(asking))
        mine = [one for one in back if one["id"] == bill["id"]]
        return all(
            fen >= 0 and fen + sum(one[name] for one in mine) <= bill[name]
            for name, fen in wanted.items()
        )

    def _parts(self, care: str, total: int, balance: int) -> dict[str, int]:
        government = rounded(total * SHARES[care], 100)
        other = max(0, total - government - _ABOVE) // _TENTH
        own = min(total - government - other, balance)
        cash = total - government - other - own
        return {"government": government, "own": own, "other": other, "cash": cash}

    async def _left(self, number: str) -> int:
        """What the account holds now: these bills and what came back of them reckoned in."""
        paid = await self._deeds.of(OFFICE, _PAID, number)
        back = await self._deeds.of(OFFICE, _BACK, number)
        spent: int = sum(one["own"] for one in paid if not one["refused"])
        returned: int = sum(one["own"] for one in back)
        return await self._balance(number) - spent + returned

    async def _bill(self, asking: Asking) -> Facts:
        wanted = text_of(asking.body, "setl_id")
        for one in await self._deeds.of(OFFICE, _BILL, number_of(asking)):
            if one["id"] == wanted:
                return one
        raise NotDone(self._refuse("-202", "未查询到结算信息"))

    async def _paid(self, asking: Asking, bill: str) -> Facts | None:
        found = await self._deeds.of(OFFICE, _PAID, number_of(asking))
        return next((one for one in found if one["id"] == bill), None)


_FIELDS = {"government": "fund_pay", "own": "psn_acct_pay", "other": "oth_pay"}


def check_digest(asking: Asking) -> None:
    """MD5 of the number in capitals, as the platform wants it. Raises Unreadable."""
    given = text_of(asking.body, "psn_cert_digest")
    made = hashlib.md5(number_of(asking).encode(), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(given, made):
        raise Unreadable("psn_cert_digest")


def number_of(asking: Asking) -> str:
    return text_of(asking.body, "number").upper()


def fen_of(body: Mapping[str, Any], field: str) -> int:
    """A sum in yuan with two decimals. Raises Unreadable."""
    whole, point, rest = text_of(body, field).partition(".")
    if point != "." or len(rest) != 2 or not (whole + rest).isdigit():
        raise Unreadable(field)
    return int(whole + rest)


def _written(bill: Facts) -> dict[str, str]:
    fields = {**_FIELDS, "cash": "own_pay_amt"}
    return {field: yuan(bill[name]) for name, field in fields.items()}


def _now() -> float:
    return datetime.now(CHINA).timestamp()
