"""A mother and her son, who may act for her: two residents whom the sandbox's offices know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support import faces as pictures
from tests.support.http import Answer, Api, SignedIn
from tests.support.people import admit
from tests.support.sandbox import SandboxResident

FUND, INSURANCE = "provident-fund-balance", "social-insurance-status"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


@dataclass(frozen=True, repr=False)
class Somebody:
    """A resident of ours who is known to the sandbox's offices, signed in at level 4."""

    known: SandboxResident
    signed_in: SignedIn

    @property
    def token(self) -> str:
        return self.signed_in.access

    def named(self, **others: str) -> dict[str, str]:
        return {"name": self.known.name, "id_number": self.known.number} | others


async def somebody(api: Api, name: str) -> Somebody:
    known = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), name=name)
    admitted = await admit(api.settings, known.name, known.number)
    return Somebody(known, await api.sign_in(resident=admitted.resident))


def wanted(agent: dict[str, str], **others: Any) -> dict[str, Any]:
    days = {"starts_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=30))}
    return {"agent": agent, "services": [FUND]} | days | others


async def offered(api: Api, mother: Somebody, son: Somebody, **others: Any) -> str:
    made = await api.post("/v1/me/mandates", wanted(son.named(), **others), mother.token)
    assert made.status == 201, made.body
    return str(made.body["id"])


async def accepted(api: Api, mother: Somebody, son: Somebody, **others: Any) -> str:
    mandate = await offered(api, mother, son, **others)
    said = await api.post(f"/v1/me/mandates/{mandate}/acceptance", {}, son.token)
    assert said.status == 200, said.body
    return mandate


async def acting(api: Api, mandate: str, son: Somebody) -> str:
    made = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, son.token)
    assert made.status == 201, made.body
    return str(made.body["access_token"])


async def asked(api: Api, service: str, token: str) -> Answer:
    return await api.post(f"/v1/services/{service}/answers", {}, token)


async def mine(api: Api, who: Somebody) -> list[dict[str, Any]]:
    found = await api.get("/v1/me/mandates", who.token)
    return list(found.body["mandates"])
