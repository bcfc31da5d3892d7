"""A licence as it is shown: an SD-JWT VC with a key binding (RFC 9901), judged by one issuer's key.

What a QR code holds is a link whose fragment is the presentation; either is read.
"""

import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from openvc.errors import OpenvcError
from openvc.proof.errors import ClaimsInvalid, MalformedToken, ProofError, SignatureInvalid
from openvc.proof.sd_jwt import SdJwtVcProofSuite

GOOD_FOR = 60  # seconds that a presentation counts after it was made
SKEW = 10  # seconds that two clocks may differ
LONGEST = 2900  # bytes: what a QR code of the largest size holds (ISO/IEC 18004), and a little less
_KIND = "dc+sd-jwt"
_BRACKETS = 100
_HALF = 32  # bytes of each number of a P-256 signature (RFC 7518 §3.4) or point (§6.2.1.2)
_ECDSA, _P256 = ec.ECDSA(hashes.SHA256()), ec.SECP256R1()
_PLAIN = bytes.maketrans(b"-_+/=", b"+/!!!")  # base64url to base64; "!" is in neither
_NOT_FACTS = {"iss", "vct", "iat", "nbf", "exp", "cnf", "status", "aud", "sub", "jti"}


class _Over(ClaimsInvalid):
    """Genuine, and its end has come."""


class _Suite(SdJwtVcProofSuite):
    """The library's rules; what stands in a presentation is read once, for the look at it and for
    the judgement, and an issuer's key is not put together anew each time.
    """

    @staticmethod
    @lru_cache(8)
    def _decode_jws(jws: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
        """Header, payload, what was signed, signature; nested no deeper than it has brackets."""
        head, body, proof = jws.split(".")
        parts = [_decoded(one) for one in (head, body, proof)]
        if sum(one.count(b"[") + one.count(b"{") for one in parts[:2]) > _BRACKETS:
            raise MalformedToken("nested too deep")
        header, claims = (json.loads(one.decode()) for one in parts[:2])
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise MalformedToken("not two objects")
        return header, claims, f"{head}.{body}".encode("ascii"), parts[2]

    def _check_temporal(self, claims: dict[str, Any], *, check_temporal: bool = True) -> bool:
        """Reached when both signatures are good: only then is an end believed."""
        ends = claims.get("exp")
        if isinstance(ends, int | float) and ends + SKEW <= time.time():
            raise _Over("its end has come")
        return bool(super()._check_temporal(claims, check_temporal=check_temporal))

    @staticmethod
    def _verify_signature(
        alg: str, jwk: dict[str, Any], signing_input: bytes, signature: bytes, *, what: str
    ) -> None:
        r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        try:
            if alg != "ES256" or len(signature) != 2 * _HALF:
                raise ProofError(f"{what}: not ES256")
            proof = encode_dss_signature(r, s)
            _public(str(jwk["x"]), str(jwk["y"])).verify(proof, signing_input, _ECDSA)
        except (InvalidSignature, KeyError, ValueError) as fault:
            raise SignatureInvalid(f"{what} signature failed") from fault


@lru_cache(256)
def _public(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """A point of P-256, each coordinate whole (RFC 7518 §6.2.1.2); ValueError for what is none."""
    halves = _decoded(x), _decoded(y)
    if any(len(one) != _HALF for one in halves):
        raise ValueError("a coordinate of another length")
    point = b"\x04" + b"".join(halves)  # uncompressed (SEC 1 §2.3.3)
    return ec.EllipticCurvePublicKey.from_encoded_point(_P256, point)


def _decoded(text: str) -> bytes:
    """base64url without padding (RFC 7515 §2), and nothing else in it. Raises ValueError."""
    plain = text.encode("ascii").translate(_PLAIN)
    return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4), strict_mode=True)


_suite = _Suite(leeway_s=SKEW)


class NotGood(Exception):
    """Why a presentation is not accepted, by a code; never with a value of it."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Peeked:
    """What it says of itself, before anything is believed. ``made``: seconds since 1970."""

    text: str = field(repr=False)
    issuer: str
    kid: str
    kind: str
    nonce: str = field(repr=False)
    made: float

    @property
    def audience(self) -> str:
        """The house of the issuer: presentations are made for whoever checks by its keys."""
        return self.issuer.partition("/issuers/")[0]


@dataclass(frozen=True)
class Shown:
    """What counts. ``facts`` by name; the status stands at ``place`` of the list ``list``."""

    issuer: str
    kind: str
    facts: Mapping[str, Any] = field(repr=False)
    made_at: datetime
    list: str
    place: int


def peek(text: str) -> Peeked:
    """Raises NotGood: ``unreadable``."""
    presented = text.strip().rpartition("#")[2]
    try:
        if len(presented) > LONGEST:
            raise ValueError("longer than a QR code")
        jwt, *_, binding = presented.split("~")
        (head, claims, *_), (_, bound, *_) = map(_suite._decode_jws, (jwt, binding))
        if head["typ"] != _KIND:
            raise ValueError("another kind")
        said = (claims["iss"], head["kid"], claims["vct"], bound["nonce"])
        if not all(isinstance(one, str) and one for one in said):
            raise TypeError("not text")
        return Peeked(presented, *said, made=_moment(bound["iat"]))
    except (OpenvcError, ValueError, KeyError, TypeError, OverflowError):
        raise NotGood("unreadable") from None


def _moment(said: object) -> float:
    """Seconds since 1970 (RFC 7519 §2). Raises TypeError, ValueError or OverflowError."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise TypeError("not a number")
    if not isfinite(made := float(said)):
        raise ValueError("no moment")
    return made


def judged(peeked: Peeked, key: Mapping[str, Any], now: datetime) -> Shown:
    """Signature, binding, age and disclosures, by the issuer's key (JWK).

    Raises NotGood: ``late`` after its time, ``expired`` where the licence's own has come, else
    ``forged``.
    """
    at = now.timestamp()
    try:
        found = _suite.verify(
            peeked.text,
            public_key_jwk=dict(key),
            audience=peeked.audience,
            nonce=peeked.nonce,
            require_key_binding=True,
            kb_max_age_s=GOOD_FOR,
            now=now,
        )
        status = found.claims["status"]["status_list"]
        list, place = status["uri"], status["idx"]
        if not isinstance(list, str) or not isinstance(place, int) or isinstance(place, bool):
            raise TypeError("a status that says nothing")
    except (OpenvcError, KeyError, TypeError, ValueError) as fault:
        raise NotGood(_why(peeked, at, fault)) from None
    facts = {name: value for name, value in found.claims.items() if name not in _NOT_FACTS}
    made = datetime.fromtimestamp(peeked.made, UTC)
    return Shown(found.issuer, peeked.kind, facts, made, list, place)


def _why(peeked: Peeked, at: float, fault: Exception) -> str:
    if at - peeked.made > GOOD_FOR + SKEW:
        return "late"
    return "expired" if isinstance(fault, _Over) else "forged"
