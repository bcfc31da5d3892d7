"""``python -m tests.benchmarks bookings``: a hundred residents at the page of one day.

Everybody reads the page, takes a time that it shows as free, and tries another where somebody was
quicker, until the day is full: each over HTTP with a key of their own, the register asked for each.
A round is a day; its seats are counted in the database, and two of a seat end the benchmark. Times
are of single requests, as the residents waited for them.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from tortoise.connection import get_connection

from services.models import Booking
from tests.benchmarks.house import HOST, House, running
from tests.benchmarks.report import console, progress

RESIDENTS, ROUNDS = 100, 6
OFFICE = "440103"  # three windows: 33 seats a day
PAGE = f"/v1/services/marriage-appointment/appointments/offices/{OFFICE}"
STATED = ["voluntary", "unmarried", "unrelated"]
_FORGET = "TRUNCATE booking, booking_party, booking_wait"


@dataclass
class Round:
    """``booked``: ms of requests that gave a seat, ``refused``: of those that came too late."""

    seconds: float = 0.0
    booked: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)


async def main() -> None:
    async with running(RESIDENTS) as house:
        days = await _days(house)
        await _round(house, days[0])  # warm
        found = []
        with progress("bookings", ROUNDS) as bar:
            for day in days[1 : ROUNDS + 1]:
                found.append(await _round(house, day))
                bar.advance(bar.task_ids[0])
    _say(found)


def _say(rounds: Sequence[Round]) -> None:
    rate = statistics.median(len(one.booked) / one.seconds for one in rounds)
    asked = statistics.median((len(one.booked) + len(one.refused)) / one.seconds for one in rounds)
    seats = sum(len(one.booked) for one in rounds)
    console.print(
        f"bookings on one day's page, {RESIDENTS} residents at once: [bold]{rate:,.0f}/s[/bold]"
        f" durable, {asked:,.0f} requests/s with those refused; {seats} seats in {len(rounds)}"
        " days, none twice"
    )
    for name in ("booked", "refused", "read"):
        times = sorted(ms for one in rounds for ms in getattr(one, name))
        p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
        console.print(f"  {name:8} {len(times):5}  p50 {p50:6.0f} ms  p99 {p99:6.0f} ms")


async def _round(house: House, day: str) -> Round:
    await get_connection("default").execute_script(_FORGET)
    made = Round()
    connector = aiohttp.TCPConnector(limit=RESIDENTS)
    async with aiohttp.ClientSession(f"http://{HOST}:{house.port}", connector=connector) as http:
        began = time.perf_counter()
        await asyncio.gather(*(_one(http, token, day, made) for token in house.tokens))
        made.seconds = time.perf_counter() - began
    seats = await Booking.filter(office=OFFICE, state="held").values_list("starts_at", "seat")
    if len(set(seats)) != len(seats) or len(seats) != len(made.booked):
        raise AssertionError(f"{len(seats)} seats, {len(made.booked)} bookings")
    return made


async def _one(http: aiohttp.ClientSession, token: str, day: str, made: Round) -> None:
    """One resident, from the page to a seat or to a day that is full."""
    place = len(made.read)
    while times := await _free(http, day, made):
        starts_at = times[place % len(times)]  # not everybody wants nine o'clock
        wish = {"service": "marriage-appointment", "office": OFFICE, "starts_at": starts_at}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
        began = time.perf_counter()
        async with http.post(
            "/v1/bookings", json=wish | {"statements": STATED}, headers=headers
        ) as answer:
            said: dict[str, Any] = await answer.json()
        ms = (time.perf_counter() - began) * 1000
        if answer.status == 201:
            made.booked.append(ms)
            return
        if said["code"] != "slot-taken":
            raise AssertionError(said)
        made.refused.append(ms)


async def _free(http: aiohttp.ClientSession, day: str, made: Round) -> list[str]:
    began = time.perf_counter()
    async with http.get(f"{PAGE}?day={day}") as answer:
        seen = await answer.json()
    made.read.append((time.perf_counter() - began) * 1000)
    return [one["starts_at"] for one in seen["times"] if one["left"] and one["open"]]


async def _days(house: House) -> list[str]:
    """Those with all of their times before them."""
    async with aiohttp.ClientSession(f"http://{HOST}:{house.port}") as http, http.get(PAGE) as page:
        return [one["day"] for one in (await page.json())["days"] if one["left"] == 33]
