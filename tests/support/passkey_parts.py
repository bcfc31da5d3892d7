"""A resident with a passkey, over HTTP: adding one, proving with it, coming back."""

from typing import Any

from tests.support.authenticator import Authenticator
from tests.support.http import Answer, Api, SignedIn
from tests.support.people import admit

ADD, PROVE = "/v1/me/passkeys", "/v1/me/proofs/passkey"


def a_phone(api: Api) -> Authenticator:
    """A device whose page is open where passkeys can be used."""
    return Authenticator(f"http://localhost:{api.settings.port}")


_people = 0


async def somebody(api: Api, acr: str = "4") -> SignedIn:
    """A resident with a document, signed in just now."""
    global _people  # noqa: PLW0603
    _people += 1
    seventeen = f"1101051949123{_people:04d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(d) for w, d in zip(weights, seventeen, strict=True))
    known = await admit(api.settings, "欧阳测试", seventeen + "10X98765432"[total % 11])
    return await api.sign_in(resident=known.resident, acr=acr)


async def options(api: Api, who: SignedIn, where: str = ADD) -> dict[str, Any]:
    answer = await api.post(f"{where}/options", {}, who.access)
    assert answer.status == 200, answer.body
    asked: dict[str, Any] = answer.body["publicKey"]
    return asked


async def add(api: Api, who: SignedIn, device: Authenticator) -> Answer:
    credential = device.create(await options(api, who))
    return await api.post(ADD, {"credential": credential, "name": "我的手机"}, who.access)


async def prove(api: Api, who: SignedIn, device: Authenticator) -> Answer:
    credential = device.get(await options(api, who, PROVE))
    return await api.post(PROVE, {"credential": credential}, who.access)


async def with_passkey(api: Api, device: Authenticator) -> SignedIn:
    who = await somebody(api)
    added = await add(api, who, device)
    assert added.status == 201, added.body
    return who


async def came_back(api: Api, who: SignedIn) -> SignedIn:
    """The same resident, returned on an ordinary level."""
    return await api.sign_in(resident=who.resident, acr="3")


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.code) == (status, code), answer.body
