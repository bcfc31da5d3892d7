"""Proofs of possession (RFC 9449): whoever shows a token also shows that they hold its key.

A stolen token is worth nothing without the key, which never leaves the browser it was made in.
A proof works once where something changes; where something is only read it is not remembered
(§11.1 leaves that to the server): a replay would need the token as well, for ten seconds, and
would learn only what its thief could read over the same shoulder.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from math import inf
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from yarl import URL

from config.errors import Unauthenticated
from config.settings import Settings
from identity import jws
from identity.nonces import Nonces
from identity.replays import Once, Replays

ALGORITHM = "ES256"
SKEW = 10  # seconds a proof's time may differ from ours, either way
_TYPE = "dpop+jwt"
_LONGEST = 4096  # characters of a proof; a plain one has about 450
_LONGEST_JTI = 256
_KEPT = 2 * SKEW + 5  # longer than a proof can be believed, whichever clock was ahead
# What a reader of tokens and of keys answers to rubbish.
_UNREADABLE = (jwt.InvalidKeyError, ValueError, TypeError, OverflowError)
_CHANGES_NOTHING = {"GET", "HEAD"}


class DpopProofInvalid(Unauthenticated):
    """Carries our time as ``Date`` (RFC 9110 §6.6.1), so that a wrong clock can be put right."""

    code = "dpop-proof-invalid"

    def __init__(self, cause: str = "", **facts: Any):
        challenge = f'DPoP error="invalid_dpop_proof", algs="{ALGORITHM}"'
        headers = {"WWW-Authenticate": challenge, "Date": formatdate(usegmt=True)}
        super().__init__(cause, headers=headers, **facts)


@dataclass(frozen=True, repr=False)
class Proof:
    """A proof as it was sent, and what it must be for. ``token``: the access token beside it."""

    value: str
    method: str
    path: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Proof({self.method})"


@dataclass(frozen=True)
class _Read:
    """A proof that was signed by the key it names."""

    key: str
    claims: Mapping[str, Any]


class DpopNonceNeeded(DpopProofInvalid):
    """Carries the nonce to make the proof with (RFC 9449 §8, §9)."""

    code = "dpop-nonce-needed"

    def __init__(self, cause: str = "", *, nonce: str = "", **facts: Any):
        super().__init__(cause, **facts)
        self.headers["DPoP-Nonce"] = nonce
        self.headers["WWW-Authenticate"] = f'DPoP error="use_dpop_nonce", algs="{ALGORITHM}"'


class Proofs:
    """``settings.public_url`` is what clients sign for, whatever stands in front of us."""

    def __init__(self, replays: Replays, nonces: Nonces, settings: Settings):
        self._replays = replays
        self._nonces = nonces
        self._root = settings.public_url.rstrip("/")

    async def key(self, proof: Proof, *, nonce: bool = False) -> str:
        """The thumbprint (RFC 7638) of the key that made this proof, for this very request.

        ``nonce``: one of ours must be in it. Raises DpopProofInvalid or DpopNonceNeeded, or
        CacheUnavailable where replays must be watched for.
        """
        key, once = self.judged(proof, nonce=nonce)
        if proof.method not in _CHANGES_NOTHING and not all(await self._replays.first(once)):
            raise DpopProofInvalid("shown before, or older than what remembers proofs")
        return key

    def judged(self, proof: Proof, *, nonce: bool) -> tuple[str, Once]:
        """``key`` without the look for replays: what the caller must find shown for the first time
        (identity.replays), together with what else may be shown once.
        """
        read = _read(proof.value)
        self._check(read.claims, proof)
        if nonce and not self._nonces.good(read.claims.get("nonce")):
            raise DpopNonceNeeded("without our nonce", nonce=self._nonces.current())
        name = _sha256(f"{read.key}|{read.claims['jti']}".encode())
        return read.key, Once(f"dpop:{name}", _KEPT, read.claims["iat"])

    def _check(self, claims: Mapping[str, Any], proof: Proof) -> None:
        """RFC 9449 §4.3, points 8 to 11."""
        if claims["htm"] != proof.method:
            raise DpopProofInvalid("for another method")
        if not _same_place(claims["htu"], self._root + proof.path):
            raise DpopProofInvalid("for another address")
        if not _is_now(claims["iat"]):
            raise DpopProofInvalid("not made now")
        if proof.token and claims.get("ath") != _sha256(proof.token.encode()):
            raise DpopProofInvalid("for another token")


def _read(value: str) -> _Read:
    """RFC 9449 §4.3, points 2 to 7. Raises DpopProofInvalid."""
    if not value.isascii() or len(value) > _LONGEST:
        raise DpopProofInvalid("not a proof")
    try:
        proof = jws.read(value)
        header = proof.header
        if header.get("typ") != _TYPE or header.get("alg") != ALGORITHM or "crit" in header:
            raise DpopProofInvalid("another type or algorithm")
        key, name = _public(header.get("jwk"))
        jws.check(proof, key)
    except _UNREADABLE as fault:
        raise DpopProofInvalid(type(fault).__name__) from fault
    _check_form(proof.claims)
    return _Read(name, proof.claims)


def _check_form(claims: Mapping[str, Any]) -> None:
    """Every claim that RFC 9449 §4.2 asks for, in its form; ``iat`` is judged with the time.

    A proof may say when it begins and ends (RFC 7519 §4.1); then it is not used outside.
    """
    for name in ("jti", "htm", "htu"):
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise DpopProofInvalid("lacks a claim, or has it in another form")
    if "iat" not in claims or len(claims["jti"]) > _LONGEST_JTI:
        raise DpopProofInvalid("without its time, or its id is too long")
    now = time.time()
    if "exp" in claims and not _is_number(claims["exp"], at_least=now):
        raise DpopProofInvalid("over")
    if "nbf" in claims and not _is_number(claims["nbf"], at_most=now + SKEW):
        raise DpopProofInvalid("not yet begun")


def _public(jwk: object) -> tuple[EllipticCurvePublicKey, str]:
    """A P-256 key without its private half (RFC 9449 §4.3, point 7), and its thumbprint."""
    if (
        not isinstance(jwk, dict)
        or "d" in jwk
        or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256")
        or not isinstance(jwk.get("x"), str)
        or not isinstance(jwk.get("y"), str)
    ):
        raise DpopProofInvalid("not a public P-256 key")
    return _key(jwk["x"], jwk["y"])


@lru_cache(4096)
def _key(x: str, y: str) -> tuple[EllipticCurvePublicKey, str]:
    """Clients show one key again and again. Raises what ``_UNREADABLE`` names."""
    key = ECAlgorithm.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    if not isinstance(key, EllipticCurvePublicKey):
        raise DpopProofInvalid("not a public key")
    return key, thumbprint(key)


def thumbprint(key: EllipticCurvePublicKey) -> str:
    """RFC 7638 §3, from the numbers: two spellings of one key have one thumbprint."""
    point = key.public_numbers()
    members = {
        "crv": "P-256",
        "kty": "EC",
        "x": _base64url(point.x.to_bytes(32, "big")),
        "y": _base64url(point.y.to_bytes(32, "big")),
    }
    return _sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode())


def _same_place(htu: str, ours: str) -> bool:
    """After the normalisation of RFC 3986 §6.2; ``htu`` has no query or fragment (§4.2)."""
    try:
        signed, asked = URL(htu), URL(ours)
        if "?" in htu or "#" in htu or signed.user or signed.password:
            return False
        return _place(signed) == _place(asked)
    except ValueError:
        return False


def _place(url: URL) -> tuple[str, str | None, int | None, str]:
    return url.scheme, url.host, url.port, url.raw_path


def _is_now(at: object) -> bool:
    now = time.time()
    return _is_number(at, at_least=now - SKEW, at_most=now + SKEW)


def _is_number(at: object, *, at_least: float = -inf, at_most: float = inf) -> bool:
    """Compared, not subtracted: a number may be too long to be subtracted from."""
    if not isinstance(at, int | float) or isinstance(at, bool):
        return False
    return at_least <= at <= at_most


def _sha256(data: bytes) -> str:
    return _base64url(hashlib.sha256(data).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
