"""A resident signs in at a partner, in process: request, consent page, code, tokens."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.front_channel import Browser, Wish, told
from tests.support.http import Answer, Api, SignedIn
from tests.support.partner_app import CALLBACK, PartnerApp
from tests.support.partner_codes import TOKEN, remember


@dataclass
class SignIn:
    """One partner, one browser, one resident. ``wish`` holds the verifier of the last request."""

    api: Api
    app: PartnerApp
    who: SignedIn
    wish: Wish = field(default_factory=Wish)

    def __post_init__(self) -> None:
        self.browser = Browser(self.api)

    async def push(self, **sent: str | None) -> Answer:
        return await self.app.post(self.api, "/oauth/par", **self.wish.parameters(**sent))

    async def arrive(self, **sent: str | None) -> Answer:
        """At the authorization endpoint, pushed where the client has to push."""
        if not self.app.confidential:
            wished = self.wish.parameters(**sent)
            return await self.browser.authorize(client_id=self.app.id, **wished)
        pushed = await self.push(**sent)
        assert pushed.status == 201, pushed.body
        return await self.open(pushed.body["request_uri"])

    async def open(self, request_uri: str, **more: str) -> Answer:
        given = {"client_id": self.app.id, "request_uri": request_uri} | more
        return await self.browser.authorize(**given)

    async def decided(self, arrived: Answer, decision: str = "allow") -> dict[str, str]:
        """What the client is told after the resident's answer: all of what may be given."""
        assert arrived.status == 303, arrived.raw
        id = arrived.headers["Location"].partition("?interaction=")[2]
        shown = await self.browser.show(id, self.who)
        assert shown.status == 200, shown.body
        scopes = [one["id"] for one in shown.body["scopes"]] if decision == "allow" else []
        done = await self.browser.answer(id, self.who, decision, *scopes)
        assert done.status == 200, done.body
        return told(done.body["redirect_to"])

    async def code(self, **sent: str | None) -> str:
        return (await self.decided(await self.arrive(**sent)))["code"]

    async def exchange(self, code: str, **changed: str) -> Answer:
        """``changed`` replaces parameters; an empty one counts as absent."""
        honest = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.wish.verifier,
        }
        return remember(await self.app.post(self.api, TOKEN, **(honest | changed)))

    async def tokens(self, **sent: str | None) -> dict[str, Any]:
        done = await self.exchange(await self.code(**sent))
        assert done.status == 200, done.body
        found: dict[str, Any] = done.body
        return found


def refused_by_redirect(answer: Answer, issuer: str) -> str:
    """The error a client is told at its own address, with ``iss`` (RFC 9207) beside it."""
    assert answer.status in (302, 303), answer.raw
    said = told(answer.headers["Location"])
    assert said["iss"] == issuer and "code" not in said
    return said["error"]


def refused_in_place(answer: Answer) -> None:
    """A page for the person at the browser; nobody is sent anywhere (RFC 9700 §4.11.2)."""
    assert answer.status == 400 and "Location" not in answer.headers
