"""Residents who apply over HTTP while parts of the house die, and ask again until they are told.

As a telephone does whose line breaks: the same request with the same key, until somebody answers.
What was acknowledged is kept, for the books to be compared with.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from uuid import uuid4

import aiohttp

from tests.support import journey
from tests.support.files import PDF, document
from tests.support.house import House
from tests.support.http import Api
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import Browser

PATIENCE = 120.0  # seconds in which somebody must answer
PAID_AT_ONCE = "1990-03-17"  # the sandbox's rule: rents, with a contract on file
WITHDRAWAL, TRADER = "provident-fund-withdrawal", "sole-trader-registration"
RENT = {"purpose": "rent", "amount": 300_000, "months": 3}
_DIGITS = "零一二三四五六七八九"
Done = TypeVar("Done")
_AWAY = (429, 503)
_AWAY_FOR_NOW = "idempotency-in-flight"  # the first try may still be at work: 409


@dataclass(frozen=True)
class Told:
    """A request that was acknowledged, and with what."""

    path: str
    key: str
    given: Mapping[str, Any] = field(repr=False)
    answer: Mapping[str, Any] = field(repr=False)

    @property
    def applies(self) -> bool:
        return self.path.endswith("/applications")

    @property
    def uploads(self) -> bool:
        return self.path.startswith("/v1/materials")


@dataclass
class Applicant:
    """One resident at a telephone. ``serial`` tells their business's name from all others'."""

    house: House = field(repr=False)
    person: SandboxResident = field(repr=False)
    serial: int
    access: str = field(repr=False)
    told: list[Told] = field(default_factory=list)
    heard: list[tuple[str, float]] = field(default_factory=list)  # what was said last, after s

    @classmethod
    async def arrived(cls, house: House, serial: int, born: str = PAID_AT_ONCE) -> Self:
        """Somebody new, signed in by the network identity: no camera, which is slow."""
        person = await _patiently(lambda: journey.new_resident(house.sandbox_url, born=born))
        tokens = await _patiently(lambda: _signed_in(house, person))
        return cls(house, person, serial, tokens.access)

    async def withdraws(self) -> None:
        """Rules decide, the fund centre pays."""
        await self._apply(WITHDRAWAL, {"form": RENT, "materials": []})

    async def registers(self) -> None:
        """With an upload; rules decide, the registry gives a code."""
        # Every key and file of a run is another one: what is stored is told apart by its digest.
        proof = document(b"% " + str(self.serial).encode() + b"\n1 0 obj\n<< >>\nendobj\n")
        made = await self._until_told("/v1/materials?kind=place-proof", data=proof)
        assert made.answer["sha256"] == hashlib.sha256(proof).hexdigest()
        form = {"name": f"和{_in_han(self.serial)}", "trade": "retail", "place": "和平路1号"}
        signed = await self._signs(form)
        await self._apply(TRADER, {"form": form, "materials": [made.answer["id"], signed]})

    async def _signs(self, form: Mapping[str, Any]) -> str:
        """Shown, proven afresh, signed; the id of the signed document."""
        shown = await self._until_told("/v1/signatures", json={"service": TRADER, "form": form})
        await asyncio.sleep(1)  # tokens count in seconds: the proof is of a later one
        self.access = (await _patiently(lambda: _signed_in(self.house, self.person))).access
        path = f"/v1/signatures/{shown.answer['id']}/confirmation"
        made: str = (await self._until_told(path, json={})).answer["id"]
        return made

    async def asks_again(self) -> None:
        """With the keys that were acknowledged: AssertionError unless each answer is the same."""
        for told in self.told:
            again = await self._until_told(told.path, told.key, keep=False, **told.given)
            assert again.answer == told.answer, told.path

    async def _apply(self, service: str, body: Mapping[str, Any]) -> None:
        await self._until_told(f"/v1/services/{service}/applications", json=body)

    async def _until_told(
        self, path: str, key: str = "", *, keep: bool = True, **given: Any
    ) -> Told:
        key = key or uuid4().hex
        headers = {"Authorization": f"Bearer {self.access}", "Idempotency-Key": key}
        if "data" in given:
            headers |= {"Content-Type": PDF, "Content-Disposition": 'attachment; filename="a.pdf"'}
        self.heard.clear()
        try:
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(headers=headers) as http:
                while (answer := await self._answer(http, path, given)) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except TimeoutError as fault:
            raise AssertionError(f"nobody answered {path}: {self.heard[-20:]}") from fault
        told = Told(path, key, given, answer)
        if keep:
            self.told.append(told)
        return told

    async def _answer(
        self, http: aiohttp.ClientSession, path: str, given: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """What was acknowledged; None where the line broke or a part is away. Anything else that
        is said to an honest request is a fault of the house: AssertionError.
        """
        began = time.monotonic()
        try:
            async with http.post(self.house.url + path, **given) as reply:
                said: Mapping[str, Any] = await reply.json(content_type=None)
        except (aiohttp.ClientError, ConnectionError, ValueError) as fault:
            self.heard.append((type(fault).__name__, time.monotonic() - began))
            return None
        self.heard.append((f"{reply.status} {said.get('code')}", time.monotonic() - began))
        if reply.status in _AWAY or said.get("code") == _AWAY_FOR_NOW:
            return None
        assert reply.status == 201, said
        return said


def _in_han(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in f"{number:03d}")


async def _signed_in(house: House, person: SandboxResident) -> journey.Tokens:
    """Raises AssertionError where any part of the way does not answer well."""
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox(house.sandbox_url, "", "", http)
        browser = Browser(Api(house.url, None, http, None, sandbox))  # type: ignore[arg-type]
        landed = await browser.finish(await browser.confirmed(person, person))
    assert landed.status == 201, landed.body
    return journey.tokens_of(landed.body)


async def _patiently(way: Callable[[], Awaitable[Done]]) -> Done:
    """Signing in is no part of what is looked at: it is tried until everything has come back."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await way()
        except (AssertionError, journey.Refused, aiohttp.ClientError):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.5)
