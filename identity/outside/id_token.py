"""Judging an ID token (OpenID Connect Core §3.1.3.7): ES256 by a published key, meant for us, now.

Nothing of the token but three things is read: a pairwise name, a level, and whether the person
is the one that was asked about. A name or a number in it would be left unread.
"""

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.outside.errors import OutsideAnswerRefused

ALGORITHM = "ES256"
LEEWAY = 10  # seconds two clocks may differ
FRESH = 300  # seconds since the resident signed in there; we ask for ``prompt=login``
_OLDEST = 600
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr"]
_LONGEST = 16_384


@dataclass(frozen=True)
class Expected:
    """What a token must say to be an answer to our request."""

    issuer: str
    client: str
    nonce: str = field(repr=False)
    matching: bool


@dataclass(frozen=True)
class Said:
    """The provider's word. ``matched`` is None where nothing was asked to be compared."""

    subject: str = field(repr=False)
    acr: str
    matched: bool | None


def key_named(token: str) -> str:
    """The ``kid`` of a token that claims to be ES256. Raises OutsideAnswerRefused."""
    try:
        header = jwt.get_unverified_header(token[:_LONGEST])
    except jwt.InvalidTokenError as fault:
        raise OutsideAnswerRefused(type(fault).__name__) from None
    if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise OutsideAnswerRefused("another algorithm, or no key named")
    return str(header["kid"])


def public_key(keys: Sequence[Mapping[str, Any]], kid: str) -> ec.EllipticCurvePublicKey | None:
    """The P-256 signing key of this name in a JWK Set, or None. Raises OutsideAnswerRefused."""
    found = next((key for key in keys if key.get("kid") == kid), None)
    if found is None:
        return None
    fits = found.get("kty") == "EC" and found.get("crv") == "P-256"
    if not fits or found.get("use", "sig") != "sig" or found.get("alg", ALGORITHM) != ALGORITHM:
        raise OutsideAnswerRefused("the key is of another kind")
    try:
        key = ECAlgorithm.from_jwk({name: found[name] for name in ("kty", "crv", "x", "y")})
    except (jwt.InvalidKeyError, KeyError, ValueError, TypeError):
        raise OutsideAnswerRefused("the key is not readable") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise OutsideAnswerRefused("the key is no public key")
    return key


def read(token: str, key: ec.EllipticCurvePublicKey, expected: Expected) -> Said:
    """The provider's word, if this is it. Raises OutsideAnswerRefused."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=expected.client,
            issuer=expected.issuer,
            leeway=LEEWAY,
            options={"require": _REQUIRED},
        )
    except jwt.InvalidTokenError as fault:
        raise OutsideAnswerRefused(type(fault).__name__) from None
    for what, right in _judged(claims, expected).items():
        if not right:
            raise OutsideAnswerRefused(what)
    matched = claims["identity_matched"] if expected.matching else None
    return Said(claims["sub"], claims["acr"], matched)


def _judged(claims: Mapping[str, Any], expected: Expected) -> dict[str, bool]:
    """What PyJWT does not look at, by its name for the private log."""
    now = time.time()
    return {
        "azp": _meant_for(claims, expected.client),
        "nonce": _same(claims["nonce"], expected.nonce),
        "iat": claims["iat"] > now - _OLDEST,
        "auth_time": _recent(claims["auth_time"], now),
        "sub": isinstance(claims["sub"], str) and 0 < len(claims["sub"]) <= 255,
        "acr": isinstance(claims["acr"], str),
        "verdict": not expected.matching or isinstance(claims.get("identity_matched"), bool),
    }


def _meant_for(claims: Mapping[str, Any], client: str) -> bool:
    """With several audiences, or when it is there, ``azp`` must name us."""
    single = claims["aud"] in (client, [client])
    return bool(claims.get("azp") == client or ("azp" not in claims and single))


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and hmac.compare_digest(one.encode(), other.encode())


def _recent(auth_time: object, now: float) -> bool:
    if isinstance(auth_time, bool) or not isinstance(auth_time, int):
        return False
    return now - FRESH - LEEWAY <= auth_time <= now + LEEWAY
