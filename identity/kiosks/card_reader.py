"""What an ID-card reader says: a statement signed by the security module inside it.

The module reads the card's chip and signs what stands in it together with the number we gave for
this reading (``identity.kiosks.readings``), so a statement is good once and at one kiosk. That a
card lies there proves nobody: the face that goes with it is judged as everywhere.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from config.settings import RefusedToStart, Settings
from identity.kiosks.errors import CardExpired, CardReaderAbsent, CardStatementInvalid

READER = "card-reader"  # the sandbox's, by the name of its secret
TYPE = "id-card+jwt"
SKEW = 60  # seconds a reader's clock may be off, either way
_LONGEST = 4096
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186
_CHINA = timezone(timedelta(hours=8))
_REQUIRED = ["iss", "nonce", "iat", "name", "number", "kind"]
_UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, repr=False)
class Card:
    """What the chip holds. ``kind``: a document kind of ours."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    kind: str

    def __repr__(self) -> str:
        return f"Card({self.kind})"


class CardReaders:
    """The readers we believe: their public keys by ``kid``, of this house."""

    def __init__(self, settings: Settings):
        self._keys = _keys(settings)

    @property
    def offered(self) -> bool:
        return bool(self._keys)

    def read(self, statement: str, nonce: str) -> Card:
        """The card of a statement made for ``nonce``.

        Raises CardReaderAbsent, CardStatementInvalid or CardExpired.
        """
        if not self.offered:
            raise CardReaderAbsent()
        claims = self._claims(statement)
        if claims["nonce"] != nonce or not _is_now(claims["iat"]):
            raise CardStatementInvalid("for another reading, or not made now")
        words = [claims[name] for name in ("name", "number", "kind")]
        if not all(isinstance(one, str) and 0 < len(one) <= 200 for one in words):
            raise CardStatementInvalid("a claim is not of its form")
        _check_valid(claims.get("valid_until", ""))
        return Card(*words)

    def nonce(self, statement: str) -> str:
        """What a statement says it is for; nothing of it is proven. Raises CardStatementInvalid."""
        try:
            said = jwt.decode(statement[:_LONGEST], options={"verify_signature": False})
        except _UNREADABLE as fault:
            raise CardStatementInvalid(type(fault).__name__) from None
        return str(said.get("nonce", ""))

    def _claims(self, statement: str) -> Mapping[str, Any]:
        """Signed by a key we know (RFC 7515), of our type and algorithm (RFC 8725 §3)."""
        try:
            header = jwt.get_unverified_header(statement[:_LONGEST])
            key = self._keys.get(str(header.get("kid")))
            if key is None or header.get("typ") != TYPE or header.get("alg") != "ES256":
                raise CardStatementInvalid("another key, type or algorithm")
            claims: dict[str, Any] = jwt.decode(
                statement,
                key,
                algorithms=["ES256"],
                options={"require": _REQUIRED, "verify_aud": False, "verify_iat": False},
            )
        except _UNREADABLE as fault:  # no cause: its text may quote the card
            raise CardStatementInvalid(type(fault).__name__) from None
        return claims


def _keys(settings: Settings) -> Mapping[str, Any]:
    """Raises RefusedToStart for keys that cannot be read."""
    if settings.card_reader_keys:
        try:
            found = json.loads(settings.card_reader_keys)["keys"]
            return {str(one["kid"]): ECAlgorithm.from_jwk(one) for one in found}
        except (*_UNREADABLE, KeyError, jwt.InvalidKeyError):
            raise RefusedToStart("CARD_READER_KEYS: expected a JWKS of public P-256 keys") from None
    if settings.environment == "production":
        return {}
    return {READER: _of_the_sandbox(settings).public_key()}


def _of_the_sandbox(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """It follows from the key that the sandbox and this house share; production has neither."""
    secret = int.from_bytes(settings.sandbox_secret(READER), "big")
    return ec.derive_private_key(secret % (_ORDER - 1) + 1, ec.SECP256R1())


def _is_now(at: object) -> bool:
    return type(at) in (int, float) and abs(time.time() - float(at)) <= SKEW  # type: ignore[arg-type]


def _check_valid(until: object) -> None:
    """A date in China, or "" for a card without an end. Raises CardExpired."""
    if until == "":
        return
    try:
        last = date.fromisoformat(until)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise CardStatementInvalid("its end is no date") from None
    if last < datetime.now(UTC).astimezone(_CHINA).date():
        raise CardExpired()
