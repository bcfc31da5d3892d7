"""Status lists that were fetched before (draft-ietf-oauth-status-list), and how old they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import jwt
from openvc.status import token_status_list as codec
from openvc.status.bitstring import StatusListError

from services.licences.verify.presentation import NotGood, Shown

KIND = "statuslist+jwt"
_WORDS = {codec.STATUS_VALID: "valid", codec.STATUS_SUSPENDED: "suspended"}
Keys = Callable[[str], Iterable[Mapping[str, Any]]]
"""The public keys (JWK) of an issuer."""


@dataclass(frozen=True)
class Status:
    """``word``: valid, suspended or revoked; as it was at ``at``; ``stale``: the list has run out,
    so that it says nothing of today.
    """

    word: str
    at: datetime
    stale: bool


@dataclass(frozen=True)
class List:
    """One list, its signature checked."""

    uri: str
    bits: int
    packed: bytes
    at: datetime
    ends: datetime

    def status(self, place: int, now: datetime) -> Status:
        """Raises NotGood: ``unreadable`` for a place that the list has not."""
        try:
            value = codec.get_status(self.packed, place, bits=self.bits)
        except StatusListError:
            raise NotGood("unreadable") from None
        return Status(_WORDS.get(value, "revoked"), self.at, now > self.ends)


class Statuses:
    """The lists at hand, by their addresses."""

    def __init__(self, tokens: Mapping[str, str], keys: Keys):
        self._tokens, self._keys = tokens, keys

    def of(self, shown: Shown, now: datetime) -> Status | None:
        """None where the list is not at hand, or is none of the issuer's."""
        token = self._tokens.get(shown.list)
        found = read(token, shown.list, _frozen(self._keys(shown.issuer))) if token else None
        return found.status(shown.place, now) if found else None


@lru_cache(64)
def read(token: str, uri: str, keys: tuple[tuple[tuple[str, str], ...], ...]) -> List | None:
    """The list at ``uri`` if one of the keys signed it, else None. Its end is judged later."""
    for key in keys:
        try:
            public = jwt.PyJWK(dict(key), algorithm="ES256")
            options: Any = {"require": ["sub", "iat", "exp"], "verify_exp": False}
            head = jwt.get_unverified_header(token)
            claims = jwt.decode(token, public, algorithms=["ES256"], options=options)
            if head.get("typ") != KIND or claims["sub"] != uri:
                return None
            said = claims["status_list"]
            packed = codec.decode_status_list(said["lst"])
            at, ends = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
            return List(uri, int(said["bits"]), packed, at, ends)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, StatusListError):
            continue
    return None


def _frozen(keys: Iterable[Mapping[str, Any]]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """What makes a P-256 key one, hashable."""
    return tuple(tuple((name, str(key[name])) for name in ("kty", "crv", "x", "y")) for key in keys)
