"""Residents with licences, phones that show them, and what an outside verifier carries along."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from identity import jws
from services import freshness
from services.licences.credential import Issued, bound, credential, public_jwk
from services.licences.verify.carried import Carried
from services.sandbox.other_province import Province
from tests.support import faces
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.people import admit
from tests.support.sandbox import Sandbox

DRIVING, CARD, MARRIAGE = "driving-licence", "resident-card", "marriage-certificate"
PERMIT, INSURANCE, BUSINESS = "residence-permit", "social-insurance-card", "business-licence"
# Born in an odd month: a residence permit; in an even one: a marriage (docs/sandbox.md).
MARRIED, PERMITTED = "1990-04-05", "1990-03-08"
SHOP = {"name": "和顺", "trade": "F51", "place": "广州市天河区和平路1号", "region": ""}


@dataclass
class Phone:
    """A signed-in browser with a device key, and its wallet."""

    api: Api
    who: SignedIn
    name: str = field(repr=False)
    number: str = field(repr=False)
    key: DeviceKey = field(repr=False)

    async def send(self, method: str, path: str, **given: Any) -> Answer:
        headers = self.key.headers(method, path, self.who.access)
        return await self.api.send(
            method, path, headers=headers | given.pop("headers", {}), **given
        )

    async def bring_in(self, type: str) -> dict[str, Any]:
        made = await self.send("PUT", f"/v1/licence-types/{type}/licence")
        assert made.status == 200, made.body
        found: dict[str, Any] = made.body
        return found

    async def handed(self, licence: str, *shown: str, **others: Any) -> dict[str, Any]:
        body = {"shown": list(shown), "key": public(self.key)} | others
        made = await self.send("POST", f"/v1/licences/{licence}/presentations", json=body)
        assert made.status == 201, made.body
        found: dict[str, Any] = made.body
        return found

    async def show(self, licence: str, *shown: str) -> str:
        """What the QR code says."""
        made = await self.handed(licence, *shown)
        text = made["credential"] + binding(made, self.key)
        return personal(made["link"] + text)


def public(key: DeviceKey) -> dict[str, str]:
    return {name: key.jwk[name] for name in ("kty", "crv", "x", "y")}


def binding(
    made: dict[str, Any], key: DeviceKey, head: Mapping[str, Any] | None = None, **others: Any
) -> str:
    """The key binding that a phone signs (RFC 9901 §4.3); ``others`` replace claims, ``head``
    stands in its header beside what belongs there."""
    digest = hashlib.sha256(made["credential"].encode()).digest()
    claims = {
        "iat": int(time.time()),
        "aud": made["audience"],
        "nonce": made["code"],
        "sd_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    header = {"alg": "ES256", "typ": "kb+jwt"} | dict(head or {})
    return jws.sign(jws.encoded(header), claims | others, key.private)


async def phone(api: Api, born: str = MARRIED, *, bound: bool = True) -> Phone:
    """Somebody new whom all offices know; ``bound``: whose session has a device key."""
    made = await api.sandbox.new_resident(faces.portrait(faces.OBAMA), born=born)
    admitted = await admit(api.settings, personal(made.name), personal(made.number))
    key = DeviceKey(api.settings.public_url)
    thumb = key.thumbprint if bound else ""
    who = await api.sign_in(resident=admitted.resident, key=thumb)
    return Phone(api, who, made.name, made.number, key)


async def run_out(api: Api, holder: Phone) -> str:
    """A genuine credential of ours whose last day was long ago."""
    return await made_here(api, holder, public(holder.key), until=date(2020, 1, 1))


async def made_here(api: Api, holder: Phone, key: dict[str, str], until: date | None) -> str:
    """A credential by our transport office's key that shows the holder's name, bound to ``key``."""
    showing, root = api.parts.launch.showing, api.settings.public_url
    issuer = await showing.issuers.current("transport", "licence")
    vct = showing.kind_address(showing.wallet.kind(DRIVING))
    lists, address = f"{root}/v1/status-lists/transport-1", showing.issuers.address("transport")
    issued = Issued(address, issuer.kid, issuer.signing_key, vct, lists, 7)
    facts = {"name": holder.name}
    return credential(issued, facts, ["name"], key, until=until, at=datetime.now(UTC))


def of_another_province(sandbox: Sandbox, at: datetime) -> str:
    """A driving licence of a recognised province, its name shown at that moment and no more."""
    province = Province(f"{sandbox.url}/other-province", sandbox.secret("other-province"))
    kid, root = province.jwk("licence")["kid"], province.address
    issued = Issued(root, kid, province.key("licence"), f"{root}/kind", f"{root}/list", 7)
    holder, facts = ec.generate_private_key(ec.SECP256R1()), {"name": "王小明", "classes": "C1"}
    made = credential(issued, facts, ["name"], public_jwk(holder), until=None, at=at)
    return bound(made, holder, root, "n" * 22)


async def carried(api: Api) -> Carried:
    """What ``fetch`` of the stand-alone command brings."""
    issuers = (await api.get("/v1/issuers")).body["issuers"]
    types = (await api.get("/v1/licence-types")).body["types"]
    addresses = (await api.get("/v1/status-lists")).body["status_lists"]
    root = api.settings.public_url
    lists = {one: (await api.get(one.removeprefix(root))).raw.decode() for one in addresses}
    return Carried(issuers, lists, types)


def claims_of(jwt: str) -> dict[str, Any]:
    part = jwt.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def endorse(holder: Phone) -> None:
    """The police endorse the residence permit for another year."""
    police = holder.api.parts.departments["public-security"]
    person = await holder.api.parts.residents.reveal(holder.who.resident)
    with freshness.listening():
        permit = await police.permit(person)  # type: ignore[attr-defined]
        await police.endorse(person, key=uuid4(), permit=permit.number)  # type: ignore[attr-defined]


async def open_a_shop(holder: Phone) -> None:
    """A sole trader is registered."""
    registry = holder.api.parts.departments["market-regulation"]
    person = await holder.api.parts.residents.reveal(holder.who.resident)
    with freshness.listening():
        await registry.register(person, key=uuid4(), **SHOP)  # type: ignore[attr-defined]
