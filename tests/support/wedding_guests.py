"""Couples who book over HTTP while parts of the house die, and ask again until they are told."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from tests.support import journey
from tests.support.applicants import _AWAY, PATIENCE, Applicant, _patiently, _signed_in
from tests.support.house import House

OFFICES = ("440902", "440802")  # one window each: everybody wants the first time that is free
SERVICE = "marriage-appointment"
STATED = ["voluntary", "unmarried", "unrelated"]
SINGLE = "1995-05-05"  # the sandbox's rule: born in an odd month, never married
BOOK, CONFIRM = "/v1/bookings", "/v1/booking-confirmations"
_GONE = ("slot-taken", "slot-unknown")


@dataclass
class Guest(Applicant):
    """One of two. ``cancelled``: numbers whose cancellation was acknowledged to them."""

    cancelled: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, house: House, sex: str) -> Self:
        person = await _patiently(
            lambda: journey.new_resident(house.sandbox_url, born=SINGLE, sex=sex)
        )
        tokens = await _patiently(lambda: _signed_in(house, person))
        return cls(house, person, 0, tokens.access)

    async def takes(self, office: str) -> Mapping[str, Any]:
        """The first time that is free; where somebody was quicker, the next one."""
        while True:
            starts_at = await self._first_free(office)
            wish = {"service": SERVICE, "office": office, "starts_at": starts_at}
            told = await self._until_told(BOOK, keep=False, json=wish | {"statements": STATED})
            if "number" in told.answer:
                self.told.append(told)
                return told.answer

    async def confirms(self, code: str) -> None:
        await self._until_told(CONFIRM, json={"code": code, "statements": STATED})

    async def cancels(self, number: str) -> None:
        """Until it is said that it is so; said a second time it is a refusal that says the same."""
        path, deadline = f"/v1/bookings/{number}/cancellation", time.monotonic() + PATIENCE
        headers = {"Authorization": f"Bearer {self.access}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            while time.monotonic() < deadline:
                try:
                    async with http.post(self.house.url + path) as reply:
                        done = reply.status == 204 or (await reply.json())["state"] == "cancelled"
                except (aiohttp.ClientError, ConnectionError, ValueError, KeyError):
                    done = False
                if done:
                    self.cancelled.append(number)
                    return
                await asyncio.sleep(0.1)
        raise AssertionError(f"nobody cancelled {number}")

    async def _first_free(self, office: str) -> str:
        page = f"{self.house.url}/v1/services/{SERVICE}/appointments/offices/{office}"
        deadline = time.monotonic() + PATIENCE
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                try:
                    async with http.get(page) as reply:
                        seen = await reply.json()
                        free = [one for one in seen["times"] if one["left"] and one["open"]]
                        return str(free[0]["starts_at"])
                except (aiohttp.ClientError, ConnectionError, ValueError, KeyError, IndexError):
                    await asyncio.sleep(0.1)
        raise AssertionError("nobody showed the times")

    async def _answer(
        self, http: aiohttp.ClientSession, path: str, given: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Sold out is an honest answer too."""
        if path != BOOK:
            return await super()._answer(http, path, given)
        began = time.monotonic()
        try:
            async with http.post(self.house.url + path, **given) as reply:
                said: Mapping[str, Any] = await reply.json(content_type=None)
        except (aiohttp.ClientError, ConnectionError, ValueError) as fault:
            self.heard.append((type(fault).__name__, time.monotonic() - began))
            return None
        self.heard.append((f"{reply.status} {said.get('code')}", time.monotonic() - began))
        if reply.status in _AWAY or said.get("code") == "idempotency-in-flight":
            return None
        assert reply.status == 201 or said.get("code") in _GONE, said
        return said


@dataclass
class Couple:
    he: Guest
    she: Guest
    number: str = ""

    @classmethod
    async def arrived(cls, house: House) -> Self:
        return cls(await Guest.of(house, "male"), await Guest.of(house, "female"))

    @property
    def guests(self) -> tuple[Guest, Guest]:
        return self.he, self.she

    async def books(self, office: str) -> None:
        held = await self.he.takes(office)
        await self.she.confirms(held["code"])
        self.number = held["number"]

    async def books_again(self, office: str) -> None:
        """What they had is freed, for whoever looks just then."""
        await self.she.cancels(self.number)
        await self.books(office)

    async def asks_again(self) -> None:
        for one in self.guests:
            await one.asks_again()
