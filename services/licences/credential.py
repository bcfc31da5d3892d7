"""The machine form of a licence: an SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc).

It is signed for each presentation and bound to the key of whoever shows it, so that two
presentations have nothing in common but the facts that were chosen. Of all facts it holds salted
digests; the salts of those that were not chosen never leave.

Written here and not by openvc, which writes Chinese in six bytes a character where UTF-8 takes
three and a QR code holds 2,900; what is written is read by openvc (``verify``) like any other.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from openvc import P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite

from identity import jws
from services.hours import SHANGHAI

LIFE = timedelta(hours=24)
"""How long a phone that is off line may go on showing what it was given; the status list is asked
sooner."""
KIND = "dc+sd-jwt"
_BETWEEN = "~"
_SALT = 24  # characters, of 144 random bits (RFC 9901 §9.3 asks for 128)
_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_suite = SdJwtVcProofSuite()


@dataclass(frozen=True)
class Issued:
    """Who signs (``iss``), with which key, what kind of licence it is (``vct``), and where its
    status stands (a place in a status list).
    """

    issuer: str
    kid: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    kind: str
    list: str
    place: int


def credential(
    issued: Issued,
    facts: Mapping[str, str],
    chosen: Sequence[str],
    holder: Mapping[str, Any],
    *,
    until: date | None,
    at: datetime,
) -> str:
    """``<jwt>~<disclosure>~…~`` with the disclosures of the ``chosen`` facts, in their order.

    ``holder``: the public key (JWK) of who will show it.
    """
    disclosures = dict(zip(facts, _disclosures(facts), strict=True))
    claims = {
        "iss": issued.issuer,
        "vct": issued.kind,
        "iat": int(at.timestamp()),
        "exp": min(int((at + LIFE).timestamp()), _end(until)),
        "status": {"status_list": {"idx": issued.place, "uri": issued.list}},
        "cnf": {"jwk": dict(holder)},
        "_sd": sorted(
            [jws.url_safe(sha256(one).digest()).decode() for one in disclosures.values()]
        ),
        "_sd_alg": "sha-256",
    }
    jwt = jws.sign(_header(issued.kid), claims, issued.key)
    return _BETWEEN.join([jwt, *(disclosures[name].decode() for name in chosen), ""])


def bound(made: str, key: ec.EllipticCurvePrivateKey, audience: str, code: str) -> str:
    """The credential shown: with the proof that the holder's key is here (RFC 9901 §4.3)."""
    shown: str = _suite.create_presentation(
        made, holder_key=P256SigningKey(key, "holder"), audience=audience, nonce=code
    )
    return shown


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    return dict(P256SigningKey(key, "holder").public_jwk())


@lru_cache(256)
def _header(kid: str) -> str:
    return jws.encoded({"alg": jws.ES256, "typ": KIND, "kid": kid})


@lru_cache(1024)
def _end(until: date | None) -> int:
    """The last second of the last day in China."""
    end = datetime.combine(until, time.max, SHANGHAI) if until else _FOR_EVER
    return int(end.timestamp())


def _disclosures(facts: Mapping[str, str]) -> list[bytes]:
    """``[salt, name, value]`` of each (RFC 9901 §4.2.1); names need no escape in JSON."""
    salts = jws.url_safe(secrets.token_bytes(_SALT * 3 // 4 * len(facts))).decode()
    return [
        jws.url_safe(f'["{salts[at : at + _SALT]}","{name}",{encode_basestring(value)}]'.encode())
        for at, (name, value) in zip(range(0, len(salts), _SALT), facts.items(), strict=True)
    ]
