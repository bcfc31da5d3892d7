"""Somebody with a browser that keeps a key, and the ways of coming back."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from identity.models import Notice
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api, SignedIn
from tests.support.wechat import WechatUser

BACK = "/v1/sessions"
DEVICES = "/v1/me/devices"


@dataclass
class Phone:
    """A browser with a key of its own, in somebody's hand."""

    api: Api
    key: DeviceKey
    signed: SignedIn
    device: str

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        headers = self.key.headers(method, path, self.signed.access)
        given = {} if body is None else {"json": body}
        return await self.api.send(method, path, headers=headers, **given)

    async def bind(self, **body: str) -> Answer:
        return await self.send("POST", DEVICES, body)

    async def back(self) -> Answer:
        body = {"way": "device", "device": self.device}
        return await self.api.post(BACK, body, headers=self.key.headers("POST", BACK))


async def a_phone(api: Api, key: DeviceKey | None = None, **more: Any) -> Phone:
    """Somebody who verified on a phone with a key."""
    key = key or DeviceKey(api.url)
    signed = await api.sign_in(key=key.thumbprint, **more)
    return Phone(api, key, signed, secrets.token_hex(8))


async def by_wechat(api: Api, user: WechatUser, **more: Any) -> Answer:
    body = {"way": "wechat", "device": secrets.token_hex(8), "code": await user.code()}
    return await api.post(BACK, body | more)


async def kinds(resident: UUID) -> list[str]:
    rows = await Notice.filter(resident_id=resident).order_by("created_at")
    return [row.kind for row in rows]
