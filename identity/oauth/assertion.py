"""A client's assertion about itself (RFC 7523 §3, FAPI 2.0 Security Profile §5.3.2.1): a JWT it
signed a moment ago, for us alone, to be shown once.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from identity import jws
from identity.oauth.refusals import InvalidClient
from identity.partners.client import Client
from identity.replays import Once

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 120  # seconds ahead that one may end
SKEW = 10  # seconds a client's clock may be ahead of ours
_MOST = 8192  # characters
_LONGEST_JTI = 256
_TYPES = (None, "JWT", "client-authentication+jwt")  # what ``typ`` may say; never a token's


@dataclass(frozen=True, repr=False)
class Claimed:
    """What an assertion says before anybody believes it."""

    read: jws.Jws = field(repr=False)
    client: str

    def __repr__(self) -> str:
        return "Claimed()"


def claimed(value: str) -> Claimed:
    """Whom an assertion claims to be from: nothing of it is proven. Raises InvalidClient."""
    if not value.isascii() or len(value) > _MOST:
        raise InvalidClient("not an assertion")
    try:
        read = jws.read(value)
    except jws.Unreadable as fault:
        raise InvalidClient(f"an assertion of no form: {type(fault).__name__}") from fault
    header, issuer = read.header, read.claims.get("iss")
    if not isinstance(issuer, str) or "crit" in header or header.get("typ") not in _TYPES:
        raise InvalidClient("an assertion of another kind")
    return Claimed(read, issuer)


def check_claims(claims: Mapping[str, Any], client: Client, issuer: str) -> Once:
    """Each claim of an assertion whose signature is good; returns what may be shown once.

    Raises InvalidClient.
    """
    now = time.time()
    wrong = [name for name, good in _checks(claims, client, issuer, now).items() if not good]
    if wrong:
        raise InvalidClient(f"assertion: {', '.join(wrong)}")
    name = f"{client.id}|{claims['jti']}".encode(errors="surrogatepass")
    shown = hashlib.sha256(name).hexdigest()
    # Without ``iat`` it was made at the earliest moment that its end allows.
    issued = claims.get("iat", claims["exp"] - LONGEST)
    return Once(f"assertion:{shown}", LONGEST + SKEW, issued)


def _checks(
    claims: Mapping[str, Any], client: Client, issuer: str, now: float
) -> Mapping[str, bool]:
    """By the name of the claim; every claim is looked at, so that the log tells all that is off."""
    return {
        "iss": claims.get("iss") == client.id,
        "sub": claims.get("sub") == client.id,
        "aud": claims.get("aud") == issuer,  # a string: no list, and no endpoint of ours
        "exp": _within(claims.get("exp"), now, now + LONGEST),
        "iat": "iat" not in claims or _within(claims["iat"], 0, now + SKEW),
        "nbf": "nbf" not in claims or _within(claims["nbf"], 0, now + SKEW),
        "jti": _is_name(claims.get("jti")),
    }


def _within(at: object, earliest: float, latest: float) -> bool:
    """Compared, not subtracted: a number may be too long to be subtracted from."""
    return type(at) in (int, float) and earliest < at <= latest  # type: ignore[operator]


def _is_name(jti: object) -> bool:
    return isinstance(jti, str) and 0 < len(jti) <= _LONGEST_JTI
