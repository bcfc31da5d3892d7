"""The real-estate register: homes owned and rents on file, in the register's own field names.

It answers about any number: that somebody owns nothing is an answer. Field names after TD/T 1066,
from memory; envelope of our own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.fiction import birth_date
from services.sandbox.landholdings import Home, Rent, homes, in_region, rents
from services.sandbox.months import yuan
from services.sandbox.office import Asking, Office, Unreadable, text_of
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed

ID = "housing"
_BOOKS_CLOSE = 3  # o'clock
_REFUSALS = {
    "unsigned": (4010, "签名无效"),
    "unreadable": (4000, "参数不正确"),
    "unavailable": (5000, "系统繁忙"),
}


def office(premises: Premises) -> Office:
    register = _Register(premises)
    return Office(ID, scheme, {"property": register.property_of}, _refuse, _closed)


def scheme(headers: Mapping[str, str]) -> Signed:
    """X-Tif-Paasid, -Timestamp, -Nonce and -Signature in upper-case hex. Raises NotSigned."""
    names = ("x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")
    app, timestamp, nonce, mac = (headers.get(name, "") for name in names)
    if not (app and timestamp and nonce and mac) or mac != mac.upper():
        raise NotSigned("unsigned")
    try:
        return Signed(app, timestamp, nonce, bytes.fromhex(mac))
    except ValueError as fault:
        raise NotSigned("unsigned") from fault


class _Register:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def property_of(self, asking: Asking) -> dict[str, Any]:
        """``region``: GB/T 2260, empty for the province."""
        name, number = text_of(asking.body, "name"), text_of(asking.body, "number").upper()
        region = asking.body.get("region")
        if not isinstance(region, str) or len(region) not in (0, 6):
            raise Unreadable("region")
        if not _dated(number):
            raise Unreadable("number")
        if asking.resident is not None and not asking.resident.is_called(name):
            return {"status": 4102, "message": "姓名与证件号码不一致", "result": None}
        here, key, today = in_region(region), self._premises.key, self._premises.today()
        result = {
            "FWQD": [_home(one) for one in homes(key, number, today) if here(one)],
            "ZLQD": [_rent(one) for one in rents(key, number, today) if here(one)],
        }
        return self._good(result)

    def _good(self, result: dict[str, Any]) -> dict[str, Any]:
        closed = f"{self._premises.closed_at(_BOOKS_CLOSE):%Y-%m-%d %H:%M}"
        return {"status": 0, "message": "成功", "dataTime": closed, "result": result}


def _dated(number: str) -> bool:
    """Whether a birth date can be read from it, from which everything here follows."""
    try:
        return len(number) == 18 and bool(birth_date(number))
    except ValueError:
        return False


def _home(home: Home) -> dict[str, str]:
    return {
        "BDCDYH": home.unit,
        "ZL": home.place,
        "XZQH": home.county,
        "JZMJ": yuan(home.area),
        "JYJG": yuan(home.price),
        "HTQDRQ": home.bought.isoformat(),
    }


def _rent(rent: Rent) -> dict[str, str]:
    return {
        "HTBH": rent.contract,
        "ZL": rent.place,
        "XZQH": rent.county,
        "YZJ": yuan(rent.monthly),
        "QSRQ": rent.since.isoformat(),
        "JSRQ": rent.until.isoformat(),
    }


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    status, words = _REFUSALS[kind]
    message = f"{words}：{detail}" if detail else words
    return {"status": status, "message": message, "result": None}


def _closed(opens: datetime) -> HTTPResponse:
    answer = {"status": 5030, "message": "系统维护", "result": None}
    return json_response(answer | {"opens": f"{opens:%Y-%m-%d %H:%M}"})
