"""The registry of businesses: names, who may run one, and registration, once for a key.

Field names after GS 15, from memory; envelope of our own.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.business_names import alike, code, forbidden, whole
from services.sandbox.deeds import NotDone
from services.sandbox.fiction import birth_date
from services.sandbox.office import Asking, Office, Unreadable, text_of
from services.sandbox.premises import Premises
from services.sandbox.signatures import NotSigned, Signed

ID = "market-regulation"
FREE, TAKEN, NOT_ALLOWED = "0", "1", "2"  # MCHCJG
MAY, MINOR, BARRED = "1", "2", "3"  # JYZZG
BARRED_DAY, OF_AGE = 31, 18  # whoever is born on a 31st was struck off once
_EVERYWHERE = "440000"
_BOOKS_CLOSE = 0  # o'clock
_REFUSALS = {
    "unsigned": (6401, "签名校验失败"),
    "unreadable": (6400, "请求参数有误"),
    "unavailable": (6500, "系统繁忙"),
}


def office(premises: Premises) -> Office:
    registry = _Registry(premises)
    answers = {
        "name": registry.named,
        "standing": registry.standing,
        "registration": registry.register,
        "businesses": registry.businesses,
    }
    return Office(ID, scheme, answers, _refuse, _closed)


def scheme(headers: Mapping[str, str]) -> Signed:
    """``X-GS-Signature: app;timestamp;nonce;hex``. Raises NotSigned."""
    parts = headers.get("x-gs-signature", "").split(";")
    if len(parts) != 4 or not all(parts):
        raise NotSigned("unsigned")
    try:
        return Signed(parts[0], parts[1], parts[2], bytes.fromhex(parts[3]))
    except ValueError as fault:
        raise NotSigned("unsigned") from fault


class _Registry:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def named(self, asking: Asking) -> dict[str, Any]:
        return _stranger(asking) or self._good(_verdict(asking.body))

    async def standing(self, asking: Asking) -> dict[str, Any]:
        if trouble := _stranger(asking):
            return trouble
        born = birth_date(text_of(asking.body, "number"))
        if _age(born, self._premises.today()) < OF_AGE:
            return self._good({"JYZZG": MINOR})
        return self._good({"JYZZG": BARRED if born.day == BARRED_DAY else MAY})

    async def register(self, asking: Asking) -> dict[str, Any]:
        """The code follows from the key, so that no two registrations share one."""

        async def do() -> dict[str, Any]:
            if trouble := _stranger(asking):
                raise NotDone(trouble)
            text_of(asking.body, "JYCS")
            found = _verdict(asking.body)
            if found["MCHCJG"] != FREE:
                raise NotDone(_bad(6422, "名称已被登记"))
            digest = hashlib.sha256(text_of(asking.body, "key").encode()).digest()
            issued = code(_region(asking.body) or _EVERYWHERE, int.from_bytes(digest[:8]))
            day = self._premises.today().isoformat()
            return {"TYSHXYDM": issued, "QYMC": found["QYMC"], "CLRQ": day}

        try:
            return self._good(await self._premises.deeds.once(ID, "registration", asking, do))
        except NotDone as refused:
            return refused.envelope

    async def businesses(self, asking: Asking) -> dict[str, Any]:
        """Those that were registered here, oldest first."""
        if trouble := _stranger(asking):
            return trouble
        number = text_of(asking.body, "number").upper()
        return self._good({"JYZTLB": await self._premises.deeds.of(ID, "registration", number)})

    def _good(self, payload: dict[str, Any]) -> dict[str, Any]:
        closed = self._premises.closed_at(_BOOKS_CLOSE).isoformat()
        return {"code": 200, "message": "", "updatedAt": closed, "payload": payload}


def _verdict(body: Mapping[str, Any]) -> dict[str, Any]:
    name, trade = text_of(body, "ZH"), text_of(body, "HYDM")
    full = whole(name, trade, "广东")
    _region(body)
    if forbidden(name):
        return {"MCHCJG": NOT_ALLOWED, "QYMC": full}
    if brand := alike(name):
        return {"MCHCJG": TAKEN, "QYMC": full, "XTMC": whole(brand, trade, "广东")}
    return {"MCHCJG": FREE, "QYMC": full}


def _region(body: Mapping[str, Any]) -> str:
    region = body.get("XZQH")
    if not isinstance(region, str) or not (region == "" or (len(region) == 6 and region.isdigit())):
        raise Unreadable("XZQH")
    return region


def _stranger(asking: Asking) -> dict[str, Any] | None:
    if asking.resident is None:
        return _bad(6404, "查无此人")
    return None if asking.named_rightly else _bad(6409, "姓名与证件号码不一致")


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _bad(status: int, words: str) -> dict[str, Any]:
    return {"code": status, "message": words, "payload": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    status, words = _REFUSALS[kind]
    return _bad(status, f"{words}：{detail}" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad(6503, "系统关闭") | {"opensAt": opens.isoformat()})
