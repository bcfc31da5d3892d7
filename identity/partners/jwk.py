"""Public keys of clients as JSON Web Keys (RFC 7517): which are taken, and what each is for.

P-256, and RSA of 2048 to 4096 bits (FAPI 2.0 Security Profile §5.4.1); nothing private.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

MOST = 16  # keys of one client; each of them may have to be tried
SHORTEST, LONGEST = 2048, 4096  # bits of an RSA modulus
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_MEMBERS = {"EC": ("kty", "crv", "x", "y"), "RSA": ("kty", "n", "e")}
_KINDS = {"ES256": "EC", "PS256": "RSA", "RSA-OAEP-256": "RSA"}
_KINDS |= {"ECDH-ES": "EC", "ECDH-ES+A256KW": "EC"}
_LONGEST_NUMBER = LONGEST // 6 + 8  # characters of base64url
_LARGEST_EXPONENT = 2**32  # a larger one only makes us slow

Public = EllipticCurvePublicKey | RSAPublicKey


class KeysRefused(Exception):
    """A key set that is not one, or a key in it that is not taken; the message says why."""


@dataclass(frozen=True)
class ClientKey:
    """``use``: "sig", "enc" or empty for both; ``alg``: empty for all that its kind can do.

    ``members``: the public JWK, and no member more.
    """

    kid: str
    use: str
    alg: str
    public: Public = field(repr=False)
    members: dict[str, str] = field(repr=False)

    @property
    def named(self) -> dict[str, str]:
        """The members beside the numbers that were given."""
        given = {"kid": self.kid, "use": self.use, "alg": self.alg}
        return {name: each for name, each in given.items() if each}

    def good_for(self, alg: str, use: str) -> bool:
        kind = _KINDS.get(alg)
        return self.members["kty"] == kind and self.use in ("", use) and self.alg in ("", alg)


def keys_of(jwks: Any, *, every: bool) -> tuple[ClientKey, ...]:
    """The keys of a JWK Set (RFC 7517 §5). Raises KeysRefused.

    ``every``: one of a kind that is not taken refuses the set; otherwise it is passed over, as
    §5 asks, for a set may serve others too. A private key refuses the set in any case.
    """
    given = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(given, list) or not all(isinstance(jwk, dict) for jwk in given):
        raise KeysRefused("not a set of keys")
    if len(given) > MOST:
        raise KeysRefused(f"more than {MOST} keys")
    if any(_PRIVATE & jwk.keys() for jwk in given):
        raise KeysRefused("a private or shared key")
    return tuple(key for jwk in given if (key := _taken(jwk, every)))


def plain_set(keys: Iterable[ClientKey]) -> dict[str, Any]:
    """The keys as a JWK Set again, with no member that nobody asked for."""
    return {"keys": [key.members | key.named for key in keys]}


def _taken(jwk: dict[str, Any], every: bool) -> ClientKey | None:
    try:
        return _key(jwk)
    except KeysRefused:
        if every:
            raise
        return None


def _key(jwk: dict[str, Any]) -> ClientKey:
    members = {name: jwk.get(name) for name in _MEMBERS.get(str(jwk.get("kty")), ())}
    said = [jwk.get(name, "") for name in ("kid", "use", "alg")]
    if not members or not all(isinstance(each, str) for each in [*members.values(), *said]):
        raise KeysRefused("a key of another kind, or a member of no form")
    if any(len(str(each)) > _LONGEST_NUMBER for each in [*members.values(), *said]):
        raise KeysRefused("a key that is too long")
    written = {name: str(each) for name, each in members.items()}
    kid, use, alg = map(str, said)
    return ClientKey(kid, use, alg, _public(written), written)


def _public(members: dict[str, str]) -> Public:
    """Raises KeysRefused for numbers that make no key, or one that is too weak."""
    reader = ECAlgorithm if members["kty"] == "EC" else RSAAlgorithm
    if members.get("crv", "P-256") != "P-256":
        raise KeysRefused("another curve than P-256")
    try:
        key = reader.from_jwk(members)
    except (InvalidKeyError, ValueError, TypeError) as fault:
        raise KeysRefused("numbers that make no key") from fault
    if isinstance(key, RSAPublicKey):
        if not SHORTEST <= key.key_size <= LONGEST:
            raise KeysRefused(f"an RSA key of other than {SHORTEST} to {LONGEST} bits")
        if key.public_numbers().e > _LARGEST_EXPONENT:
            raise KeysRefused("an RSA key with a huge exponent")
    if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
        raise KeysRefused("not a public key")
    return key
