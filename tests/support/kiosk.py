"""A kiosk as its page behaves: enrolled by an operator's code, with a key of its own."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from identity.dpop import thumbprint
from identity.models import Kiosk
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp
from tests.support.staff import Desk, at_work

SITE, ADDRESS, REGION = "越秀区政务服务中心 一楼", "越秀区吉祥路 100 号", "440104"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SERVICE = "provident-fund-balance"
SCOPE = f"{SERVICE}:read"


@dataclass
class KioskPage(PartnerApp):
    """One key for assertions and proofs, as a kiosk has."""

    own: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.key = DeviceKey(self.root, self.private)
        self.kid = thumbprint(self.private.public_key())

    @property
    def jwk(self) -> dict[str, Any]:
        return self.key.jwk | {"kid": self.kid}

    def assertion(self, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        return super().assertion(header={"kid": self.kid} | (header or {}), **claims)

    async def signed_on(self, api: Api) -> str:
        """A token of the kiosk itself."""
        done = await self.post(api, "/oauth/token", grant_type="client_credentials", scope="kiosk")
        assert done.status == 200, done.body
        self.own = personal(done.body["access_token"])
        return self.own

    async def ask(self, api: Api, method: str, path: str, **given: Any) -> Answer:
        """A route of the kiosk's own."""
        return await self.call(api, method, path, self.own or await self.signed_on(api), **given)

    async def begin(self, api: Api, scope: str = SCOPE) -> dict[str, Any]:
        """A hand-off: what the page draws the QR from."""
        done = await self.post(api, "/oauth/device_authorization", scope=scope)
        assert done.status == 200, done.body
        personal(done.body["device_code"]), personal(done.body["user_code"])
        shown: dict[str, Any] = done.body
        return shown

    async def poll(self, api: Api, device_code: str, number: str = "") -> Answer:
        sent = {"grant_type": GRANT, "device_code": device_code}
        return await self.post(
            api, "/oauth/token", **(sent | ({"confirmation": number} if number else {}))
        )

    @property
    async def row(self) -> Kiosk:
        return await Kiosk.get(client=self.id)


@dataclass
class Phone:
    """A resident's telephone, signed in."""

    api: Api
    who: SignedIn

    @property
    def resident(self) -> UUID:
        return self.who.resident

    async def scan(self, code: str) -> Answer:
        return await self.api.post("/v1/handoffs", {"code": code}, self.who.access)

    async def answer(self, id: str, decision: str = "allow") -> Answer:
        return await self.api.post(f"/v1/handoffs/{id}", {"decision": decision}, self.who.access)


async def an_operator(api: Api, region: str = "44") -> Desk:
    return await at_work(api, "operator", region=region)


async def a_code(desk: Desk, region: str = REGION) -> str:
    wanted = {"site": SITE, "address": ADDRESS, "region": region}
    given = await desk.post("/staff/kiosks/codes", wanted)
    assert given.status == 201, given.body
    return personal(str(given.body["code"]))


async def enrol(api: Api, page: KioskPage, code: str, **others: Any) -> Answer:
    proof = others.pop("proof", page.key.proof("POST", "/v1/kiosks"))
    headers = {"DPoP": proof} if proof else {}
    done = await api.post(
        "/v1/kiosks", {"code": code, "jwk": page.key.jwk} | others, headers=headers
    )
    if done.status == 201:
        page.id = done.body["client_id"]
    return done


async def a_kiosk(api: Api, desk: Desk | None = None, region: str = REGION) -> KioskPage:
    """Enrolled, as an operator wanted it."""
    page = KioskPage(api.url, "")
    done = await enrol(api, page, await a_code(desk or await an_operator(api), region))
    assert done.status == 201, done.body
    return page


async def let_in(api: Api, kiosk: KioskPage, phone: Phone, scope: str = SCOPE) -> Answer:
    """The whole way: QR, yes, number. What the token endpoint answers."""
    shown = await kiosk.begin(api, scope)
    scanned = await phone.scan(shown["user_code"])
    assert scanned.status == 201, scanned.body
    number = (await phone.answer(scanned.body["id"])).body["number"]
    done = await kiosk.poll(api, shown["device_code"], number)
    if done.status == 200:
        personal(done.body["access_token"])
    return done


async def agreed(api: Api, kiosk: KioskPage, phone: Phone) -> tuple[str, str]:
    """A device code whose telephone said yes, and the number it shows."""
    shown = await kiosk.begin(api)
    scanned = await phone.scan(shown["user_code"])
    answered = await phone.answer(scanned.body["id"])
    assert answered.status == 200, answered.body
    return shown["device_code"], str(answered.body["number"])


async def later(api: Api, what: str = "pace") -> None:
    """As if the time of these marks had passed, or Valkey had forgotten them."""
    keys = [key async for key in api.parts.cache.scan_iter(f"handoff:*:{what}")]
    if keys:
        await api.parts.cache.delete(*keys)


async def at_once(api: Api) -> None:
    """As if no time passed until the next polls, however slow this machine is."""
    async for key in api.parts.cache.scan_iter("handoff:*:pace"):
        await api.parts.cache.expire(key, 60)
