"""The police's desk: resident cards, residence permits, and an endorsement, once for a key.

Field names after GA/T 2000, from memory; envelope of our own.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse
from sanic.response import json as json_response

from services.sandbox.deeds import NotDone
from services.sandbox.office import Asking, Office, Unreadable, text_of
from services.sandbox.premises import Premises
from services.sandbox.residence_permits import Permit, endorsed, permit
from services.sandbox.resident_cards import Card, card
from services.sandbox.signatures import NotSigned, Signed

ID = "public-security"
VALID, SUSPENDED = "1", "2"  # JZZZT
_MAC = "hmac-sha256="
_BOOKS_CLOSE = 4  # o'clock
_REFUSALS = {
    "unsigned": ("01", "验签失败"),
    "unreadable": ("02", "参数错误"),
    "unavailable": ("99", "系统繁忙"),
}


def office(premises: Premises) -> Office:
    desk = _Desk(premises)
    answers = {"card": desk.card, "permit": desk.permit, "endorsement": desk.endorse}
    return Office(ID, scheme, answers, _refuse, _closed)


def scheme(headers: Mapping[str, str]) -> Signed:
    """GA-App, GA-Time, GA-Nonce and GA-Sign ``hmac-sha256=<hex>``. Raises NotSigned."""
    app, timestamp, nonce = (headers.get(name, "") for name in ("ga-app", "ga-time", "ga-nonce"))
    mac = headers.get("ga-sign", "")
    if not (app and timestamp and nonce and mac.startswith(_MAC)):
        raise NotSigned("unsigned")
    try:
        return Signed(app, timestamp, nonce, bytes.fromhex(mac.removeprefix(_MAC)))
    except ValueError as fault:
        raise NotSigned("unsigned") from fault


class _Desk:
    def __init__(self, premises: Premises):
        self._premises = premises

    async def card(self, asking: Asking) -> dict[str, Any]:
        if asking.resident is None:
            return _bad("21", "未查询到证件")
        if not asking.named_rightly:
            return _bad("22", "姓名与证件号码不符")
        person = asking.resident.person
        held = card(self._premises.key, person.number, self._premises.today())
        return self._good(_card(held, person.name)) if held else _bad("21", "未查询到证件")

    async def permit(self, asking: Asking) -> dict[str, Any]:
        held, trouble = await self._held(asking)
        return self._good(_permit(held, self._premises.today())) if held else trouble

    async def endorse(self, asking: Asking) -> dict[str, Any]:
        """Good for another year, written down with the key."""

        async def do() -> dict[str, Any]:
            held, trouble = await self._held(asking)
            if held is None:
                raise NotDone(trouble)
            if text_of(asking.body, "JZZBH") != held.number:
                raise Unreadable("JZZBH")
            until = endorsed(held.until, self._premises.today())
            serial = f"QZ{self._premises.now():%Y%m%d%H%M%S%f}"
            return {"QZLSH": serial, "QZYXQ": _day(until)}

        try:
            return self._good(await self._premises.deeds.once(ID, "endorsement", asking, do))
        except NotDone as refused:
            return refused.envelope

    async def _held(self, asking: Asking) -> tuple[Permit | None, dict[str, Any]]:
        """The permit with its endorsements."""
        if asking.resident is None:
            return None, _bad("21", "未查询到居住证")
        if not asking.named_rightly:
            return None, _bad("22", "姓名与证件号码不符")
        number = asking.resident.person.number
        held = permit(self._premises.key, number, self._premises.today())
        if held is None:
            return None, _bad("21", "未查询到居住证")
        done = await self._premises.deeds.of(ID, "endorsement", number)
        if done:
            until = datetime.strptime(done[-1]["QZYXQ"], "%Y%m%d").date()
            held = Permit(held.number, held.place, held.issued, until)
        return held, {}

    def _good(self, data: dict[str, Any]) -> dict[str, Any]:
        closed = self._premises.closed_at(_BOOKS_CLOSE)
        head = {"CODE": "00", "MSG": ""}
        return {"RESULT": head, "GXSJ": f"{closed:%Y%m%d%H%M%S}", "DATA": data}


def _card(held: Card, name: str) -> dict[str, str | None]:
    return {
        "ZJXLH": held.serial,
        "XM": name,
        "XBDM": "1" if held.male else "2",
        "MZMC": held.nation,
        "CSRQ": _day(held.born),
        "HJDZ": held.address,
        "QFJG": held.authority,
        "YXQQSRQ": _day(held.issued),
        "YXQJZRQ": _day(held.until) if held.until else None,
    }


def _permit(held: Permit, today: date) -> dict[str, str]:
    return {
        "JZZBH": held.number,
        "JZDZ": held.place,
        "QFRQ": _day(held.issued),
        "QZYXQ": _day(held.until),
        "JZZZT": VALID if held.until >= today else SUSPENDED,
    }


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _bad(code: str, words: str) -> dict[str, Any]:
    return {"RESULT": {"CODE": code, "MSG": words}, "DATA": None}


def _refuse(kind: str, detail: str) -> dict[str, Any]:
    code, words = _REFUSALS[kind]
    return _bad(code, f"{words}（{detail}）" if detail else words)


def _closed(opens: datetime) -> HTTPResponse:
    return json_response(_bad("91", "非办公时间") | {"OPENS": f"{opens:%Y%m%d%H%M%S}"})
