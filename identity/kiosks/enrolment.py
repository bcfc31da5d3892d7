"""Enrolment: a code from an operator and a key of the machine's own become a kiosk.

The key is made in the kiosk's browser and cannot leave it; the request that enrols it is proven
with it (RFC 9449), so nobody enrols a key they do not hold.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.cache import reaching_cache
from config.database import reaching_database
from config.texts import text
from identity.attempts import network_of
from identity.audit import record
from identity.dpop import thumbprint
from identity.kiosks.codes import Codes
from identity.kiosks.errors import KioskCodesTooMany, KioskKeyUnproven
from identity.kiosks.terminals import SCOPE, Terminal
from identity.models import Kiosk, KioskCode, Partner
from identity.partners.client import ClientKind, State
from identity.partners.metadata import CREDENTIALS, DEVICE, Metadata, Words
from identity.partners.registry import Registry
from identity.vault import Vault

WRONG_AN_HOUR = 10  # codes of one network that were not good
RATE, QUOTA = 600, 200_000  # requests a minute and a day: a visitor's page asks every two seconds
_HOUR = 3600
_UNREADABLE = (jwt.InvalidKeyError, ValueError, TypeError, OverflowError)


@dataclass(frozen=True)
class Enrolment:
    """The parts the story needs, put together in ``api/parts``."""

    cache: Redis
    vault: Vault
    codes: Codes
    registry: Registry

    async def enrol(self, code: str, jwk: Mapping[str, Any], proven: str, address: str) -> Terminal:
        """A kiosk at the place the code was given for.

        ``proven``: thumbprint of the key whose proof came along. Raises KioskKeyUnproven,
        KioskCodeUnknown or KioskCodesTooMany.
        """
        key = public_key(jwk)
        if thumbprint(key) != proven:
            raise KioskKeyUnproven("no proof, or by another key")
        await self._count(address, 1)
        with reaching_database():
            async with in_transaction() as connection:
                place = await self.codes.take(connection, code)
                terminal = await self._make(connection, place, key)
        await self._count(address, -1)  # it was a good one
        await self.registry.changed(terminal.client)
        return terminal

    async def _make(
        self, connection: BaseDBAsyncClient, place: KioskCode, key: EllipticCurvePublicKey
    ) -> Terminal:
        now = datetime.now(UTC)
        made = Terminal(
            uuid4(), f"kiosk-{secrets.token_hex(8)}", thumbprint(key),
            place.site, place.address, place.region,
        )  # fmt: skip
        await Partner.create(
            using_db=connection,
            id=made.client,
            kind=ClientKind.KIOSK,
            environment="production",  # kiosks serve everybody, in every house
            state=State.APPROVED,
            metadata=_metadata(made, key).model_dump_json(),
            sector=made.client,
            rate=RATE,
            quota=QUOTA,
            tokens_from=now.replace(microsecond=0),  # tokens are dated by the second
            decided_at=now,
            decided_by=place.created_by,
        )
        await Kiosk.create(
            using_db=connection,
            id=made.id,
            client=made.client,
            site=made.site,
            address=made.address,
            region=made.region,
            enrolled_by=place.created_by,
        )
        await record(connection, event="kiosk:enrolled", resident=None, caller=made.caller())
        return made

    async def _count(self, address: str, by: int) -> None:
        """Counted before it is judged, so that many at once are not judged on one count."""
        place = f"kiosk-codes:{self.vault.anchor('address', network_of(address))}"
        with reaching_cache():
            async with self.cache.pipeline(transaction=True) as pipe:
                pipe.incrby(place, by)
                pipe.expire(place, _HOUR, nx=True)
                pipe.ttl(place)
                count, _, left = await pipe.execute()
        if by > 0 and count > WRONG_AN_HOUR:
            raise KioskCodesTooMany(retry_after=max(1, int(left)))


def public_key(jwk: Mapping[str, Any]) -> EllipticCurvePublicKey:
    """A P-256 key without its private half. Raises KioskKeyUnproven."""
    try:
        key = ECAlgorithm.from_jwk(dict(jwk))
    except _UNREADABLE as fault:
        raise KioskKeyUnproven(type(fault).__name__) from fault
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise KioskKeyUnproven("not a public P-256 key")
    return key


def _metadata(kiosk: Terminal, key: EllipticCurvePublicKey) -> Metadata:
    """What a kiosk is as a client: its own key, the device grant, and its own narrow scope."""
    jwk = json.loads(ECAlgorithm.to_jwk(key))
    known = {"kid": kiosk.key, "use": "sig", "alg": "ES256"}
    return Metadata(
        name=Words(zh=kiosk.site, en=kiosk.site),
        purpose=_words("kiosk.client.purpose"),
        organisation=_words("kiosk.client.organisation"),
        credit_code="",
        region=kiosk.region,
        grant_types=(CREDENTIALS, DEVICE),
        response_types=(),
        token_endpoint_auth_signing_alg="ES256",
        scope=SCOPE,
        jwks={"keys": [jwk | known]},
    )


def _words(code: str) -> Words:
    return Words(zh=text(code, "zh-CN"), en=text(code, "en"))
