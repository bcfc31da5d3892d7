"""Owners and strangers of one-key move-car, over HTTP, and what the offices say of their cars."""

import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from config.settings import Settings
from identity.models import Contact, Notice
from identity.signed import APP, sign
from services.models import Car, CarRequest
from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn, served
from tests.support.log_capture import personal
from tests.support.people import admit
from tests.support.sandbox import Sandbox, SandboxResident

BORN = "1985-04-02"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@dataclass(frozen=True)
class Owner:
    """Somebody with a telephone, and the plate that the transport office has on record for them."""

    person: SandboxResident
    signed: SignedIn
    plate: str

    async def send(self, api: Api, method: str, path: str, body: Any = None) -> Answer:
        given: dict[str, Any] = {} if body is None else {"json": body}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return await api.send(method, path, self.signed.access, headers=headers, **given)


async def an_owner(api: Api, *, phone: bool = True) -> Owner:
    made = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born=BORN)
    admitted = await admit(api.settings, made.name, made.number)
    signed = await api.sign_in(resident=admitted.resident)
    if phone:
        await reachable(api, signed, made.phone)
    return Owner(made, signed, (await plates_of(api, made))[0])


async def reachable(api: Api, signed: SignedIn, phone: str) -> None:
    """As a confirmed code leaves it."""
    id, now = uuid4(), datetime.now(UTC)
    sealed = api.parts.ground.vault.seal(personal(phone).encode(), f"contact.phone:{id}")
    await Contact.create(id=id, resident_id=signed.resident, phone_sealed=sealed, verified_at=now)


async def change_vehicles(api: Api, person: SandboxResident, **wanted: Any) -> list[str]:
    """A sale or a new plate at the office; the plates that are theirs now."""
    headers = {"X-Control-Key": api.sandbox.secret("control").hex()}
    said = {"number": person.number, **wanted}
    reply = await api.sandbox.send("POST", "/control/vehicles", json=said, headers=headers)
    assert reply.status == 200, reply.body
    return [personal(one) for one in reply.body["plates"]]


async def plates_of(api: Api, person: SandboxResident) -> list[str]:
    """What the office says, asked as the house asks it."""
    body = json.dumps({"name": person.name, "number": person.number}).encode()
    path = "/transport/vehicles"
    made = sign(api.sandbox.secret("transport"), "POST", path, body)
    mac = base64.urlsafe_b64encode(made.mac).decode().rstrip("=")
    headers = {"Authorization": f"JT1 {APP}:{made.timestamp}:{made.nonce}:{mac}"}
    reply = await api.sandbox.send("POST", path, data=body, headers=headers)
    assert reply.status == 200, reply.body
    return [personal(one["HPHM"]) for one in reply.body["info"]["JDCLB"]]


async def registered(api: Api, owner: Owner) -> str:
    """The car's number."""
    made = await owner.send(api, "POST", "/v1/cars", {"plate": owner.plate})
    assert made.status == 201, made.body
    return str(made.body["number"])


async def code_of(api: Api, owner: Owner, number: str) -> str:
    """What stands behind the windscreen, in the fragment of its address."""
    card = await owner.send(api, "GET", f"/v1/cars/{number}/card")
    assert card.status == 200, card.body
    address, _, query = card.body["address"].partition("?")
    assert address == f"{api.settings.public_url}/#/pages/move-car/move-car"
    return personal(parse_qs(query)["code"][0])


async def ask(
    api: Api, how: str, code: str, reason: str = "in-the-way", *, by: str = HERE
) -> Answer:
    """A stranger asks from this address: ``how`` is messages or calls."""
    said = {"code": code, "reason": reason}
    return await api.post(f"/v1/move-car/{how}", said, headers={"X-Forwarded-For": by})


async def told(owner: Owner) -> list[str]:
    """The kinds of their notices, the eldest first."""
    rows = Notice.filter(resident_id=owner.signed.resident).order_by("created_at")
    return [row.kind for row in await rows]


async def days_later(count: int = 2) -> None:
    """As if all that was asked had been asked so long ago: waits are not waited for."""
    for row in await CarRequest.all():
        then = row.created_at - timedelta(days=count)
        await CarRequest.filter(id=row.id).update(created_at=then)


async def looked_after_long_ago(number: str) -> None:
    then = datetime.now(UTC) - timedelta(days=3)
    await Car.filter(number=number).update(checked_at=then)


async def requests_of(api: Api, owner: Owner, number: str) -> list[dict[str, str]]:
    """As the owner sees them, the youngest first."""
    shown = await owner.send(api, "GET", f"/v1/cars/{number}")
    found: list[dict[str, str]] = shown.body["requests"]
    return found


@asynccontextmanager
async def behind_a_proxy(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Api]:
    """The application where strangers come from addresses of their own."""
    proxied = {"trusted_proxies": (ip_network("127.0.0.0/8"),)}
    async with served(settings.model_copy(update=proxied), sandbox) as running:
        yield running


async def an_owner_asked_by_nobody(api: Api) -> Owner:
    """With all counts of strangers as if nobody had ever asked."""
    await CarRequest.all().delete()
    await api.parts.cache.flushdb()
    return await an_owner(api)
