"""The medical insurance department: accounts and settlements in its own field codes.

Field codes after the national medical insurance platform's interfaces, from memory.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.deeds import NotDone
from services.sandbox.life import Life, lead
from services.sandbox.medical_ledger import Bill, Medical, treat
from services.sandbox.mobile_bills import MobileBills
from services.sandbox.months import compact, following, latest_posted, yuan
from services.sandbox.office import Asking, Office, Unreadable
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed

ID = "medical-insurance"
EMPLOYEE = "310"  # insutype
NORMAL, PAUSED = "1", "2"  # psn_insu_stas
_GOOD = "0"
_MONTH = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])")
_MOMENT = "%Y-%m-%d %H:%M:%S"
_REFUSALS = {
    "unsigned": ("-1", "签名校验不通过"),
    "unreadable": ("-2", "入参校验不通过"),
    "unavailable": ("-3", "服务不可用"),
}


def office(premises: Premises) -> Office:
    """The department, whose records are brought up to date every full hour."""
    books = _Books(premises)
    answers = {
        "account": books.account,
        "settlements": books.settlements,
        "bill": books.bill,
        "bill-result": books.bill_result,
        "bill-settlement": books.bill_settlement,
        "bill-return": books.bill_return,
    }
    return Office(ID, by_paasid, answers, _refuse, _closed)


def by_paasid(headers: Mapping[str, str]) -> Signed:
    """x-tif-paasid, -timestamp, -nonce and -signature, the last in upper-case hex. NotSigned."""
    names = ("paasid", "timestamp", "nonce", "signature")
    app, timestamp, nonce, mac = (headers.get(f"x-tif-{name}", "") for name in names)
    if not (app and timestamp and nonce and mac) or mac != mac.upper():
        raise NotSigned("unsigned")
    try:
        return Signed(app, timestamp, nonce, bytes.fromhex(mac))
    except ValueError as fault:
        raise NotSigned("unsigned") from fault


class _Books:
    def __init__(self, premises: Premises):
        self._premises = premises
        self._bills = MobileBills(premises.deeds, self._balance, _bad)

    async def bill(self, asking: Asking) -> dict[str, Any]:
        return await self._done(asking, self._bills.reckon)

    async def bill_result(self, asking: Asking) -> dict[str, Any]:
        return await self._done(asking, self._bills.result)

    async def bill_settlement(self, asking: Asking) -> dict[str, Any]:
        return await self._done(asking, self._bills.settle)

    async def bill_return(self, asking: Asking) -> dict[str, Any]:
        return await self._done(asking, self._bills.take_back)

    async def _done(
        self, asking: Asking, do: Callable[[Asking], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """Of whoever is insured; in the office's envelope."""
        known = self._told(asking, lambda _life, _kept: {})
        if known["infcode"] != _GOOD:
            return known
        try:
            return known | {"output": await do(asking)}
        except NotDone as refused:
            return refused.envelope

    async def _balance(self, number: str) -> int:
        life = lead(self._premises.key, number)
        return treat(life, self._premises.now()).balance if life else 0

    async def account(self, asking: Asking) -> dict[str, Any]:
        return self._told(asking, lambda life, kept: _account(life, kept, self._premises.today()))

    async def settlements(self, asking: Asking) -> dict[str, Any]:
        """``begn_ym`` and ``end_ym`` are months, ``202611``, both included."""
        first, last = _month(asking.body, "begn_ym"), _month(asking.body, "end_ym")

        def told(life: Life, kept: Medical) -> dict[str, Any]:
            rows = [_row(one) for one in kept.bills if first <= compact(one.at.date()) <= last]
            return {"psn_no": _person_number(life), "setl_list": rows}

        return self._told(asking, told)

    def _told(
        self, asking: Asking, tell: Callable[[Life, Medical], dict[str, Any]]
    ) -> dict[str, Any]:
        named = asking.named_rightly  # asked first: a question without a name is unreadable
        if asking.resident is None:
            return _bad("-101", "未查询到参保信息")
        if not named:
            return _bad("-102", "姓名与证件号码不符")
        life = lead(self._premises.key, asking.resident.person.number)
        fresh = self._premises.now().replace(minute=0, second=0, microsecond=0)
        kept = treat(life, fresh) if life else None
        if life is None or kept is None or not kept.credits:
            return _bad("-101", "未查询到参保信息")
        envelope = {"infcode": _GOOD, "err_msg": "", "data_upd_time": f"{fresh:{_MOMENT}}"}
        return envelope | {"output": tell(life, kept)}


def _account(life: Life, kept: Medical, today: date) -> dict[str, Any]:
    year = [fen for month, fen in kept.credits if month.year == today.year]
    spent = [one.account for one in kept.bills if one.at.year == today.year]
    since = following(today.replace(day=1), -11)
    paying = kept.credits[-1][0] >= latest_posted(today)
    return {
        "psn_no": _person_number(life),
        "insutype": EMPLOYEE,
        "psn_insu_stas": NORMAL if paying else PAUSED,
        "balc": yuan(kept.balance),
        "crt_year_incacct": yuan(sum(year)),
        "crt_year_acct_pay": yuan(sum(spent)),
        "acct_inc_list": [
            {"clct_ym": compact(month), "incacct_amt": yuan(fen)}
            for month, fen in kept.credits
            if month >= since
        ],
    }


def _row(one: Bill) -> dict[str, str]:
    return {
        "setl_time": f"{one.at:{_MOMENT}}",
        "fixmedins_name": one.place,
        "med_type": one.care,
        "medfee_sumamt": yuan(one.total),
        "fund_pay_sumamt": yuan(one.fund),
        "acct_pay": yuan(one.account),
        "psn_cash_pay": yuan(one.cash),
    }


def _person_number(life: Life) -> str:
    return f"44{life.dice.whole('medical person', 10**16, 10**17 - 1)}"


def _month(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        raise Unreadable(field)
    return value


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"infcode": code, "err_msg": words, "output": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}：{detail}" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("-900", "系统停机维护") | {"open_time": f"{opens:{_MOMENT}}"})
