"""The provident fund centre: accounts and their movements in the centre's own field codes.

Field codes after JGJ/T 320 (housing provident fund basic data), from memory; envelope of our own.
"""

from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox import months
from services.sandbox.fund_ledger import Ledger, Movement, keep, side
from services.sandbox.life import Life, lead
from services.sandbox.months import compact, yuan
from services.sandbox.office import Asking, Office
from services.sandbox.premises import Premises
from services.sandbox.signatures import by_headers

ID = "provident-fund"
NORMAL, SEALED, WITHDRAWN = "01", "02", "05"  # GRZHZT
_KINDS = {"deposit": "01", "withdrawal": "04", "interest": "09"}  # GJHTQYWLX
_CLOSED_AT = 2  # o'clock: the books of the day before
_REFUSALS = {
    "unsigned": ("1001", "签名验证失败"),
    "unreadable": ("4001", "请求参数有误"),
    "unavailable": ("9002", "系统繁忙，请稍后再试"),
}


def office(premises: Premises) -> Office:
    """The centre, whose books are closed every night at two."""
    books = _Books(premises)
    return Office(
        ID, by_headers, {"account": books.account, "records": books.records}, _refuse, _closed
    )


class _Books:
    def __init__(self, premises: Premises):
        self._premises = premises
        self._key, self._today = premises.key, premises.today

    async def account(self, asking: Asking) -> dict[str, Any]:
        life, ledger, trouble = self._open(asking)
        if life is None or ledger is None:
            return trouble
        return self._good(_account(life, ledger, self._today()))

    async def records(self, asking: Asking) -> dict[str, Any]:
        """``from`` and ``to`` are months, both included, by the day a movement was booked."""
        first = months.parse(asking.body.get("from"), "from")
        last = months.parse(asking.body.get("to"), "to")
        life, ledger, trouble = self._open(asking)
        if life is None or ledger is None:
            return trouble
        rows = [_row(m) for m in ledger.movements if first <= m.day.replace(day=1) <= last]
        return self._good({"GRZH": _account_number(life), "JLS": len(rows), "MXLB": rows})

    def _good(self, data: dict[str, Any]) -> dict[str, Any]:
        closed = self._premises.closed_at(_CLOSED_AT)
        return {"code": "0000", "msg": "", "GXSJ": f"{closed:%Y%m%d%H%M%S}", "data": data}

    def _open(self, asking: Asking) -> tuple[Life | None, Ledger | None, dict[str, Any]]:
        if asking.resident is None:
            return None, None, _bad("2001", "未查询到个人账户")
        if not asking.named_rightly:
            return None, None, _bad("2002", "姓名与证件号码不一致")
        life = lead(self._key, asking.resident.person.number)
        ledger = keep(life, self._today()) if life else None
        if life is None or ledger is None or not ledger.movements:
            return None, None, _bad("2001", "未查询到个人账户")
        return life, ledger, {}


def _account(life: Life, ledger: Ledger, today: date) -> dict[str, Any]:
    last = [m for m in ledger.movements if m.kind == "deposit"][-1]
    month = last.day.replace(day=1)
    paying = month >= months.latest_posted(today) and not ledger.closed
    job = next(job for m, job in life.months(month) if m == month)
    each = side(life.base(month), job.fund_percent)
    return {
        "GRZH": _account_number(life),
        "DWMC": job.employer,
        "GRJCJS": yuan(life.base(month) * 100),
        "GRJCBL": f"{job.fund_percent}",
        "DWJCBL": f"{job.fund_percent}",
        "GRYJCE": yuan(each),
        "DWYJCE": yuan(each),
        "GRZHYE": yuan(ledger.balance),
        "GRZHSNJZYE": yuan(ledger.carried),
        "GRZHDNGJYE": yuan(ledger.balance - ledger.carried),
        "GRJZNY": compact(month),
        "GRZHZT": WITHDRAWN if ledger.closed else NORMAL if paying else SEALED,
        "KHRQ": ledger.movements[0].day.isoformat(),
    }


def _row(movement: Movement) -> dict[str, str]:
    return {
        "JZRQ": movement.day.isoformat(),
        "GJHTQYWLX": _KINDS[movement.kind],
        "HJNY": compact(movement.day) if movement.kind == "deposit" else "",
        "FSE": yuan(movement.amount),
        "GRYJCE": yuan(movement.paid.personal),
        "DWYJCE": yuan(movement.paid.employer_side),
        "GRZHYE": yuan(movement.balance),
        "DWMC": movement.paid.employer,
    }


def _account_number(life: Life) -> str:
    return f"{life.dice.whole('fund account', 10**11, 10**12 - 1)}"


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"code": code, "msg": words, "data": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}（{detail}）" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("9001", "夜间结账，暂停服务") | {"reopens": f"{opens:%H:%M}"})
