"""Signing keys: ES256 pairs in PostgreSQL, sealed, shared by all workers, rotated by command.

Every key signs from its ``active_from`` until a younger one does, and is published in the
JWKS (RFC 7517) from the day it is made until no token it signed can still be alive. A new
key is made with a lead, so that every reader has seen it before it signs.
``python -m identity.keys rotate`` makes one. The same command rotates the vault's rings
(``rotate seal``, ``rotate index``) and says how far their moving is (``progress``).
"""

import asyncio
import base64
import hashlib
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from tortoise.transactions import in_transaction

from config.database import opened, tortoise_config
from config.settings import settings
from identity import rekeying
from identity.models import SigningKey
from identity.vault import Vault
from identity.vault_keys import VaultKeys

LEAD = timedelta(minutes=5)  # five times the age at which a worker reads the keys again
AFTERLIFE = timedelta(hours=1)  # longer than any access token lives
_READ_AGAIN = 60.0
_UNKNOWN_AGAIN = 5.0
_LOCK = 0x6B657973
_MADE = (
    "{ring} key {version} is used in {lead} seconds; the worker then moves what older keys hold.\n"
    "How far it is: python -m identity.keys progress"
)
_COMMANDS = (
    ["rotate"],
    ["rotate", "signing"],
    ["rotate", "seal"],
    ["rotate", "index"],
    ["progress"],
)


@dataclass(frozen=True, repr=False)
class KeyPair:
    """One key as the workers hold it in memory."""

    kid: str
    private: ec.EllipticCurvePrivateKey
    active_from: datetime

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        return self.private.public_key()

    def __repr__(self) -> str:
        return f"KeyPair({self.kid})"


class SigningKeys:
    """The keys of this worker, read again every minute and when a token names an unknown one."""

    def __init__(self, vault: Vault):
        self._vault = vault
        self._pairs: tuple[KeyPair, ...] = ()
        self._read_at = float("-inf")

    async def signer(self) -> KeyPair:
        """The key that signs now; the first is made when there is none."""
        await self._read(_READ_AGAIN)
        if not self._pairs:
            await self._make_first()
        now = datetime.now(UTC)
        return max(
            (pair for pair in self._pairs if pair.active_from <= now),
            key=lambda pair: pair.active_from,
        )

    async def public(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key named ``kid``, or None when no living key has that name."""
        if (pair := self._named(kid)) is None:
            await self._read(_UNKNOWN_AGAIN)
            pair = self._named(kid)
        return pair.public if pair else None

    async def ever(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """``public``, and also of a key that was retired: for what may be shown long after."""
        if living := await self.public(kid):
            return living
        known = kid.isascii() and kid.isprintable()
        row = await SigningKey.get_or_none(kid=kid) if known else None
        found = serialization.load_pem_public_key(row.public_pem.encode()) if row else None
        return found if isinstance(found, ec.EllipticCurvePublicKey) else None

    async def jwks(self) -> dict[str, Any]:
        """The JWK Set (RFC 7517 §5): ``{"keys": [...]}``, public halves only."""
        await self.signer()
        return {"keys": [_jwk(pair) for pair in self._pairs]}

    async def rotate(self, lead: timedelta = LEAD) -> str:
        """Make the next key; it signs after ``lead``. Returns its kid."""
        row = await self._make(datetime.now(UTC) + lead)
        await self._read(0)
        return row.kid

    def _named(self, kid: str) -> KeyPair | None:
        return next((pair for pair in self._pairs if pair.kid == kid), None)

    async def _read(self, older_than: float) -> None:
        if time.monotonic() - self._read_at < older_than:
            return
        rows = await SigningKey.all().order_by("active_from")
        self._pairs = tuple(self._open(row) for row in _alive(rows))
        self._read_at = time.monotonic()

    async def _make_first(self) -> None:
        async with in_transaction() as connection:
            await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK])
            if not await SigningKey.all().using_db(connection).exists():
                await self._make(datetime.now(UTC))
        await self._read(0)

    async def _make(self, active_from: datetime) -> SigningKey:
        private = ec.generate_private_key(ec.SECP256R1())
        kid = _thumbprint(private.public_key())
        sealed = self._vault.seal(_private_der(private), f"signing_key.private:{kid}")
        return await SigningKey.create(
            kid=kid,
            private_sealed=sealed,
            public_pem=_public_pem(private.public_key()),
            active_from=active_from,
        )

    def _open(self, row: SigningKey) -> KeyPair:
        der = self._vault.open(row.private_sealed, f"signing_key.private:{row.kid}")
        private = serialization.load_der_private_key(der, password=None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError(f"signing key {row.kid} is not an EC key")
        return KeyPair(row.kid, private, row.active_from)


def _alive(rows: list[SigningKey]) -> list[SigningKey]:
    """Leave out keys whose successor has signed for longer than any token lives."""
    now = datetime.now(UTC)
    return [
        row
        for row, successor in zip_longest(rows, rows[1:])
        if successor is None or successor.active_from + AFTERLIFE > now
    ]


def _jwk(pair: KeyPair) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(pair.public))
    return members | {"kid": pair.kid, "use": "sig", "alg": "ES256"}


def _thumbprint(public: ec.EllipticCurvePublicKey) -> str:
    """RFC 7638: SHA-256 over the required members in lexical order."""
    members = json.loads(ECAlgorithm.to_jwk(public))
    required = {name: members[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(required, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _private_der(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_pem(public: ec.EllipticCurvePublicKey) -> str:
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


async def _command(words: list[str]) -> None:
    house = settings()
    async with opened(tortoise_config(house)):
        vault = Vault.from_settings(house)
        vault_keys = VaultKeys(vault, house)
        await vault_keys.read()
        match words:
            case ["rotate"] | ["rotate", "signing"]:
                kid = await SigningKeys(vault).rotate()
                print(
                    f"key {kid} signs in {LEAD.seconds // 60} minutes; readers see it from now on"
                )
            case ["rotate", "seal" | "index" as ring]:
                version = await rekeying.rotate(vault_keys, ring)
                print(_MADE.format(ring=ring, version=version, lead=vault_keys.lead.seconds))
            case _:
                for line in await rekeying.progress():
                    state = "finished" if line.finished else f"{line.done} of {line.total}"
                    print(f"{line.ring:5} {line.version:3} {line.place:32} {state}")


if __name__ == "__main__":
    if sys.argv[1:] not in _COMMANDS:
        sys.exit("usage: python -m identity.keys rotate [signing|seal|index] | progress")
    asyncio.run(_command(sys.argv[1:]))
