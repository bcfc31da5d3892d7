"""The network identity: an OpenID provider that says whether somebody is whom they claim to be.

It plays the public network identity service: pushed requests only (RFC 9126), private_key_jwt,
PKCE, codes for 60 s and once, pairwise names, and in the ID token ``identity_matched`` in place
of a name and a number. The page where residents sign in is ``upstream_page``.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response
from sanic.response import text as text_response

from services.sandbox.belongings import belongings
from services.sandbox.changes import Deaths
from services.sandbox.faults import Faults
from services.sandbox.residents import Residents
from services.sandbox.upstream_clients import Clients, NotClient
from services.sandbox.upstream_page import show, unknown
from services.sandbox.upstream_requests import (
    CODE_SECONDS,
    PREFIX,
    PUSHED_SECONDS,
    NotAccepted,
    Pushed,
    Waiting,
    pkce,
)
from services.sandbox.upstream_tokens import HIGH, LOW, Said, Signer

ID = "network-identity"
_STORE = {"Cache-Control": "no-store"}
Serve = Callable[[Request[Any, Any]], Awaitable[HTTPResponse]]


@dataclass
class Upstream:
    """``carried``: the key from which residents' PINs follow."""

    issuer: str
    clients: Clients
    signer: Signer
    residents: Residents
    deaths: Deaths
    faults: Faults
    carried: bytes = field(repr=False)
    pushed: Waiting[Pushed] = field(default_factory=lambda: Waiting(PUSHED_SECONDS))
    codes: Waiting[tuple[Pushed, Said]] = field(default_factory=lambda: Waiting(CODE_SECONDS))

    def open(self, app: Sanic[Any, Any]) -> None:
        for path, method, serve in (
            ("/.well-known/openid-configuration", "GET", self._spoiled(self.describe)),
            ("/jwks", "GET", self._spoiled(self.keys)),
            ("/par", "POST", self._spoiled(self.push)),
            ("/token", "POST", self._spoiled(self.exchange, forging=True)),
            ("/authorize", "GET", self.meet),
            ("/authorize", "POST", self.decide),
        ):
            name = f"upstream{path.replace('/', '_').replace('.', '')}_{method.lower()}"
            app.add_route(serve, f"/{ID}{path}", methods=[method], name=name)

    async def describe(self, request: Request[Any, Any], fault: str = "") -> HTTPResponse:
        """OpenID Connect Discovery 1.0 §3."""
        return json_response(_description(self.issuer))

    async def keys(self, request: Request[Any, Any], fault: str = "") -> HTTPResponse:
        return json_response(self.signer.jwks())

    async def push(self, request: Request[Any, Any], fault: str = "") -> HTTPResponse:
        """RFC 9126 §2."""
        form = _form(request)
        pushed = Pushed.of(await self.clients.authenticated(form), form)
        made = {"request_uri": self.pushed.put(pushed, PREFIX), "expires_in": PUSHED_SECONDS}
        return json_response(made, status=201, headers=_STORE)

    async def exchange(self, request: Request[Any, Any], fault: str = "") -> HTTPResponse:
        """A code for an ID token (RFC 6749 §4.1.3); the access token beside it opens nothing."""
        form = _form(request)
        client = await self.clients.authenticated(form)
        if form.get("grant_type") != "authorization_code":
            raise NotAccepted("unsupported_grant_type")
        pushed, said = self.codes.take(form.get("code", "")) or (None, None)
        if pushed is None or said is None or pushed.client != client:
            raise NotAccepted("invalid_grant")
        proven = hmac.compare_digest(pkce(form.get("code_verifier", "")), pushed.challenge)
        if not proven or form.get("redirect_uri") != client.redirect_uri:
            raise NotAccepted("invalid_grant")
        tokens = {"access_token": "opens-nothing", "token_type": "Bearer", "expires_in": 1}
        return json_response(tokens | {"id_token": self.signer.token(said, fault)}, headers=_STORE)

    async def meet(self, request: Request[Any, Any]) -> HTTPResponse:
        """The page; never a redirect before the request is known."""
        name = request.args.get("request_uri", "")
        pushed = self.pushed.see(name)
        if pushed is None or request.args.get("client_id") != pushed.client.id:
            return unknown(request)
        return show(request, pushed, name)

    async def decide(self, request: Request[Any, Any]) -> HTTPResponse:
        """Confirmed or refused, as easy as the other."""
        form = _form(request)
        name = form.get("request_uri", "")
        pushed = self.pushed.see(name)
        if pushed is None:
            return unknown(request)
        if form.get("answer") != "confirm":
            return self._back(name, pushed, {"error": "access_denied"})
        said = await self._signed_in(pushed, form)
        if said is not None:
            return self._back(name, pushed, {"code": self.codes.put((pushed, said))})
        pushed.tries -= 1
        if pushed.tries < 1:
            return self._back(name, pushed, {"error": "access_denied"})
        return show(request, pushed, name, wrong=True)

    async def _signed_in(self, pushed: Pushed, form: Mapping[str, str]) -> Said | None:
        known = await self.residents.find(form.get("number", "").strip().upper())
        if known is None or await self.deaths.knows(known.person.number):
            return None
        pin = belongings(self.carried, known.person.number).pin
        given = form.get("pin", "").strip()
        right = hmac.compare_digest(pin.encode(), given.encode())
        return pushed.says_of(known.person) if right else None

    def _back(self, name: str, pushed: Pushed, answer: dict[str, str]) -> HTTPResponse:
        """To the client, with state and iss (RFC 9207); the request is used up."""
        self.pushed.take(name)
        query = urlencode(answer | {"state": pushed.state, "iss": self.issuer})
        where = f"{pushed.client.redirect_uri}?{query}"
        return HTTPResponse(status=303, headers={"Location": where} | _STORE)

    def _spoiled(self, serve: Callable[..., Awaitable[HTTPResponse]], forging: bool = False) -> Any:
        """``serve`` with OAuth's errors, and with the fault that was asked for.

        Faults of tokens are met where tokens are made and nowhere else.
        """

        async def served(request: Request[Any, Any]) -> HTTPResponse:
            fault = self.faults.take(ID, forging=forging)
            if fault is not None:
                await fault.delay()
                if fault.kind in ("error", "closed"):
                    return text_response("Internal Server Error", status=500)
            try:
                answer = await serve(request, fault.kind if fault else "")
            except NotClient:
                return json_response({"error": "invalid_client"}, status=401, headers=_STORE)
            except NotAccepted as no:
                return json_response({"error": no.error}, status=no.status, headers=_STORE)
            if fault is not None and fault.kind == "malformed":
                body = answer.body or b"{"
                return HTTPResponse(body[: len(body) // 2], content_type="application/json")
            return answer

        return served


def _form(request: Request[Any, Any]) -> dict[str, str]:
    """The body of a form, each name once. Raises NotAccepted."""
    kind = request.content_type.partition(";")[0].strip().lower()
    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=32)
    except ValueError:
        raise NotAccepted("invalid_request") from None
    if kind != "application/x-www-form-urlencoded" or len(dict(pairs)) != len(pairs):
        raise NotAccepted("invalid_request")
    return dict(pairs)


def _description(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "require_pushed_authorization_requests": True,
        "jwks_uri": f"{issuer}/jwks",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": [LOW, HIGH],
        "claims_supported": ["sub", "acr", "auth_time", "identity_matched"],
    }
