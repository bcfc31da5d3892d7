"""The civil affairs bureau: marriages on record and divorces asked for, in its own names and codes.

Codes after GB/T 2261.2; envelope of our own.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.marriages import divorce_asked, marriage
from services.sandbox.office import Asking, Office
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed

ID = "civil-affairs"
SINGLE, FIRST_MARRIAGE = "10", "21"  # HYZK
_BOOKS_CLOSE = 1  # o'clock
_REFUSALS = {
    "unsigned": ("MZ-401", "令牌无效"),
    "unreadable": ("MZ-400", "请求参数错误"),
    "unavailable": ("MZ-500", "系统繁忙"),
}


def office(premises: Premises) -> Office:
    registry = _Registry(premises)
    return Office(
        ID, scheme, {"marriage": registry.marriage, "divorce": registry.divorce}, _refuse, _closed
    )


def scheme(headers: Mapping[str, str]) -> Signed:
    """``X-MZ-Token``: base64 of a JSON object with app, ts, nonce and sign (hex). NotSigned."""
    try:
        token = json.loads(base64.b64decode(headers.get("x-mz-token", ""), validate=True))
        app, timestamp, nonce, mac = (str(token[n]) for n in ("app", "ts", "nonce", "sign"))
        return Signed(app, timestamp, nonce, bytes.fromhex(mac))
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise NotSigned("unsigned") from fault


class _Registry:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def marriage(self, asking: Asking) -> dict[str, Any]:
        if asking.resident is None:
            return _bad("MZ-404", "查无此人")
        if not asking.named_rightly:
            return _bad("MZ-409", "姓名与身份证件号码不符")
        number = asking.resident.person.number
        found = marriage(self._premises.key, number, self._premises.today())
        data = {"HYZK": SINGLE}
        if found:
            data = {
                "HYZK": FIRST_MARRIAGE,
                "DJRQ": found.registered.isoformat(),
                "DJJG": found.registry,
                "HYZH": found.certificate,
                "POXM": found.spouse_name,
                "POSFZH": found.spouse_number,
            }
        return self._good(data)

    async def divorce(self, asking: Asking) -> dict[str, Any]:
        if asking.resident is None:
            return _bad("MZ-404", "查无此人")
        if not asking.named_rightly:
            return _bad("MZ-409", "姓名与身份证件号码不符")
        number, today = asking.resident.person.number, self._premises.today()
        found, asked = marriage(self._premises.key, number, today), divorce_asked(number, today)
        if found is None or asked is None:
            return _bad("MZ-404", "无离婚登记申请")
        return self._good({"SLRQ": asked.isoformat(), "SLJG": found.registry})

    def _good(self, data: dict[str, Any]) -> dict[str, Any]:
        closed = int(self._premises.closed_at(_BOOKS_CLOSE).timestamp() * 1000)
        return {"errCode": "OK", "errMsg": "", "updateTime": closed, "data": data}


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"errCode": code, "errMsg": words, "data": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}（{detail}）" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    answer = _bad("MZ-503", "夜间维护")
    return json_response(answer | {"openTime": int(opens.timestamp() * 1000)})
