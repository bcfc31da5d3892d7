"""Access tokens: ES256 JWTs (RFC 9068), ten minutes at most, our own app's and all clients'.

Verified tokens are remembered by hash until they expire, because checking a signature
costs more than everything else in a cached read; whether the token is over is asked anew.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
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
from identity.oauth.callers import OPAQUE, Callers
from identity.revocations import Revocations
from identity.signer import ACCESS_TOKEN, ALGORITHM, Signer

OWN = "own"  # the scope of a resident in our own app: everything that is theirs
_REMEMBERED = 20_000
_REQUIRED = ["iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"]
_LONGEST = 4096  # characters; ours are about 700
# What PyJWT answers to rubbish: numbers without end and JSON without bottom among it.
_UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, repr=False)
class AccessToken:
    """``value`` for the Authorization header behind ``type``, ``expires_in`` in seconds."""

    value: str
    expires_in: int
    type: Literal["Bearer", "DPoP"] = "Bearer"

    def __repr__(self) -> str:
        return f"AccessToken(expires_in={self.expires_in})"


@dataclass(slots=True)
class _Known:
    """A token whose signature was checked. ``clients``: all that must be approved while it lives.
    ``token``: its jti, which is asked about where clients can end single tokens (RFC 7009).
    ``caller`` is made when the gate asks for it first.
    """

    claims: Mapping[str, Any]
    client: str
    clients: tuple[str, ...]
    expires: float
    issued: datetime
    session: UUID | None
    token: UUID | None
    caller: Caller | None = None


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
        self._signer = Signer(keys)
        self._revocations = revocations
        self._callers = callers
        self._issuer = settings.public_url.rstrip("/")
        self._audience = settings.audience
        self._life = settings.access_token_seconds
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def issue(self, session: Session, scopes: Iterable[str] = (OWN,)) -> AccessToken:
        """A token for a living session of our own app (claims: CONTRACTS, RFC 9068 §2.2).

        Bound to the session's device key, if it has one (RFC 9449 §6.1). It names a family agent
        who acts (``act``, RFC 8693 §4.1), and lives no longer than the session.
        """
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
        value = await self._signer.sign(claims, ACCESS_TOKEN)
        return AccessToken(value, life, "DPoP" if session.key else "Bearer")

    async def read(self, token: str) -> Caller:
        """The caller whom a token for our own API speaks for.

        Raises TokenInvalid, TokenExpired or SessionEnded.
        """
        known = await self._living(token)
        if known.claims["aud"] != self._audience:
            raise TokenInvalid(cause="for another audience")
        if known.caller is None:
            known.caller = await self._caller(known)
        return known.caller

    async def living(self, token: str) -> Mapping[str, Any]:
        """What a good token of ours says, whoever it is for, while nothing has ended it.

        Raises TokenInvalid, TokenExpired or SessionEnded.
        """
        return (await self._living(token)).claims

    async def _living(self, token: str) -> _Known:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest) or await self._verify(token, digest)
        if known.expires <= time.time():
            self._known.pop(digest, None)
            raise TokenExpired()
        for client in known.clients:
            await self._of_clients().check(client, known.issued)
        await self._revocations.check(known.session, known.token)
        return known

    async def _verify(self, token: str, digest: bytes) -> _Known:
        meant = await self._of_clients().meant(token) if token.startswith(OPAQUE) else token
        claims = await self._claims(meant)
        known = self._known[digest] = _known(claims, await self._clients(claims))
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _clients(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """None for our own app; else who shows it, and of an exchanged token (RFC 8693) all through
        whose hands it came: it ends with the suspension of each.
        """
        if claims["client_id"] == OWN_APP:
            return ()
        if "act" not in claims:
            return (claims["client_id"],)
        return await self._of_clients().chain(claims)

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token[:_LONGEST])
            if header.get("typ") != ACCESS_TOKEN or header.get("alg") != ALGORITHM:
                raise TokenInvalid(cause="another type or algorithm")  # RFC 9068 §4, RFC 8725 §3
            key = await self._keys.public(str(header.get("kid")))
            if key is None:
                raise TokenInvalid(cause="signed by an unknown key")
            return self._decode(token, key)
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired() from error
        except _UNREADABLE as error:
            raise TokenInvalid(cause=type(error).__name__) from error

    def _decode(self, token: str, key: Any) -> dict[str, Any]:
        """The audience is judged by whoever asks: it may be a department's (RFC 8707)."""
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=self._issuer,
            options={"require": _REQUIRED, "verify_aud": False},
        )
        return claims

    async def _caller(self, known: _Known) -> Caller:
        if known.client != OWN_APP:
            return await self._of_clients().read(known.claims)
        return _resident(known.claims)

    def _of_clients(self) -> Callers:
        if self._callers is None:
            raise TokenInvalid(cause="of another client")
        return self._callers


def _known(claims: Mapping[str, Any], clients: tuple[str, ...]) -> _Known:
    try:
        client = claims["client_id"]
        return _Known(
            claims=claims,
            client=client,
            clients=clients,
            expires=claims["exp"],
            issued=datetime.fromtimestamp(claims["iat"], UTC),
            session=UUID(claims["sid"]) if "sid" in claims else None,
            token=None if client == OWN_APP else UUID(claims["jti"]),
        )
    except (ValueError, AttributeError, TypeError) as error:
        raise TokenInvalid(cause="a claim is not of its form") from error


def _resident(claims: Mapping[str, Any]) -> Caller:
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
