"""A member of staff who reads pages and sends forms, as a browser without script does."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp

from tests.support.http import Api
from tests.support.staff import Colleague, Desk

_HIDDEN = re.compile(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)">')
_FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)


@dataclass(frozen=True)
class Sheet:
    """One page as it came; ``address``: where redirects led."""

    status: int
    address: str
    headers: dict[str, str]
    text: str = field(repr=False)

    @property
    def said(self) -> str:
        """What went wrong, or well."""
        found = re.search(r'<div class="message message--[\w-]+"[^>]*>(.*?)</div>', self.text)
        return unescape(re.sub(r"<[^>]+>", " ", found[1])).strip() if found else ""

    @property
    def refreshes(self) -> bool:
        """Whether the page asks for itself anew, of its own."""
        return bool(re.search(r'http-equiv="refresh" content="\d+">', self.text))

    def hidden(self, act: str) -> dict[str, str]:
        """What a form of this act carries along."""
        for form in _FORM.findall(self.text):
            found = {name: unescape(value) for name, value in _HIDDEN.findall(form)}
            if found.get("act") == act:
                return found
        raise AssertionError(f"no form does {act} here")


@dataclass
class Reader:
    """One browser at the staff pages."""

    api: Api
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    last: Sheet | None = None

    @classmethod
    async def signed_in(cls, api: Api, one: Colleague) -> "Reader":
        """By the JSON of the door: the form of it has tests of its own."""
        name, _, value = (await Desk(api).sign_in(one)).cookie.partition("=")
        return cls(api, {name: value})

    async def open(self, page: str = "", **headers: str) -> Sheet:
        return await self._asked("GET", f"/desk/{page}", headers=headers)

    async def submit(self, act: str, _where: str = "", /, **given: Any) -> Sheet:
        """Send the form of the page last read, as it stands there; ``given``: what is filled in."""
        assert self.last is not None
        carried = self.last.hidden(act)
        where = _where or self.last.address
        return await self.send(where, {**carried, **given})

    async def send(self, where: str, form: dict[str, Any], **headers: str) -> Sheet:
        pairs = [
            (name, one)
            for name, value in form.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        asked = {"Origin": self.api.url, **headers}
        body = aiohttp.FormData(pairs)
        return await self._asked("POST", where, data=body, headers=asked)

    async def _asked(self, method: str, where: str, **given: Any) -> Sheet:
        """By hand from one redirect to the next, for the cookies on the way."""
        for _ in range(4):
            given["cookies"] = self.cookies
            async with self.api.http.request(
                method, self.api.url + where, allow_redirects=False, **given
            ) as answer:
                self._keep(answer)
                if answer.status not in {303, 308}:
                    text = await answer.text()
                    self.last = Sheet(answer.status, where, dict(answer.headers), text)
                    return self.last
                method, where = "GET", answer.headers["Location"]
                given = {"headers": {}}
        raise AssertionError("led in a circle")

    def _keep(self, answer: aiohttp.ClientResponse) -> None:
        for name, morsel in answer.cookies.items():
            self.cookies[name] = morsel.value
            if not morsel.value:
                del self.cookies[name]
