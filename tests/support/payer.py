"""A resident who pays: over HTTP, at the sandbox's cashier, with the worker's jobs done by hand."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from services.models import Payment, Quote
from services.payables import payables
from services.payments import jobs as payment_jobs
from services.quotes import settling
from services.sandbox.pay_keys import Keys
from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn
from tests.support.people import admit
from tests.support.sandbox import Sandbox

SERVICE, BORN = "flexible-social-insurance", "1990-03-27"  # born on a 27th: flexibly employed
CALLBACK = "/v1/payments/callbacks/wechat-pay"
PATIENCE = 60.0


@dataclass
class Payer:
    """A resident with a phone; the cashier's page in another tab; the worker's jobs by hand."""

    api: Api
    who: SignedIn

    async def post(self, path: str, body: Any, key: str = "") -> Answer:
        headers = {"Idempotency-Key": key or uuid4().hex}
        return await self.api.post(path, body, self.who.access, headers=headers)

    async def get(self, path: str) -> Any:
        answer = await self.api.get(path, self.who.access)
        assert answer.status == 200, answer.body
        return answer.body

    async def quoted(self, **question: Any) -> dict[str, Any]:
        made = await self.post(f"/v1/services/{SERVICE}/quotes", question)
        assert made.status == 201, made.body
        return made.body

    async def begun(self, quote: dict[str, Any]) -> dict[str, Any]:
        made = await self.post("/v1/payments", {"subject": quote["subject"]})
        assert made.status == 201, made.body
        return made.body

    async def press(self, payment: dict[str, Any], button: str = "pay") -> int:
        path = payment["cashier"]["url"].removeprefix(self.api.sandbox.url)
        reply = await self.api.sandbox.send(
            "POST", path, data={"do": button}, allow_redirects=False
        )
        return reply.status

    async def job(self, name: str, **payload: str) -> None:
        parts = self.api.parts
        vault, catalogue = parts.ground.vault, parts.catalogue
        settlements = payables(vault, catalogue)
        known = payment_jobs.handlers(parts.ground.outbound, parts.settings, settlements)
        known |= settling.handlers(vault, catalogue, parts.departments, parts.residents)
        await known[name](payload)

    async def settled(self, number: str) -> dict[str, Any]:
        row = await Quote.get(number=number)
        await self.job("settle-quote", quote=str(row.id))
        return await self.get(f"/v1/quotes/{number}")


@pytest.fixture
async def payer(api: Api) -> AsyncIterator[Payer]:
    """Somebody flexibly employed; whatever went wrong at the provider is well again afterwards."""
    yield await a_payer(api)
    await pay_fault(api.sandbox, "none")
    await api.sandbox.heal()


async def a_payer(api: Api) -> Payer:
    made = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born=BORN)
    admitted = await admit(api.settings, made.name, made.number)
    return Payer(api, await api.sign_in(resident=admitted.resident))


async def pay_fault(sandbox: Sandbox, kind: str, **options: Any) -> None:
    headers = {"X-Control-Key": sandbox.secret("control").hex()}
    wanted = {"fault": kind, **options}
    reply = await sandbox.send("POST", "/control/payments", json=wanted, headers=headers)
    assert reply.status == 200, reply.body


async def becomes(number: str, wanted: str) -> None:
    """Wait for what a callback brings."""
    async with asyncio.timeout(PATIENCE):
        while (await Payment.get(number=number)).state != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def keys(sandbox: Sandbox) -> Keys:
    """The provider's, to speak in its name."""
    names = ("merchant", "platform", "api v3")
    return Keys.of(*(sandbox.secret(f"wechat-pay {name}") for name in names))


async def called_back(
    api: Api, event: str, told: Mapping[str, Any], *, fault: str = "", by: Keys | None = None
) -> Answer:
    """A callback of the provider's (``by``: of somebody else's), or one with a fault."""
    speaker = by or keys(api.sandbox)
    sealed = speaker.sealed(json.dumps(told).encode(), "transaction", "transaction")
    envelope = {"id": secrets.token_hex(8), "event_type": event, "resource": sealed}
    body = json.dumps(envelope).encode()
    headers = {"Content-Type": "application/json", **speaker.signed(body, fault=fault)}
    return await api.send("POST", CALLBACK, data=body, headers=headers)
