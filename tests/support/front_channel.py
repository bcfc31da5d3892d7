"""A resident's browser in the middle: sent here by a partner, asked on our page, sent back."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from identity.models import AuthorizationCode, Session
from tests.support.http import Answer, Api, SignedIn
from tests.support.log_capture import personal
from tests.support.partner_app import CALLBACK, PartnerApp

AUTHORIZE, PAR = "/oauth/authorize", "/oauth/par"
_GONE = "Max-Age=0"


@dataclass
class Wish:
    """What a partner asks, honestly; ``sent`` replaces parameters, None removes one."""

    verifier: str = field(default_factory=lambda: personal(secrets.token_urlsafe(32)), repr=False)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    def parameters(self, **sent: str | None) -> dict[str, str]:
        honest: dict[str, str | None] = {
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid profile:name profile:over-18",
            "state": self.state,
            "nonce": "n-1",
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: each for name, each in (honest | sent).items() if each is not None}


@dataclass
class Browser:
    """Cookies by name, as a browser keeps them."""

    api: Api
    cookies: dict[str, str] = field(default_factory=dict, repr=False)

    async def send(self, method: str, path: str, token: str = "", **given: Any) -> Answer:
        headers = dict(given.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        answer = await self.api.send(
            method, path, token, headers=headers, allow_redirects=False, **given
        )
        for cookie in answer.headers.getall("Set-Cookie", []):  # type: ignore[attr-defined]
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if _GONE not in cookie:
                self.cookies[name] = personal(value)
        return answer

    async def authorize(self, **parameters: str) -> Answer:
        return await self.send("GET", AUTHORIZE, params=parameters)

    async def asked(self, app: PartnerApp, **sent: str | None) -> str:
        """Sent here by an honest partner: the interaction's id."""
        return interaction_of(await self.arrive(app, **sent))

    async def arrive(self, app: PartnerApp, **sent: str | None) -> Answer:
        """Sent here by a partner, who pushed what it asks if it has to."""
        wished = Wish().parameters(**sent)
        if not app.confidential:
            return await self.authorize(client_id=app.id, **wished)
        pushed = await app.post(self.api, PAR, **wished)
        assert pushed.status == 201, pushed.body
        return await self.authorize(client_id=app.id, request_uri=pushed.body["request_uri"])

    async def show(self, interaction: str, who: SignedIn | None = None) -> Answer:
        token = who.access if who else ""
        return await self.send("GET", f"/v1/interactions/{interaction}", token)

    async def answer(self, interaction: str, who: SignedIn, decision: str, *scopes: str) -> Answer:
        body: dict[str, Any] = {"decision": decision}
        if decision == "allow":
            body["scopes"] = list(scopes)
        path = f"/v1/interactions/{interaction}"
        return await self.send("POST", path, who.access, json=body)

    async def leave(self, interaction: str, **body: str) -> Answer:
        path = f"/v1/interactions/{interaction}/login-required"
        return await self.send("POST", path, json=body)


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def interaction_of(answer: Answer) -> str:
    assert answer.status == 303, answer.raw
    page, _, id = answer.headers["Location"].partition("?interaction=")
    assert page.endswith("/#/pages/consent/consent"), "not sent to our page"
    return id


def told(address: str, expected: str = CALLBACK) -> dict[str, str]:
    """What a client is told by a redirect to its address; each parameter came once."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == expected
    found = parse_qs(parts.query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


async def code_of(address: str) -> AuthorizationCode:
    """The row of the code that a client is sent."""
    code = told(address)["code"]
    return await AuthorizationCode.get(digest=hashlib.sha256(code.encode()).hexdigest())


async def agreed(browser: Browser, partner: PartnerApp, who: SignedIn, *scopes: str) -> str:
    """A yes to what an honest partner asks: where the browser goes."""
    id = await browser.asked(partner)
    done = await browser.answer(id, who, "allow", *(scopes or ("profile:name", "profile:over-18")))
    assert done.status == 200, done.body
    return str(done.body["redirect_to"])


async def proven(who: SignedIn, api: Api, *, ago: float = 0, acr: str = "4") -> SignedIn:
    """The same session with another proof, and a token that says so."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    await Session.filter(id=who.session).update(auth_time=at, acr=acr)
    row = await Session.get(id=who.session)
    token = await api.parts.tokens.issue(row)
    return SignedIn(token.value, who.refresh, who.session, who.resident)
