"""A licence as it is shown: an SD-JWT VC with a key binding (RFC 9901), judged by one issuer's key.

What a QR code holds is a link whose fragment is the presentation; either is read.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from openvc.errors import OpenvcError
from openvc.proof.sd_jwt import SdJwtVcProofSuite

GOOD_FOR = 60  # seconds that a presentation counts after it was made
SKEW = 10  # seconds that two clocks may differ
LONGEST = 2900  # bytes: what a QR code of the largest size holds (ISO/IEC 18004), and a little less
_KINDS = {"dc+sd-jwt"}
_NOT_FACTS = {"iss", "vct", "iat", "nbf", "exp", "cnf", "status", "aud", "sub", "jti"}
_suite = SdJwtVcProofSuite(leeway_s=SKEW)


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
        head, claims = _part(jwt, 0), _part(jwt, 1)
        bound = _part(binding, 1)
        if head["typ"] not in _KINDS:
            raise ValueError("another kind")
        said = (claims["iss"], head["kid"], claims["vct"], bound["nonce"])
        if not all(isinstance(one, str) and one for one in said):
            raise TypeError("not text")
        return Peeked(presented, *said, made=float(bound["iat"]))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError):
        raise NotGood("unreadable") from None


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
    except (OpenvcError, KeyError, TypeError, ValueError):
        raise NotGood(_why(peeked, at)) from None
    facts = {name: found.claims[name] for name in _order(peeked, found.claims)}
    made = datetime.fromtimestamp(peeked.made, UTC)
    return Shown(found.issuer, peeked.kind, facts, made, list, place)


def _order(peeked: Peeked, claims: Mapping[str, Any]) -> list[str]:
    """The facts as they stand in the presentation; a digest's place says nothing."""
    opened = [_opened(part) for part in peeked.text.split("~")[1:-1]]
    told = [str(part[1]) for part in opened]
    return [*told, *(name for name in claims if name not in {*told, *_NOT_FACTS})]


def _why(peeked: Peeked, at: float) -> str:
    if at - peeked.made > GOOD_FOR + SKEW:
        return "late"
    ends = _part(peeked.text.partition("~")[0], 1).get("exp")
    over = isinstance(ends, int | float) and ends + SKEW < at
    return "expired" if over else "forged"


def _part(jwt: str, place: int) -> dict[str, Any]:
    """One part of a compact JWS. Raises ValueError, IndexError or TypeError."""
    found = _opened(jwt.split(".")[place])
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _opened(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
