"""The traffic police: licences, violations and vehicles in the police's own field names.

Field names after GA/T 16 and GA/T 543, from memory; envelope of our own.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox import months
from services.sandbox.months import yuan
from services.sandbox.office import Asking, Office
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed
from services.sandbox.traffic_ledger import (
    ALL_POINTS,
    Licence,
    Violation,
    licence,
    points,
    violations,
)
from services.sandbox.vehicles import Vehicles

ID = "transport"
VALID, SUSPENDED = "A", "H"  # ZT
_SCHEME = "JT1 "
_BOOKS_CLOSE = 4  # o'clock
_REFUSALS = {
    "unsigned": ("40", "未授权"),
    "unreadable": ("41", "参数有误"),
    "unavailable": ("50", "系统繁忙"),
}


def office(premises: Premises) -> Office:
    desk = _Desk(premises)
    answers = {
        "licence": desk.licence,
        "violations": desk.violations,
        "vehicles": desk.vehicles,
    }
    return Office(ID, scheme, answers, _refuse, _closed)


def scheme(headers: Mapping[str, str]) -> Signed:
    """``Authorization: JT1 app:ts:nonce:mac``, the mac in base64url without padding. NotSigned."""
    value = headers.get("authorization", "")
    parts = value.removeprefix(_SCHEME).split(":")
    if not value.startswith(_SCHEME) or len(parts) != 4:
        raise NotSigned("unsigned")
    try:
        mac = base64.b64decode(parts[3] + "=" * (-len(parts[3]) % 4), b"-_", validate=True)
    except binascii.Error as fault:
        raise NotSigned("unsigned") from fault
    return Signed(parts[0], parts[1], parts[2], mac)


class _Desk:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def licence(self, asking: Asking) -> dict[str, Any]:
        held, trouble = self._held(asking)
        if held is None:
            return trouble
        number, key = str(asking.body["number"]).upper(), self._premises.key
        counted = points(key, number, held.cycle, self._premises.today())
        return self._good(_licence(held, counted))

    async def violations(self, asking: Asking) -> dict[str, Any]:
        """``from`` and ``to`` are months, both included, by the day of the violation."""
        first = months.parse(asking.body.get("from"), "from")
        last = months.parse(asking.body.get("to"), "to")
        held, trouble = self._held(asking)
        if held is None:
            return trouble
        number, today = str(asking.body["number"]).upper(), self._premises.today()
        rows = violations(self._premises.key, number, first, min(last, today), today)
        return self._good({"ZS": len(rows), "WFLB": [_row(row) for row in rows]})

    async def vehicles(self, asking: Asking) -> dict[str, Any]:
        named = asking.named_rightly  # asked first: a question without a name is unreadable
        if asking.resident is None:
            return _bad("11", "未查询到机动车所有人")
        if not named:
            return _bad("12", "姓名与身份证明号码不符")
        held = await Vehicles(self._premises).of(asking.resident.person.number)
        return self._good({"JDCLB": [{"HPHM": one.plate, "CLSBDH": one.frame} for one in held]})

    def _held(self, asking: Asking) -> tuple[Licence | None, dict[str, Any]]:
        if asking.resident is None:
            return None, _bad("11", "未查询到驾驶证")
        if not asking.named_rightly:
            return None, _bad("12", "姓名与身份证明号码不符")
        number = asking.resident.person.number
        held = licence(self._premises.key, number, self._premises.today())
        return held, {} if held else _bad("11", "未查询到驾驶证")

    def _good(self, found: dict[str, Any]) -> dict[str, Any]:
        closed = self._premises.closed_at(_BOOKS_CLOSE)
        return {"ret": "1", "msg": "", "gxsj": f"{closed:%Y-%m-%dT%H:%M:%S}", "info": found}


def _licence(held: Licence, counted: int) -> dict[str, Any]:
    return {
        "DABH": held.file,
        "ZJCX": "C1",
        "CCLZRQ": held.first.isoformat(),
        "YXQZ": held.until.isoformat(),
        "QFRQ": held.cycle.isoformat(),
        "LJJF": counted,
        "ZT": SUSPENDED if counted >= ALL_POINTS else VALID,
    }


def _row(row: Violation) -> dict[str, Any]:
    return {
        "WFBH": row.number,
        "WFSJ": f"{row.at:%Y-%m-%d %H:%M:%S}",
        "WFDZ": row.place,
        "WFXW": row.what,
        "FKJE": yuan(row.fine),
        "WFJFS": row.points,
        "CLBJ": "1" if row.handled else "0",
    }


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"ret": code, "msg": words, "info": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}：{detail}" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("90", "暂停服务") | {"kssj": opens.isoformat()})
