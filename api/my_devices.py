"""The devices and WeChat accounts by which the resident comes back."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from config.texts import text
from identity.bindings import KEY, WECHAT, DeviceKeyNeeded, DeviceMissing, Mark
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.models import BoundDevice

routes = Routes("me")


class DeviceToBind(BaseModel):
    """Nothing: the key of this session. ``wechat_code``: the WeChat account behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    wechat_code: str = Field("", max_length=256)

    def __repr__(self) -> str:
        return "DeviceToBind(…)"

    __str__ = __repr__


class DeviceShown(BaseModel):
    """``kind``: key or wechat, ``way`` the same in words."""

    id: str
    kind: str
    way: str
    name: str
    created_at: datetime
    last_used_at: datetime

    @classmethod
    def of(cls, row: BoundDevice, locale: str) -> "DeviceShown":
        return cls(
            id=str(row.id),
            kind=row.kind,
            way=text(f"way-back.{row.kind}", locale),
            name=row.device_name,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )


class DeviceList(BaseModel):
    devices: list[DeviceShown]


@routes.get("/v1/me/devices", Access.OWN_APP, "What the resident comes back by", answer=DeviceList)
async def bound(ask: Ask[None, None]) -> DeviceList:
    rows = await ask.parts.core.bindings.of(resident_of(ask.caller))
    return DeviceList(devices=[DeviceShown.of(row, ask.locale) for row in rows])


@routes.post(
    "/v1/me/devices",
    Access.OWN_APP,
    "Remember this device, or a WeChat account",
    status=201,
    body=DeviceToBind,
    answer=DeviceShown,
)
async def bind(ask: Ask[DeviceToBind, None]) -> DeviceShown:
    parts, resident = ask.parts, resident_of(ask.caller)
    mark = await _mark(ask)
    row = await parts.core.bindings.bind(resident, _session(ask.caller), mark, ask.caller)
    return DeviceShown.of(row, ask.locale)


@routes.delete(
    "/v1/me/devices/{id}", Access.OWN_APP, "Forget a device or a WeChat account", status=204
)
async def unbind(ask: Ask[None, None]) -> None:
    try:
        named = UUID(ask.path["id"])
    except ValueError:
        raise DeviceMissing() from None
    await ask.parts.core.bindings.unbind(resident_of(ask.caller), named, ask.caller)


async def _mark(ask: Ask[DeviceToBind, None]) -> Mark:
    if ask.body.wechat_code:
        return Mark(WECHAT, await ask.parts.ground.wechat.openid(ask.body.wechat_code))
    if not ask.caller.key:
        raise DeviceKeyNeeded()
    return Mark(KEY, ask.caller.key)


def _session(caller: Caller) -> UUID:
    if caller.session is None:  # the gate lets nobody else here
        raise SignInNeeded()
    return caller.session
