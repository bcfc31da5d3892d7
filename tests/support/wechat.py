"""A telephone with WeChat in the sandbox: login codes, face checks, and what it received."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.support.http import CONSENT, Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident


def _nickname() -> str:
    return f"user-{secrets.token_hex(6)}"


@dataclass
class WechatUser:
    sandbox: Sandbox
    name: str = field(default_factory=_nickname)

    async def code(self, **options: Any) -> str:
        """``age`` in seconds, ``blocked``."""
        made = await self._play("codes", options)
        return personal(str(made["code"]))

    async def face(self, name: str, number: str, **options: Any) -> str:
        """The verify_result of a face check; ``passed``, ``age`` in seconds."""
        made = await self._play("faces", {"name": name, "number": number, **options})
        return str(made["verify_result"])

    async def subscribe(self, wanted: bool) -> None:
        await self._play("subscriptions", {"wanted": wanted})

    async def messages(self) -> list[dict[str, Any]]:
        return await messages(self.sandbox, self.name)

    async def _play(self, what: str, wanted: dict[str, Any]) -> Any:
        reply = await self.sandbox.send(
            "POST", f"/wechat/play/{what}", json={"user": self.name, **wanted}
        )
        assert reply.status < 300, reply.body
        return reply.body


async def messages(sandbox: Sandbox, to: str) -> list[dict[str, Any]]:
    """What this telephone (or WeChat user) received, newest first."""
    headers = {"X-Control-Key": sandbox.secret("control").hex()}
    reply = await sandbox.send("POST", "/control/messages", json={"to": to}, headers=headers)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.body["messages"]
    return found


async def verified(api: Api, person: SandboxResident, result: str, **others: Any) -> Answer:
    """A verification with WeChat's word; ``others`` replace members of its body."""
    device = others.get("device") or secrets.token_hex(8)
    issued = await api.post("/v1/challenges", {"device": device})
    assert issued.status == 201, issued.body
    body = {
        "name": person.name,
        "id_number": person.number,
        "challenge": issued.body["id"],
        "device": device,
        "wechat_verification": result,
        "consent": CONSENT,
    }
    return await api.post("/v1/verifications", body | others)


async def signed_in(api: Api) -> SignedIn:
    """Somebody new who has verified inside WeChat: no camera, no face process."""
    person, user = await api.new_resident(), WechatUser(api.sandbox)
    done = await verified(api, person, await user.face(person.name, person.number))
    assert done.status == 201, done.body
    return await api.remember(done.body)


def new_phone() -> str:
    """A mobile number of mainland China that nobody else in the run uses."""
    return personal("1" + secrets.choice("3456789") + f"{secrets.randbelow(10**9):09d}")
