"""Compact JWS (RFC 7515 §7.1), read once and strictly: what clients sign, and what we sign.

PyJWT reads a token anew for its header, for its claims and for its signature, and looks at every
character in Python; at an endpoint where each request carries two of them, that was most of it.
"""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

ES256, PS256 = "ES256", "PS256"
# Made once, not for every token; what is signed here holds nothing that holds itself.
_compact = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_HALF = 32  # bytes of each of a P-256 signature's two numbers (RFC 7518 §3.4)
_SHA256 = hashes.SHA256()
_ECDSA = ec.ECDSA(_SHA256)
_PSS = padding.PSS(padding.MGF1(_SHA256), _HALF)  # RFC 7518 §3.5: the salt is as long as the hash
# base64url to base64 (RFC 4648 §5); what only the other alphabet has becomes what neither has.
_PLAIN = bytes.maketrans(b"-_+/=", b"+/!!!")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Unreadable(ValueError):
    """No compact JWS whose header and payload are JSON objects."""


class NotSigned(ValueError):
    """The signature is not of this key and algorithm."""


@dataclass(frozen=True, slots=True, repr=False)
class Jws:
    """Nothing of it is to be believed before ``check``."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "Jws()"


@lru_cache(8)
def read(value: str) -> Jws:
    """Raises Unreadable, whatever rubbish it is given.

    The last few are kept, because who is meant is read before who signed.
    """
    try:
        signed, _, signature = value.rpartition(".")
        head, _, body = signed.partition(".")
        header, claims = json.loads(_decoded(head).decode()), json.loads(_decoded(body).decode())
        made = Jws(header, claims, signed.encode("ascii"), _decoded(signature))
    except (ValueError, RecursionError) as fault:
        raise Unreadable(type(fault).__name__) from fault
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Unreadable("not two objects")
    return made


def check(
    jws: Jws, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, algorithm: str = ES256
) -> None:
    """ES256 by a P-256 key, PS256 by an RSA key; the header's ``alg`` is for the caller to judge.

    Raises NotSigned.
    """
    try:
        if algorithm == ES256 and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(jws.signature), jws.signed, _ECDSA)
        elif algorithm == PS256 and isinstance(key, rsa.RSAPublicKey):
            key.verify(jws.signature, jws.signed, _PSS, _SHA256)
        else:
            raise NotSigned("a key of another kind")
    except InvalidSignature as fault:
        raise NotSigned("another signature") from fault


def encoded(members: Mapping[str, Any]) -> str:
    """A header or payload as it stands in a compact JWS."""
    return url_safe(_compact(members).encode()).decode()


def url_safe(raw: bytes) -> bytes:
    """base64url without padding (RFC 7515 §2)."""
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=")


def sign(header: str, claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey) -> str:
    """The compact JWS under a header that is ``encoded`` already and names ES256."""
    signed = f"{header}.{encoded(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), _ECDSA))
    made = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    return f"{signed}.{url_safe(made).decode()}"


def _der(signature: bytes) -> bytes:
    if len(signature) != 2 * _HALF:
        raise NotSigned("of another length")
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    return encode_dss_signature(r, s)


def _decoded(text: str) -> bytes:
    """base64url without padding (RFC 7515 §2). Raises ValueError."""
    plain = text.encode("ascii").translate(_PLAIN)
    return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4), strict_mode=True)
