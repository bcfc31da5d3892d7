"""Issuers of other provinces whose signatures count here: the list of recognised issuers.

Its keeper signs it (ES256, a JWT of type ``trust-list+jwt``). The newest one is kept as it was
signed and read again every hour; while the keeper is away the one we have counts until it says
itself that it is over. One with a smaller number than ours is an old one played again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.outbound import Outbound, OutboundFailed
from config.settings import Settings
from services.issuers.errors import TrustListUnavailable
from services.models import TrustList

KIND = "trust-list+jwt"
READ_AGAIN = timedelta(hours=1)
_ASKED_AGAIN = 10.0
_SECONDS = 3.0
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
log = logs.get("trust")


class Recognised(BaseModel):
    """One issuer that the list names. ``roots``: DER in base64; ``keys``: a JWK Set of the keys
    with which it signs licences; ``ended_at``: since when nothing it signs counts.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, Field(pattern=r"^https?://", max_length=200)]
    name: dict[str, str]
    region: str = ""
    roots: tuple[Base64Bytes, ...]
    keys: dict[str, list[dict[str, Any]]] = {"keys": []}
    ended_at: datetime | None = None

    def certificates(self) -> list[x509.Certificate]:
        return [x509.load_der_x509_certificate(one) for one in self.roots]


class Listed(BaseModel):
    """What the keeper signed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: Annotated[int, Field(ge=1)]
    iat: datetime
    exp: datetime
    issuers: tuple[Recognised, ...]


@dataclass(frozen=True)
class _Kept:
    listed: Listed
    read_at: datetime


class Trust:
    """The list as this process knows it."""

    def __init__(self, outbound: Outbound, settings: Settings):
        self._outbound, self._url = outbound, settings.trust_list_address
        self._key = _keeper(settings)
        self._kept: _Kept | None = None
        self._asked_at = float("-inf")

    async def recognised(self) -> Sequence[Recognised]:
        """Everybody on the list, those too whose time is over; none where no list is kept.

        Raises TrustListUnavailable.
        """
        if not self._url or self._key is None:
            return ()
        now = datetime.now(UTC)
        if self._kept is None or now - self._kept.read_at > READ_AGAIN:
            await self._renew(now)
        if self._kept is None or self._kept.listed.exp <= now:
            raise TrustListUnavailable()
        return self._kept.listed.issuers

    async def _renew(self, now: datetime) -> None:
        """Another process may have read it; else the keeper is asked, not more than every ten
        seconds when it does not answer.
        """
        self._kept = await self._from_table() or self._kept
        if self._kept and now - self._kept.read_at <= READ_AGAIN:
            return
        if time.monotonic() - self._asked_at < _ASKED_AGAIN:
            return
        self._asked_at = time.monotonic()
        if (signed := await self._asked()) is not None:
            await self._keep(signed, now)

    async def _asked(self) -> str | None:
        try:
            reply = await self._outbound.send("GET", self._url, timeout=_SECONDS)
            if reply.status == 200:
                signed = reply.body.decode("ascii")
                self._read(signed)
                return signed
            log.warning("trust-list-not-read", status=reply.status)
        except OutboundFailed as failed:
            log.warning("trust-list-not-read", reason=failed.reason)
        except (jwt.InvalidTokenError, ValidationError, ValueError) as fault:
            log.fault("trust-list-not-believed", fault)
        return None

    async def _keep(self, signed: str, now: datetime) -> None:
        """Unless it is older than the one we have."""
        listed = self._read(signed)
        with reaching_database():
            async with in_transaction() as connection:
                mine = TrustList.filter(keeper=self._url).using_db(connection).select_for_update()
                row = await mine.first()
                if row and row.number > listed.number:
                    log.error("trust-list-played-again", number=listed.number, known=row.number)
                    return
                values = {"number": listed.number, "signed": signed, "read_at": now}
                await TrustList.update_or_create(values, using_db=connection, keeper=self._url)
        self._kept = _Kept(listed, now)

    async def _from_table(self) -> _Kept | None:
        with reaching_database():
            row = await TrustList.get_or_none(keeper=self._url)
        return _Kept(self._read(row.signed, late=True), row.read_at) if row else None

    def _read(self, signed: str, *, late: bool = False) -> Listed:
        """Raises jwt.InvalidTokenError or ValidationError. ``late``: one of our own may be over."""
        assert self._key is not None  # asked for only where there is one
        header = jwt.get_unverified_header(signed)
        if header.get("typ") != KIND:
            raise jwt.InvalidTokenError("not a trust list")
        options: Any = {"require": ["iat", "exp"], "verify_exp": not late}
        found = jwt.decode(signed, self._key, algorithms=["ES256"], options=options)
        return Listed.model_validate(found)


def _keeper(settings: Settings) -> ec.EllipticCurvePublicKey | None:
    """The keeper's public key: the one that is set, or the sandbox's."""
    if settings.trust_list_key:
        key = load_pem_public_key(settings.trust_list_key.replace("\\n", "\n").encode())
        assert isinstance(key, ec.EllipticCurvePublicKey), "TRUST_LIST_KEY is no P-256 key"
        return key
    if settings.trust_list_url or settings.environment == "production":
        return None
    secret = int.from_bytes(settings.sandbox_secret("trust-list"), "big")
    return ec.derive_private_key(secret % (_ORDER - 1) + 1, ec.SECP256R1()).public_key()
