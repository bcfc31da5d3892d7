"""Whatever residents, staff and the clock do, at once and in whatever order: a seat is one
couple's, a resident has one appointment, and nobody who waits is overtaken.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.errors import Problem
from config.settings import Settings
from identity.caller import Caller
from services.bookings import seats
from services.bookings.seats import Place
from services.bookings.states import LIVING, SEATED
from services.models import Booking, BookingParty, BookingWait
from tests.services.bookings.bench import DAY, OFFICE, SERVICE, Bench, at, bench, member

PEOPLE = 7
TIMES = (at("09:00"), at("09:30"))
WHO, WHICH = st.integers(0, PEOPLE - 1), st.integers(0, 5)
ACTS = st.one_of(
    st.tuples(st.just("book"), WHO, st.integers(0, 1)),
    st.tuples(st.just("confirm"), WHO, WHICH),
    st.tuples(st.just("wait"), WHO),
    st.tuples(st.just("wait"), WHO),
    st.tuples(st.just("accept"), WHO),
    st.tuples(st.just("cancel"), WHICH),
    st.tuples(st.just("change"), WHICH, st.integers(0, 1)),
    st.tuples(st.just("leave"), WHICH),
    st.tuples(st.just("miss"), WHICH),
    st.tuples(st.just("watch")),
)
ROUNDS = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 31, 121]), st.lists(ACTS, min_size=1, max_size=5)),
    min_size=2,
    max_size=9,
)
TABLES = "booking, booking_party, booking_wait, notice, pgqueuer"


class Crowd:
    """Everybody at one registry with two times a day."""

    def __init__(self, registry: Bench, people: list[Caller]):
        self.registry, self.people = registry, people
        self.place = Place(SERVICE, OFFICE, DAY)

    async def run(self, rounds: list[tuple[int, list[tuple[Any, ...]]]]) -> None:
        await get_connection("default").execute_script(f"TRUNCATE {TABLES}")
        self.registry.clock.at = at("06:00")
        for minutes, acts in rounds:
            self.registry.clock.move(minutes=minutes)
            before = await self.waiting()
            had = await self.walked_in()
            await asyncio.gather(*(self.tried(getattr(self, act)(*given)) for act, *given in acts))
            await self.holds(before, had)

    async def tried(self, story: Coroutine[Any, Any, object]) -> None:
        """A refusal is an answer like any other; anything else is a fault."""
        try:
            await story
        except Problem:
            return

    async def book(self, who: int, time: int) -> None:
        await self.registry.hold(self.people[who], TIMES[time])

    async def confirm(self, who: int, which: int) -> None:
        held = [one for one in await self.rows("held") if one.code]
        if held:
            row = held[which % len(held)]
            await self.registry.confirm(self.people[who], self.registry.room.code(row.id))

    async def wait(self, who: int) -> None:
        await self.registry.wait(self.people[who])

    async def accept(self, who: int) -> None:
        if row := await self.registry.offer_to(self.people[who]):
            await self.registry.accept(self.people[who], row.number)

    async def cancel(self, which: int) -> None:
        if row := await self.living(which):
            await self.registry.changes.cancel(await self.one_of(row), row.number)

    async def change(self, which: int, time: int) -> None:
        if row := await self.living(which):
            who = await self.one_of(row)
            await self.registry.changes.change(who, row.number, OFFICE, TIMES[time], "en")

    async def leave(self, which: int) -> None:
        rows = await BookingWait.filter(state="waiting").order_by("id")
        if rows:
            row = rows[which % len(rows)]
            await self.registry.story.leave(self.caller(row.resident_id), row.id)

    async def miss(self, which: int) -> None:
        if rows := await self.rows("booked"):
            await self.registry.desk.missed(member(), rows[which % len(rows)].number)

    async def watch(self) -> None:
        await self.registry.watch.lines({})

    async def rows(self, *states: str) -> list[Booking]:
        return await Booking.filter(state__in=states).order_by("created_at", "number")

    async def living(self, which: int) -> Booking | None:
        rows = await self.rows(*LIVING)
        return rows[which % len(rows)] if rows else None

    async def one_of(self, row: Booking) -> Caller:
        return self.caller((await BookingParty.filter(booking_id=row.id).first()).resident_id)

    def caller(self, resident: object) -> Caller:
        return next(one for one in self.people if str(one.resident) == str(resident))

    async def waiting(self) -> set[int]:
        return {row.id for row in await BookingWait.filter(state="waiting")}

    async def walked_in(self) -> set[str]:
        return {row.number for row in await Booking.filter(waited_id__isnull=True)}

    async def holds(self, before: set[int], had: set[str]) -> None:
        """What must be so after any round."""
        seated = [(row.starts_at, row.seat) for row in await self.rows(*SEATED)]
        assert len(set(seated)) == len(seated)
        assert {seat for _, seat in seated} <= {1}
        living = [row.resident_id for row in await BookingParty.filter(living=True)]
        assert len(set(living)) == len(living)
        waiting = await self.waiting()
        offered = [row.waited_id for row in await Booking.filter(waited_id__isnull=False)]
        assert len(set(offered)) == len(offered)
        assert not waiting or not offered or max(offered) < min(waiting)  # nobody is overtaken
        if before & waiting:  # somebody waited all the time: nobody just walked in
            assert await self.walked_in() == had
        if waiting:
            async with in_transaction() as connection:
                _, plan = self.registry.room.service(SERVICE)
                at_now = self.registry.clock()
                assert await seats.free_of(connection, plan, self.place, at_now) is None


@given(rounds=ROUNDS)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_line_is_fair_over_any_interleaving(
    settings: Settings, database: TortoiseContext, rounds
) -> None:
    crowd = await _crowd(settings)
    await crowd.run(rounds)


_KNOWN: dict[str, Crowd] = {}


async def _crowd(settings: Settings) -> Crowd:
    """The same people for every example of a database."""
    key = settings.database_url.get_secret_value()
    if key not in _KNOWN:
        registry = bench(settings, "mon-fri 09:00-10:00")
        sexes = ("male", "female") * PEOPLE
        people = [await registry.people.one(sex) for sex in sexes[:PEOPLE]]
        _KNOWN[key] = Crowd(registry, people)
    return _KNOWN[key]
