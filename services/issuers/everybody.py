"""Every issuer whose signatures count here, our departments and those of recognised provinces.

What offline verifiers carry along, and what our own checks look issuers up in.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.department import Department
from services.issuers.issuer import Issuer
from services.issuers.keys import Issuers
from services.issuers.trust import Recognised, Trust

Jwk = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """``iss``: as licences name it; ``roots``: where its seals lead; ``keys``: public keys of its
    licences (RFC 7517), each with ``until``, in seconds since 1970. What it signed at or after
    ``ended_at`` counts for nothing.
    """

    iss: str
    title: Mapping[str, str]
    kind: Literal["own", "recognised"]
    roots: Sequence[x509.Certificate] = field(repr=False)
    keys: Sequence[Jwk] = field(repr=False)
    ended_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        roots = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in self.roots]
        return {
            "iss": self.iss,
            "title": dict(self.title),
            "kind": self.kind,
            "roots": roots,
            "keys": list(self.keys),
            "ended_at": self.ended_at,
        }


class Everybody:
    def __init__(self, issuers: Issuers, trust: Trust, departments: Mapping[str, type[Department]]):
        self._issuers, self._trust, self._departments = issuers, trust, departments

    async def listed(self) -> list[Published]:
        """All of them. Raises TrustListUnavailable."""
        return [*await self._own(), *await self.recognised()]

    async def recognised(self) -> list[Published]:
        """Those of other provinces alone. Raises TrustListUnavailable."""
        return [_theirs(one) for one in await self._trust.recognised()]

    async def keys(self, iss: str) -> Mapping[str, Jwk]:
        """The keys of one issuer's licences by kid; none for one that is not recognised or whose
        recognition has ended. For our own nobody else is asked. Raises TrustListUnavailable.
        """
        if self.is_own(iss):
            id = iss.removeprefix(self._issuers.address(""))
            return {one.kid: _jwk(one) for one in await self._issuers.public(id)}
        found = [one for one in await self._trust.recognised() if one.id == iss]
        living = [one for one in found if one.ended_at is None]
        return {str(key.get("kid", "")): key for one in living for key in one.keys["keys"]}

    def is_own(self, iss: str) -> bool:
        """Whether it is one of our departments."""
        prefix = self._issuers.address("")
        return iss.startswith(prefix) and iss.removeprefix(prefix) in self._departments

    async def title(self, iss: str, locale: str) -> str:
        """The name of a recognised issuer; for one that is not, as it calls itself. Raises
        TrustListUnavailable.
        """
        for one in await self.recognised():
            if one.iss == iss:
                return one.title.get(locale) or next(iter(one.title.values()), iss)
        return iss

    async def _own(self) -> list[Published]:
        roots = await self._issuers.roots()
        return [
            Published(
                iss=self._issuers.address(id),
                title=department.title,
                kind="own",
                roots=roots,
                keys=[_jwk(one) for one in await self._issuers.public(id)],
            )
            for id, department in self._departments.items()
        ]


def _jwk(issuer: Issuer) -> Jwk:
    return issuer.jwk() | {"until": int(issuer.not_after.timestamp())}


def _theirs(one: Recognised) -> Published:
    keys = one.keys["keys"]
    return Published(one.id, one.name, "recognised", one.certificates(), keys, one.ended_at)
