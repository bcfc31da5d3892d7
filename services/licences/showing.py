"""Showing a licence: chosen facts, for sixty seconds, to be checked once, by whoever holds the key.

What is handed out is the credential and a code. A phone whose key the session is bound to signs the
code itself; where a host keeps no keys (WeChat), a key that lives for this one presentation does.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.caller import Caller
from identity.dpop import thumbprint
from services.issuers.keys import Issuers
from services.licences import status
from services.licences.credential import Issued, bound, credential, public_jwk
from services.licences.declaration import PORTRAIT, LicenceType
from services.licences.errors import FieldsNotOffered, HolderKeyUnfit
from services.licences.ledger import PURPOSE, Content
from services.licences.wallet import Wallet, in_force, permit
from services.models import Licence, LicenceStatus, Presentation

GOOD_FOR = timedelta(seconds=60)
_CODE_BYTES = 16
_UNREADABLE = (InvalidKeyError, ValueError, TypeError, KeyError)
Jwk = Mapping[str, Any]


@dataclass(frozen=True)
class Handed:
    """What goes to the phone. ``shown``: the whole presentation where it was signed here, else
    empty, and the phone signs ``code`` for ``audience`` over ``credential`` (RFC 9901 §4.3);
    ``link``: what a QR code begins with, the presentation following as its fragment.
    """

    credential: str = field(repr=False)
    code: str = field(repr=False)
    audience: str
    link: str
    good_until: datetime
    shown: str = field(default="", repr=False)


@dataclass(frozen=True)
class Showing:
    wallet: Wallet
    issuers: Issuers
    public_url: str
    good_for: timedelta = GOOD_FOR

    @property
    def audience(self) -> str:
        """For whom every presentation is made: whoever checks it here, or by our keys alone."""
        return self.public_url.rstrip("/")

    def kind_address(self, kind: LicenceType) -> str:
        """``vct``: where the kind is described."""
        return f"{self.audience}/v1/licence-types/{kind.id}"

    async def show(
        self, caller: Caller, id: str, chosen: Sequence[str], key: Jwk | None, locale: str
    ) -> Handed:
        """A presentation of the chosen facts, in the order of the licence.

        Raises what ``owner`` and ``permit`` refuse, LicenceMissing, LicenceNotInForce,
        FieldsNotOffered and HolderKeyUnfit.
        """
        row, kind = await self.wallet.own(caller, id)
        permit(caller, kind, chosen)
        in_force(row, locale)
        content = self.wallet.ledger.content(row)
        names = _offered(kind, content, chosen)
        own = None if caller.key else ec.generate_private_key(ec.SECP256R1())
        holder = public_jwk(own) if own else _of_session(caller, key)
        made = await self._credential(row, kind, content, names, holder)
        code = secrets.token_urlsafe(_CODE_BYTES)
        until = await self._written(caller, row, kind, chosen, code)
        shown = bound(made, own, self.audience, code) if own else ""
        return Handed(made, code, self.audience, f"{self.audience}/verify/#", until, shown)

    async def _credential(
        self,
        row: Licence,
        kind: LicenceType,
        content: Content,
        names: Sequence[str],
        holder: Mapping[str, Any],
    ) -> str:
        issuer = await self.issuers.current(kind.department.id, "licence")
        with reaching_database():
            place = await LicenceStatus.get(id=row.status_id)
        issued = Issued(
            self.issuers.address(kind.department.id),
            issuer.kid,
            issuer.signing_key,
            self.kind_address(kind),
            status.address(self.public_url, str(place.list)),
            int(place.place),
        )
        facts = {"number": content.number, **content.facts}
        now = datetime.now(UTC)
        return credential(issued, facts, names, holder, until=row.until_on, at=now)

    async def _written(
        self, caller: Caller, row: Licence, kind: LicenceType, chosen: Sequence[str], code: str
    ) -> datetime:
        now = datetime.now(UTC)
        until = now + GOOD_FOR
        with reaching_database():
            async with in_transaction() as connection:
                await _keep(connection, row, chosen, code, now)
                await record(
                    connection,
                    event="licence:shown",
                    resident=row.resident_id,
                    caller=caller,
                    purpose=PURPOSE,
                    service=kind.id,
                )
        return until


def mark_of(code: str) -> str:
    """What is kept of a code."""
    digest = hashlib.sha256(code.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


async def _keep(
    connection: BaseDBAsyncClient, row: Licence, chosen: Sequence[str], code: str, at: datetime
) -> None:
    await Presentation.create(
        using_db=connection,
        id=uuid4(),
        licence_id=row.id,
        resident_id=row.resident_id,
        mark=mark_of(code),
        shown=" ".join(chosen),
        made_at=at,
        good_until=at + GOOD_FOR,
    )


def _offered(kind: LicenceType, content: Content, chosen: Sequence[str]) -> list[str]:
    """The facts that go into the credential; the portrait is no fact of it."""
    there = ["number", *(name for name in kind.names if name in content.facts)]
    more = {PORTRAIT} if kind.portrait else set()
    names = [name for name in there if name in chosen]
    if not names or set(chosen) - set(there) - more or len(set(chosen)) != len(chosen):
        raise FieldsNotOffered()
    return names


def _of_session(caller: Caller, key: Jwk | None) -> dict[str, str]:
    """The public key that was sent, if it is the session's own. Raises HolderKeyUnfit."""
    try:
        found = ECAlgorithm.from_jwk(dict(key or {}))
        fits = isinstance(found, ec.EllipticCurvePublicKey) and thumbprint(found) == caller.key
    except _UNREADABLE:
        raise HolderKeyUnfit("no P-256 key") from None
    if not fits or key is None:
        raise HolderKeyUnfit("another key")
    return {name: str(key[name]) for name in ("kty", "crv", "x", "y")}
