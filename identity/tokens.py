"""The unified identity token: an ES256 JWT (RFC 9068), ten minutes at most.

Verified tokens are remembered by hash until they expire, because checking a signature
costs more than everything else in a cached read; whether the session is over is asked anew.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import jwt

from config.settings import Settings
from identity.caller import OWN_APP, Caller, CallerKind
from identity.errors import TokenExpired, TokenInvalid
from identity.keys import SigningKeys
from identity.models import Session
from identity.oauth.callers import OPAQUE, Callers, Spoken
from identity.revocations import Revocations

ALGORITHM = "ES256"
OWN = "own"  # the scope of a resident in our own app: everything that is theirs
_TYPE = "at+jwt"
_REMEMBERED = 20_000
_REQUIRED = ["iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"]
_LONGEST = 4096  # characters; ours are about 700


@dataclass(frozen=True, repr=False)
class AccessToken:
    """``value`` for the Authorization header behind ``type``, ``expires_in`` in seconds."""

    value: str
    expires_in: int
    type: Literal["Bearer", "DPoP"] = "Bearer"

    def __repr__(self) -> str:
        return f"AccessToken(expires_in={self.expires_in})"


@dataclass(frozen=True)
class _Verified:
    """``spoken``: for a client that is not our own app, what is asked about it on every use."""

    caller: Caller
    expires: int
    spoken: Spoken | None = None


class Tokens:
    """``callers`` knows the clients that are not our own app; without it they are refused."""

    def __init__(
        self,
        keys: SigningKeys,
        revocations: Revocations,
        settings: Settings,
        callers: Callers | None = None,
    ):
        self._keys = keys
        self._revocations = revocations
        self._callers = callers
        self._issuer = settings.public_url.rstrip("/")
        self._audience = settings.audience
        self._life = settings.access_token_seconds
        self._known: OrderedDict[bytes, _Verified] = OrderedDict()

    async def issue(self, session: Session, scopes: Iterable[str] = (OWN,)) -> AccessToken:
        """A token for a living session of our own app (claims: CONTRACTS, RFC 9068 §2.2).

        Bound to the session's device key, if it has one (RFC 9449 §6.1). It names a family agent
        who acts (``act``, RFC 8693 §4.1), and lives no longer than the session.
        """
        pair = await self._keys.signer()
        now = int(time.time())
        life = min(self._life, max(0, int(session.expires_at.timestamp()) - now))
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(session.resident_id),
            "client_id": session.client,
            "sid": str(session.id),
            "scope": " ".join(scopes),
            "acr": session.acr,
            "amr": session.amr.split(),
            "auth_time": int(session.auth_time.timestamp()),
            "iat": now,
            "exp": now + life,
            "jti": str(uuid4()),
        }
        if session.key:
            claims["cnf"] = {"jkt": session.key}
        if session.actor_id:
            claims["act"] = {"sub": str(session.actor_id)}
        headers = {"kid": pair.kid, "typ": _TYPE}
        value = jwt.encode(claims, pair.private, algorithm=ALGORITHM, headers=headers)
        return AccessToken(value, life, "DPoP" if session.key else "Bearer")

    async def read(self, token: str) -> Caller:
        """The caller a token speaks for. Raises TokenInvalid, TokenExpired or SessionEnded."""
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest) or await self._verify(token, digest)
        if known.expires <= time.time():
            self._known.pop(digest, None)
            raise TokenExpired()
        if known.spoken and self._callers:
            await self._callers.check(known.spoken)
        token_id = known.spoken.token if known.spoken else None
        await self._revocations.check(known.caller.session, token_id)
        return known.caller

    async def _verify(self, token: str, digest: bytes) -> _Verified:
        if self._callers and token.startswith(OPAQUE):
            token = await self._callers.meant(token)
        claims = await self.claims(token)
        if claims["client_id"] == OWN_APP:
            verified = _Verified(_caller(claims), int(claims["exp"]))
        elif self._callers:
            spoken = await self._callers.read(claims)
            verified = _Verified(spoken.caller, int(claims["exp"]), spoken)
        else:
            raise TokenInvalid(cause="of another client")
        self._known[digest] = verified
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return verified

    async def claims(self, token: str) -> dict[str, Any]:
        """What a good token of ours says. Raises TokenInvalid or TokenExpired."""
        try:
            header = jwt.get_unverified_header(token[:_LONGEST])
            if header.get("typ") != _TYPE or header.get("alg") != ALGORITHM:
                raise TokenInvalid(cause="another type or algorithm")  # RFC 9068 §4, RFC 8725 §3
            key = await self._keys.public(str(header.get("kid")))
            if key is None:
                raise TokenInvalid(cause="signed by an unknown key")
            return self._decode(token, key)
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired() from error
        except jwt.InvalidTokenError as error:
            raise TokenInvalid(cause=type(error).__name__) from error

    def _decode(self, token: str, key: Any) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            options={"require": _REQUIRED},
        )
        return claims


def _caller(claims: dict[str, Any]) -> Caller:
    """The resident in our own app, or a family agent who acts for them."""
    try:
        return Caller(
            kind=CallerKind.RESIDENT,
            resident=UUID(claims["sub"]),
            actor=str(UUID(claims["act"]["sub"])) if "act" in claims else claims["sub"],
            client=claims["client_id"],
            session=UUID(claims["sid"]),
            scopes=frozenset(claims["scope"].split()),
            acr=claims["acr"],
            amr=tuple(claims.get("amr", ())),
            auth_time=datetime.fromtimestamp(claims["auth_time"], UTC),
            key=claims["cnf"]["jkt"] if "cnf" in claims else "",
        )
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise TokenInvalid(cause="a claim is not of its form") from error
