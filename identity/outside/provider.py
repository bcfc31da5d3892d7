"""Talking to the provider: discovery, keys, pushed requests (RFC 9126), codes for ID tokens.

We prove who we are by private_key_jwt (RFC 7523) with our own signing keys, whose public halves
stand at ``/oauth/jwks``, or with OUTSIDE_KEY.
"""

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config import logs
from config.outbound import Guard, Outbound, OutboundFailed, Reply
from config.settings import RefusedToStart, Settings
from identity.keys import SigningKeys
from identity.outside.errors import OutsideLoginUnknown, OutsideUnavailable
from identity.outside.id_token import ALGORITHM, FRESH, Expected, Said, key_named, public_key, read

SECONDS = 6.0  # for one request of a resident, all questions to the provider together
CALLBACK = "/v1/outside-logins/callback"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIVES = 60
_READ_AGAIN, _UNKNOWN_AGAIN = 3600.0, 5.0
_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "pushed_authorization_request_endpoint",
    "jwks_uri",
)
log = logs.get("outside")


@dataclass(frozen=True, repr=False)
class Request:
    """One login on its way: the words that tie its steps together (all random, 256 bits)."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def draw(cls, ticket: str) -> "Request":
        """``state`` begins with the id of the login that it belongs to."""
        words = [secrets.token_urlsafe(32) for _ in range(3)]
        return cls(f"{ticket}.{words[0]}", words[1], words[2])


class Provider:
    """One provider: OUTSIDE_ISSUER, else the sandbox's; in production none without the setting."""

    def __init__(self, outbound: Outbound, keys: SigningKeys, settings: Settings):
        self._outbound, self._keys, self._guard = outbound, keys, Guard(settings)
        self._own_key = _own_key(settings.outside_key.get_secret_value())
        self.issuer = settings.outside_address
        self.client = settings.outside_client_id or settings.public_url.rstrip("/")
        self._redirect = settings.public_url.rstrip("/") + CALLBACK
        self._level = settings.outside_acr
        self._description: tuple[float, dict[str, str]] | None = None
        self._jwks: tuple[float, list[dict[str, Any]]] | None = None

    async def push(self, request: Request, locale: str, extra: Mapping[str, str]) -> str:
        """Hand the request in; the address to send the browser to. Raises OutsideUnavailable.

        ``extra`` travels between servers only: nothing of it is in the address.
        """
        wanted = {
            "response_type": "code",
            "redirect_uri": self._redirect,
            "scope": "openid",
            "state": request.state,
            "nonce": request.nonce,
            "code_challenge": _challenge(request.verifier),
            "code_challenge_method": "S256",
            "acr_values": self._level,
            "prompt": "login",
            "max_age": str(FRESH),
            "ui_locales": locale,
        }
        async with self._in_time():
            at = await self._endpoints()
            reply = await self._post(
                at["pushed_authorization_request_endpoint"], "par", {**wanted, **extra}
            )
        named = _object(reply).get("request_uri")
        if reply.status != 201 or not isinstance(named, str) or not named:
            raise OutsideUnavailable(f"par: status {reply.status}")
        query = urlencode({"client_id": self.client, "request_uri": named})
        return f"{at['authorization_endpoint']}?{query}"

    async def redeem(self, code: str, verifier: str, nonce: str, matching: bool) -> Said:
        """The provider's word for a code.

        Raises OutsideLoginUnknown for a code that is old or was used, OutsideAnswerRefused for
        an ID token that is not the answer, OutsideUnavailable.
        """
        wanted = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": verifier,
        }
        async with self._in_time():
            reply = await self._post((await self._endpoints())["token_endpoint"], "token", wanted)
            token = _id_token(reply)
            key = await self._key(key_named(token))
        return read(token, key, Expected(self.issuer, self.client, nonce, matching))

    async def _key(self, kid: str) -> ec.EllipticCurvePublicKey:
        """The key of this name; an unknown one is looked for anew, once in five seconds."""
        for patience in (_READ_AGAIN, _UNKNOWN_AGAIN):
            if key := public_key(await self._published(patience), kid):
                return key
        raise OutsideUnavailable("signed by a key that is not published")

    async def _published(self, older_than: float) -> list[dict[str, Any]]:
        now = time.monotonic()
        if self._jwks is None or now - self._jwks[0] >= older_than:
            reply = await self._send("GET", (await self._endpoints())["jwks_uri"], "jwks")
            keys = _object(reply).get("keys")
            if reply.status != 200 or not isinstance(keys, list):
                raise OutsideUnavailable(f"jwks: status {reply.status}")
            self._jwks = now, [key for key in keys if isinstance(key, dict)]
        return self._jwks[1]

    async def _endpoints(self) -> dict[str, str]:
        """OpenID Connect Discovery §4; the document must speak for the issuer we know (§4.3)."""
        if not self.issuer:
            raise OutsideUnavailable("no provider is named")
        now = time.monotonic()
        if self._description is None or now - self._description[0] >= _READ_AGAIN:
            where = f"{self.issuer}/.well-known/openid-configuration"
            reply = await self._send("GET", where, "discovery")
            found = _object(reply)
            named = {name: found.get(name) for name in _ENDPOINTS}
            if reply.status != 200 or found.get("issuer") != self.issuer:
                raise OutsideUnavailable(f"discovery: status {reply.status}, or another issuer")
            self._description = now, {name: self._allowed(url) for name, url in named.items()}
        return self._description[1]

    def _allowed(self, url: object) -> str:
        """Also what the browser is sent to must be an address we would speak to ourselves."""
        try:
            return str(self._guard.checked(url if isinstance(url, str) else ""))
        except OutboundFailed as fault:
            raise OutsideUnavailable(f"discovery: {fault.reason}") from fault

    async def _post(self, url: str, what: str, form: Mapping[str, str]) -> Reply:
        known = {
            "client_id": self.client,
            "client_assertion_type": _ASSERTION,
            "client_assertion": await self._assertion(),
        }
        return await self._send("POST", url, what, urlencode({**form, **known}).encode())

    async def _send(self, method: str, url: str, what: str, body: bytes | None = None) -> Reply:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers = {"Accept": "application/json"} | kind
        began = time.monotonic()
        try:
            reply = await self._outbound.send(
                method, url, body=body, headers=headers, timeout=SECONDS
            )
        except OutboundFailed as fault:
            raise OutsideUnavailable(f"{what}: {fault.reason}") from fault
        ms = round((time.monotonic() - began) * 1000)
        log.info("provider-answered", what=what, status=reply.status, ms=ms)
        return reply

    async def _assertion(self) -> str:
        """RFC 7523 §3: for this provider only, once, a minute long."""
        now = int(time.time())
        kid, key = self._own_key or await self._house_key()
        claims = {
            "iss": self.client,
            "sub": self.client,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(18),
            "iat": now,
            "exp": now + _ASSERTION_LIVES,
        }
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    async def _house_key(self) -> tuple[str, ec.EllipticCurvePrivateKey]:
        pair = await self._keys.signer()
        return pair.kid, pair.private

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(SECONDS):
                yield
        except TimeoutError as fault:
            raise OutsideUnavailable("deadline") from fault


def _own_key(pem: str) -> tuple[str, ec.EllipticCurvePrivateKey] | None:
    """OUTSIDE_KEY with its RFC 7638 thumbprint as name. Raises RefusedToStart."""
    if not pem:
        return None
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise RefusedToStart("OUTSIDE_KEY: not a PEM private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise RefusedToStart("OUTSIDE_KEY: ES256 needs a P-256 key")
    return _thumbprint(key.public_key()), key


def _thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    members = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key))
    required = {name: members[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(required, separators=(",", ":"), sort_keys=True)
    return _base64(hashlib.sha256(text.encode()).digest())


def _challenge(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _id_token(reply: Reply) -> str:
    said = _object(reply)
    if reply.status == 400 and said.get("error") == "invalid_grant":
        raise OutsideLoginUnknown("the code is used or too old")
    token = said.get("id_token")
    if reply.status != 200 or not isinstance(token, str):
        raise OutsideUnavailable(f"token: status {reply.status}")
    return token


def _object(reply: Reply) -> dict[str, Any]:
    """A JSON object, else an empty one: the status says more than a broken body."""
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
