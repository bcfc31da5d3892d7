"""The gate: the access a route declares, held against the token and the proof that were shown.

A route that declares no access stops the start.
"""

from dataclasses import dataclass, field
from typing import Any

from sanic import Request, Sanic

from api.routes import Access
from identity.caller import NOBODY, OWN_APP, Caller
from identity.dpop import DpopProofInvalid, Proof, Proofs
from identity.errors import OwnAppOnly, SignInNeeded, TokenInvalid
from identity.tokens import Tokens

_BEARER, _DPOP = "bearer", "dpop"
_NEEDED = {Access.SIGNED_IN, Access.OWN_APP, Access.CLIENT_TOKEN}
# A proof raises the session whose token comes along: never a partner's, nor an agent's.
_OWN = {Access.OWN_APP, Access.ANYONE}


class UndeclaredRoute(Exception):
    """A route does not say who may pass; the message names it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of itself: its Authorization header, and its proof of possession."""

    authorization: str | None = field(default=None, repr=False)
    proofs: tuple[str, ...] = field(default=(), repr=False)
    method: str = "GET"
    path: str = field(default="", repr=False)

    @classmethod
    def by(cls, request: Request[Any, Any]) -> "Shown":
        headers = request.headers
        proofs = tuple(headers.getall("dpop", ()))
        return cls(headers.get("authorization"), proofs, request.method, request.path)

    @property
    def proof(self) -> str:
        """Empty without one. Raises DpopProofInvalid for several (RFC 9449 §4.3, point 1)."""
        if len(self.proofs) > 1:
            raise DpopProofInvalid("several proofs")
        return self.proofs[0] if self.proofs else ""


async def admit(access: Access, shown: Shown, tokens: Tokens, proofs: Proofs) -> tuple[Caller, str]:
    """The caller, let through this access, and the thumbprint of the key they proved to hold.

    A proof without a token is looked at where tokens may be issued: POST. Raises SignInNeeded,
    TokenInvalid, TokenExpired, SessionEnded, OwnAppOnly, DpopProofInvalid or CacheUnavailable.
    Where an endpoint judges its clients itself (Access.CLIENT) nothing is looked at.
    """
    if access is Access.CLIENT:
        return NOBODY, ""
    if access is Access.PUBLIC or shown.authorization is None:
        if access in _NEEDED:
            raise SignInNeeded()
        return NOBODY, await _key(shown, proofs) if shown.method == "POST" else ""
    caller, key = await _caller(shown, shown.authorization, tokens, proofs)
    if access in _OWN and (caller.client != OWN_APP or caller.acting):
        raise OwnAppOnly()
    if access is Access.CLIENT_TOKEN and caller.resident is not None:
        raise TokenInvalid(cause="of a resident, not of a client itself")
    if access is Access.SIGNED_IN and caller.resident is None:
        raise SignInNeeded()
    return caller, key


async def _caller(
    shown: Shown, authorization: str, tokens: Tokens, proofs: Proofs
) -> tuple[Caller, str]:
    """A bound token needs its key's proof, and the scheme that says so (RFC 9449 §7.1, §7.2)."""
    scheme, token = credentials(authorization)
    caller = await tokens.read(token)
    if (scheme == _DPOP) != bool(caller.key):
        raise TokenInvalid(cause="shown by the other scheme")
    if caller.key and not shown.proof:
        raise DpopProofInvalid("no proof")
    key = await _key(shown, proofs, token, nonce=caller.client != OWN_APP)
    if caller.key and key != caller.key:
        raise DpopProofInvalid("by another key")
    return caller, key


async def _key(shown: Shown, proofs: Proofs, token: str = "", *, nonce: bool = False) -> str:
    if not (proof := shown.proof):
        return ""
    return await proofs.key(Proof(proof, shown.method, shown.path, token), nonce=nonce)


def credentials(authorization: str) -> tuple[str, str]:
    """Scheme (lower case) and token of an Authorization header (RFC 6750 §2.1, RFC 9449 §7.1).

    Raises TokenInvalid for another scheme.
    """
    named, _, token = authorization.partition(" ")
    scheme = named.lower()
    if scheme not in (_BEARER, _DPOP) or not token or not token.isascii():
        raise TokenInvalid(cause="neither a bearer nor a bound token")
    return scheme, token.strip()


def check_declared(app: Sanic[Any, Any]) -> None:
    """Every registered route says who may pass. Raises UndeclaredRoute."""
    for route in app.router.routes:
        if not isinstance(getattr(route.ctx, "access", None), Access):
            raise UndeclaredRoute(f"/{route.path} ({', '.join(sorted(route.methods))})")
