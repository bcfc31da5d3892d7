"""An ID-card reader at a kiosk: a card is laid on it, and its security module signs what it reads.

A kiosk's page asks it from the browser, as it asks a reader's service on its own machine, so the
answers name the one origin that may read them. Whoever knows a sandbox resident's number can lay
their card: cards of the sandbox are nobody's.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import html
from sanic.response import json as json_response
from sanic.response import text as text_response

from config.texts import text
from services.sandbox.cards import kind_of
from services.sandbox.faults import Faults
from services.sandbox.requests import locale_of, read
from services.sandbox.residents import Known, Residents
from services.sandbox.sheets import sheet

ID = "card-reader"
TYPE = "id-card+jwt"
LIES_SECONDS = 300  # a forgotten card is put away
_MOST = 1_000
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept-Language, Origin"}
_YEAR = timedelta(days=365)
Asked = Request[Any, Any]
Serve = Callable[..., Awaitable[HTTPResponse]]


class CardLaid(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: str = Field(min_length=1, max_length=64)


class ReadingWanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    nonce: str = Field(min_length=1, max_length=128)


@dataclass
class CardReader:
    """Every reader of the sandbox, by the name of its kiosk. ``origin``: of the kiosks' page."""

    secret: bytes = field(repr=False)
    residents: Residents
    faults: Faults
    origin: str
    lying: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict, repr=False)

    def open(self, app: Sanic[Any, Any]) -> None:
        for path, method, serve in (
            ("/<reader:str>/card", "POST", self.lay),
            ("/<reader:str>/card", "DELETE", self.take_away),
            ("/<reader:str>/readings", "POST", self.read),
            ("/<reader:str>/readings", "OPTIONS", self.let_ask),
        ):
            name = f"{ID}_{path.rpartition('/')[2]}_{method.lower()}".replace("-", "_")
            app.add_route(serve, f"/{ID}{path}", methods=[method], name=name)
        app.add_route(self.page, f"/{ID}", methods=["GET", "POST"], name="card_reader_page")

    async def lay(self, request: Asked, reader: str) -> HTTPResponse:
        """The card of this number; 404 for one that nobody has."""
        known = await self._put(reader, read(request, CardLaid).number)
        return json_response({"lies": known}, status=201 if known else 404, headers=_PRIVATE)

    async def take_away(self, request: Asked, reader: str) -> HTTPResponse:
        self.lying.pop(reader, None)
        return json_response({"lies": False}, headers=_PRIVATE)

    async def let_ask(self, request: Asked, reader: str) -> HTTPResponse:
        """A browser asks before it sends JSON elsewhere (Fetch standard, "CORS-preflight")."""
        allowed = {"Methods": "POST", "Headers": "content-type, accept-language"}
        told = {f"Access-Control-Allow-{what}": which for what, which in allowed.items()}
        return HTTPResponse(status=204, headers=self._readable() | told)

    async def read(self, request: Asked, reader: str) -> HTTPResponse:
        """The statement of the card that lies there, for this nonce; 409 without a card."""
        nonce = read(request, ReadingWanted).nonce
        fault = self.faults.take(ID, forging=True)
        if fault is not None:
            await fault.delay()
            if fault.kind in ("error", "closed"):
                return text_response("Internal Server Error", status=500, headers=self._readable())
        known = await self._lying(reader)
        if known is None:
            return json_response({"error": "no-card"}, status=409, headers=self._readable())
        made = self._statement(reader, nonce, known, fault.kind if fault else "")
        return json_response({"statement": made}, headers=self._readable())

    async def page(self, request: Asked) -> HTTPResponse:
        """For people: lay a card of the sandbox on the reader of a kiosk."""
        form: Any = request.form or {}
        reader = (form.get("reader") or request.args.get("reader") or "").strip()[:64]
        number = (form.get("number") or "").strip()[:64]
        locale, said = locale_of(request), ""
        if request.method == "POST":
            code = "lies" if await self._put(reader, number) else "unknown"
            words = escape(text(f"sandbox.card-reader.{code}", locale))
            said = f'<p class="notice" role="status">{words}</p>'
        page = sheet("card-reader", locale, reader=escape(reader, quote=True), said=said)
        return html(page, headers=_PRIVATE)

    async def _put(self, reader: str, number: str) -> bool:
        if await self.residents.find(number.upper()) is None:
            return False
        self.lying[reader] = (number.upper(), time.time() + LIES_SECONDS)
        while len(self.lying) > _MOST:
            self.lying.popitem(last=False)
        return True

    async def _lying(self, reader: str) -> Known | None:
        number, until = self.lying.get(reader, ("", 0.0))
        if until < time.time():
            self.lying.pop(reader, None)
            return None
        return await self.residents.find(number)

    def _statement(self, reader: str, nonce: str, known: Known, fault: str) -> str:
        """What the security module signs; ``fault`` names what is wrong with it."""
        claims: dict[str, Any] = {
            "iss": reader,
            "nonce": nonce,
            "iat": int(time.time()),
            "name": known.person.name,
            "number": known.person.number,
            "kind": kind_of(known.person.number),
            "valid_until": (date.today() + _YEAR).isoformat(),
        }
        wrong: dict[str, dict[str, Any]] = {
            "wrong-nonce": {"nonce": "another"},
            "long-ago": {"iat": int(time.time()) - 3600},
            "expired": {"valid_until": (date.today() - _YEAR).isoformat()},
        }
        key = _key(self.secret)
        if fault == "another-key":
            key = ec.generate_private_key(ec.SECP256R1())
        headers = {"kid": ID, "typ": TYPE}
        return jwt.encode(claims | wrong.get(fault, {}), key, algorithm="ES256", headers=headers)

    def _readable(self) -> dict[str, str]:
        return _PRIVATE | {
            "Access-Control-Allow-Origin": self.origin,
            "Cross-Origin-Resource-Policy": "cross-origin",
        }


def _key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """A restart does not change it; houses that share the sandbox's key know its public half."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
