"""The social insurance bureau: participation and contributions in the bureau's field codes.

Field codes after the national social insurance core indicators (LD/T 92), from memory.
"""

from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox import flexible_insurance, months
from services.sandbox.deeds import NotDone
from services.sandbox.insurance_cards import card
from services.sandbox.insurance_ledger import Contribution, contributions, pension_account
from services.sandbox.life import Life, lead
from services.sandbox.months import compact, yuan
from services.sandbox.office import Asking, Office, text_of
from services.sandbox.premises import Premises
from services.sandbox.signatures import by_authorization
from services.sandbox.wages import average_wage, contribution_year

ID = "social-insurance"
PENSION = "110"  # AAE140
PAYING, PAUSED, ENDED = "1", "2", "3"  # AAC008 of the person, AAC031 of one kind
_FRESH_AT = 4  # o'clock
_REFUSALS = {
    "unsigned": ("A1", "鉴权失败"),
    "unreadable": ("P1", "参数错误"),
    "unavailable": ("S1", "系统繁忙"),
}


def office(premises: Premises) -> Office:
    """The bureau, whose records are brought up to date every morning at four."""
    books = _Books(premises)
    return Office(
        ID,
        by_authorization,
        {
            "status": books.status,
            "contributions": books.contributions,
            "pension": books.pension,
            "flexible": books.flexible,
            "flexible-payment": books.pay_flexible,
            "card": books.card,
        },
        _refuse,
        _closed,
    )


class _Books:
    def __init__(self, premises: Premises):
        self._premises = premises
        self._key, self._today = premises.key, premises.today

    async def status(self, asking: Asking) -> dict[str, Any]:
        life, rows, trouble = self._open(asking)
        return self._good(_status(life, rows, self._today())) if life else trouble

    async def contributions(self, asking: Asking) -> dict[str, Any]:
        """``from`` and ``to`` are months of the contribution period, both included."""
        first = months.parse(asking.body.get("from"), "from")
        last = months.parse(asking.body.get("to"), "to")
        life, rows, trouble = self._open(asking)
        if life is None:
            return trouble
        shown = [_row(row) for row in rows if first <= row.month <= last]
        return self._good({"AAC001": _person_number(life), "total": len(shown), "rows": shown})

    async def pension(self, asking: Asking) -> dict[str, Any]:
        life, rows, trouble = self._open(asking)
        if life is None or asking.resident is None:
            return trouble
        return self._good(_pension(life, rows, asking.resident.person.number, self._today()))

    async def card(self, asking: Asking) -> dict[str, Any]:
        life, _, trouble = self._open(asking)
        if life is None:
            return trouble
        held = card(life, self._today())
        return self._good(
            {
                "AAZ500": held.number,
                "AAZ502": "1",
                "AAZ503": f"{held.issued:%Y%m%d}",
                "AAZ504": f"{held.until:%Y%m%d}",
                "AAE008": held.bank,
            }
        )

    async def flexible(self, asking: Asking) -> dict[str, Any]:
        life, trouble = self._flexible(asking)
        if life is None:
            return trouble
        owed = await flexible_insurance.owed(self._premises, text_of(asking.body, "number").upper())
        since = flexible_insurance.registered(self._today())
        body = {"AAC001": _person_number(life), "AAE030": f"{since:%Y%m%d}"}
        return self._good(body | {"WJYF": [compact(month) for month in owed]})

    async def pay_flexible(self, asking: Asking) -> dict[str, Any]:
        life, trouble = self._flexible(asking)
        if life is None:
            return trouble
        try:
            return self._good(await flexible_insurance.pay(self._premises, asking, _bad))
        except NotDone as refused:
            return refused.envelope

    def _flexible(self, asking: Asking) -> tuple[Life | None, dict[str, Any]]:
        life, _, trouble = self._open(asking)
        if life is None or asking.resident is None:
            return None, trouble
        if not flexible_insurance.flexible(asking.resident.person.number):
            return None, _bad("N3", "未办理灵活就业参保登记")
        return life, {}

    def _good(self, body: dict[str, Any]) -> dict[str, Any]:
        fresh = self._premises.closed_at(_FRESH_AT).isoformat()
        return {"head": {"rst": "0", "msg": "", "data_time": fresh}, "body": body}

    def _open(self, asking: Asking) -> tuple[Life | None, list[Contribution], dict[str, Any]]:
        if asking.resident is None:
            return None, [], _bad("N1", "未查询到参保信息")
        if not asking.named_rightly:
            return None, [], _bad("N2", "姓名与身份证号码不符")
        life = lead(self._key, asking.resident.person.number)
        rows = contributions(life, self._today()) if life else []
        if life is None or not rows:
            return None, [], _bad("N1", "未查询到参保信息")
        return life, rows, {}


def _status(life: Life, rows: list[Contribution], today: date) -> dict[str, Any]:
    newest, state = rows[-1], _state(life, rows, today)
    return {
        "AAC001": _person_number(life),
        "AAC008": state,
        "AAB004": newest.employer,
        "AAE003": compact(newest.month),
        "kinds": [_kind(kind, rows, state) for kind in sorted({row.kind for row in rows})],
    }


def _state(life: Life, rows: list[Contribution], today: date) -> str:
    if today.replace(day=1) >= life.retired:
        return ENDED
    return PAYING if rows[-1].month >= months.latest_posted(today) else PAUSED


def _pension(life: Life, rows: list[Contribution], number: str, today: date) -> dict[str, Any]:
    mine = [row for row in rows if row.kind == PENSION]
    indices = [row.base * 10_000 // average_wage(contribution_year(row.month)) for row in mine]
    return {
        "AAC001": _person_number(life),
        "AAC004": "1" if int(number[16]) % 2 else "2",
        "AAC006": number[6:14],
        "AAC008": _state(life, rows, today),
        "AAE202": len(mine),
        "AAE240": yuan(pension_account(mine, today)),
        "AAE180": yuan(mine[-1].base * 100),
        "AIC162": _index(sum(indices) // len(indices)),
        "AIC163": _index(indices[-1]),
    }


def _index(ten_thousandths: int) -> str:
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"


def _kind(kind: str, rows: list[Contribution], state: str) -> dict[str, Any]:
    mine = [row for row in rows if row.kind == kind]
    return {
        "AAE140": kind,
        "AAC031": state,
        "AAE180": yuan(mine[-1].base * 100),
        "AAE202": len(mine),
    }


def _row(row: Contribution) -> dict[str, Any]:
    return {
        "AAE003": compact(row.month),
        "AAE140": row.kind,
        "AAE180": yuan(row.base * 100),
        "AAA041": _rate(row.personal_share),
        "AAA042": _rate(row.employer_share),
        "AAE020": yuan(row.employer_side),
        "AAE022": yuan(row.personal),
        "AAE202": 1,
        "AAB004": row.employer,
    }


def _rate(hundredths: int) -> str:
    """A share as a fraction: 8 % is ``0.0800``."""
    return f"0.{hundredths:04d}"


def _person_number(life: Life) -> str:
    return f"{life.dice.whole('bureau person', 10**9, 10**10 - 1)}"


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"head": {"rst": code, "msg": words}, "body": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}：{detail}" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    answer = _bad("C1", "系统维护时段，暂停服务")
    answer["head"]["opens_at"] = opens.isoformat()
    return json_response(answer)
