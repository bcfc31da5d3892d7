"""The provident fund centre: accounts and their movements in the centre's own field codes.

Field codes after JGJ/T 320 (housing provident fund basic data), from memory; envelope of our own.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox import months
from services.sandbox.deeds import NotDone
from services.sandbox.fiction import birth_date
from services.sandbox.fund_ledger import Movement, keep, side
from services.sandbox.fund_terms import CLOSED, TOO_MUCH, Account, terms
from services.sandbox.landholdings import owns_at_home
from services.sandbox.life import Life, lead
from services.sandbox.loan_ledger import TERM, borrow
from services.sandbox.months import compact, yuan
from services.sandbox.office import Asking, Office, text_of
from services.sandbox.premises import Premises
from services.sandbox.residences import registered_at
from services.sandbox.signatures import by_headers

ID = "provident-fund"
WITHDRAWAL = "withdrawal"
EQUAL_PAYMENTS = "01"  # DKHKFS
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
    answers = {
        "account": books.account,
        "records": books.records,
        "loan": books.loan,
        "terms": books.terms,
        "withdrawal": books.withdraw,
    }
    return Office(ID, by_headers, answers, _refuse, _closed)


class _NoAccount(Exception):
    """Nothing is kept about who is asked for; ``envelope`` says why."""

    def __init__(self, code: str, words: str):
        super().__init__(code)
        self.envelope = _bad(code, words)


class _Books:
    def __init__(self, premises: Premises):
        self._premises = premises
        self._key, self._today = premises.key, premises.today

    async def account(self, asking: Asking) -> dict[str, Any]:
        return await self._told(asking, lambda account: _account(account, self._today()))

    async def records(self, asking: Asking) -> dict[str, Any]:
        """``from`` and ``to`` are months, both included, by the day a movement was booked."""
        first = months.parse(asking.body.get("from"), "from")
        last = months.parse(asking.body.get("to"), "to")

        def told(account: Account) -> dict[str, Any]:
            movements = account.ledger.movements
            rows = [_row(m) for m in movements if first <= m.day.replace(day=1) <= last]
            return {"GRZH": _account_number(account.life), "JLS": len(rows), "MXLB": rows}

        return await self._told(asking, told)

    async def loan(self, asking: Asking) -> dict[str, Any]:
        return await self._told(asking, _loan)

    async def terms(self, asking: Asking) -> dict[str, Any]:
        return await self._told(asking, _terms)

    async def withdraw(self, asking: Asking) -> dict[str, Any]:
        """``TQYY`` reason and ``TQE`` yuan, once for a ``key``. Whether the reason holds is for
        whoever asks; the centre refuses what the account does not hold.
        """
        reason, fen = text_of(asking.body, "TQYY"), months.parse_yuan(asking.body.get("TQE"), "TQE")

        async def pay() -> dict[str, Any]:
            account = await self._open(asking)
            if account.ledger.closed:
                raise NotDone(self._good(_not_paid(account, CLOSED)))
            if not 0 < fen <= account.ledger.balance:
                raise NotDone(self._good(_not_paid(account, TOO_MUCH)))
            number = f"TQ{self._today():%y%m%d}{text_of(asking.body, 'key')[:8].upper()}"
            left = yuan(account.ledger.balance - fen)
            paid = {"TQDJH": number, "TQE": yuan(fen), "GRZHYE": left, "BKYY": ""}
            return paid | {"TQYY": reason, "JZRQ": self._today().isoformat(), "fen": fen}

        try:
            done = await self._premises.deeds.once(ID, WITHDRAWAL, asking, pay)
        except (NotDone, _NoAccount) as refused:
            return refused.envelope
        return self._good({name: value for name, value in done.items() if name != "fen"})

    async def _told(
        self, asking: Asking, tell: Callable[[Account], dict[str, Any]]
    ) -> dict[str, Any]:
        try:
            return self._good(tell(await self._open(asking)))
        except _NoAccount as refused:
            return refused.envelope

    def _good(self, data: dict[str, Any]) -> dict[str, Any]:
        closed = self._premises.closed_at(_CLOSED_AT)
        return {"code": "0000", "msg": "", "GXSJ": f"{closed:%Y%m%d%H%M%S}", "data": data}

    async def _open(self, asking: Asking) -> Account:
        """Raises _NoAccount."""
        named = asking.named_rightly  # asked first: a question without a name is unreadable
        if asking.resident is None:
            raise _NoAccount("2001", "未查询到个人账户")
        if not named:
            raise _NoAccount("2002", "姓名与证件号码不一致")
        number, today = asking.resident.person.number, self._today()
        life = lead(self._key, number)
        done = await self._premises.deeds.of(ID, WITHDRAWAL, number)
        taken = [(date.fromisoformat(one["JZRQ"]), int(one["fen"])) for one in done]
        ledger = keep(life, today, taken) if life else None
        if life is None or ledger is None or not ledger.movements:
            raise _NoAccount("2001", "未查询到个人账户")
        born, spent = birth_date(number), Counter[str]()
        for one in done:
            spent[one["TQYY"]] += one["fen"]
        loan = borrow(life, born, today)
        city = f"{registered_at(number)[:4]}00"
        return Account(life, ledger, loan, owns_at_home(born), spent, today, city)


def _account(account: Account, today: date) -> dict[str, Any]:
    life, ledger = account.life, account.ledger
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
        "JCXZQH": account.city,
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


def _loan(account: Account) -> dict[str, Any]:
    loan = account.loan
    if loan is None:
        raise _NoAccount("2003", "未查询到贷款信息")
    return {
        "JKHTBH": f"DK{account.life.dice.whole('loan contract', 10**9, 10**10 - 1)}",
        "DKFFE": yuan(loan.granted),
        "DKFFRQ": loan.granted_on.isoformat(),
        "DKLL": f"{loan.rate // 100}.{loan.rate % 100:02d}",
        "DKQS": TERM,
        "YHQS": len(loan.repaid),
        "DKHKFS": EQUAL_PAYMENTS,
        "DKYE": yuan(loan.left),
        "DQYHJE": yuan(loan.payment),
        "XQHKRQ": loan.due.isoformat(),
        "DQYQJE": yuan(0),
        "HKMX": [
            {
                "HKRQ": one.day.isoformat(),
                "HKBJ": yuan(one.principal),
                "HKLX": yuan(one.interest),
                "DKYE": yuan(one.left),
            }
            for one in loan.repaid[-12:]
        ],
    }


def _terms(account: Account) -> dict[str, Any]:
    rows = [
        {"TQYY": reason, "KTQ": "0" if why else "1", "KTJE": yuan(most), "BKYY": why}
        for reason, most, why in terms(account)
    ]
    return {"TQYYLB": rows, "GRZHYE": yuan(account.ledger.balance)}


def _not_paid(account: Account, why: str) -> dict[str, Any]:
    return {"TQE": yuan(0), "GRZHYE": yuan(account.ledger.balance), "BKYY": why}


def _account_number(life: Life) -> str:
    return f"{life.dice.whole('fund account', 10**11, 10**12 - 1)}"


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"code": code, "msg": words, "data": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}（{detail}）" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("9001", "夜间结账，暂停服务") | {"reopens": f"{opens:%H:%M}"})
