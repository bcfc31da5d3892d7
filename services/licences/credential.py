"""The machine form of a licence: an SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc), by openvc.

It is signed for each presentation and bound to the key of whoever shows it, so that two
presentations have nothing in common but the facts that were chosen. Of all facts it holds salted
digests; the salts of those that were not chosen never leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from openvc import P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite

from services.hours import SHANGHAI

LIFE = timedelta(hours=24)
"""How long a phone that is offline may go on showing what it was given; the status list is asked
sooner."""
_BETWEEN = "~"
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
    facts: Mapping[str, Any],
    chosen: Sequence[str],
    holder: Mapping[str, Any],
    *,
    until: date | None,
    at: datetime,
) -> str:
    """``<jwt>~<disclosure>~…~`` with the disclosures of the ``chosen`` facts, in their order.

    ``holder``: the public key (JWK) of who will show it.
    """
    claims = {
        "iss": issued.issuer,
        "vct": issued.kind,
        "iat": int(at.timestamp()),
        "exp": int(min(at + LIFE, _end(until)).timestamp()),
        "status": {"status_list": {"idx": issued.place, "uri": issued.list}},
    }
    names = list(facts)
    made = _suite.issue(
        claims | dict(facts),
        signing_key=P256SigningKey(issued.key, issued.kid),
        disclosable=names,
        holder_jwk=dict(holder),
    )
    jwt, *disclosures = made.rstrip(_BETWEEN).split(_BETWEEN)
    by_name = dict(zip(names, disclosures, strict=True))
    return _BETWEEN.join([jwt, *(by_name[name] for name in chosen), ""])


def bound(made: str, key: ec.EllipticCurvePrivateKey, audience: str, code: str) -> str:
    """The credential shown: with the proof that the holder's key is here (RFC 9901 §4.3)."""
    shown: str = _suite.create_presentation(
        made, holder_key=P256SigningKey(key, "holder"), audience=audience, nonce=code
    )
    return shown


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    return dict(P256SigningKey(key, "holder").public_jwk())


def _end(until: date | None) -> datetime:
    """The end of the last day in China."""
    if until is None:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(until, time.max, SHANGHAI)
