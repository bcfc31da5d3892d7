"""One slow department never slows another: each has places and connections of its own.

Nothing here is timed: while one hangs for as long as the test lasts, all others answer.
"""

import asyncio
import json

import pytest

from services import offices
from services.catalogue import Catalogue
from services.limits import Limits
from tests.services.counter import Hanging, Office, caller, samples

MANY = 6  # calls of every other department, all at once
WAITING = 8  # more than the hanging one has places for


def first_samples() -> dict[str, dict]:
    """One sample that succeeds for each department, by folder."""
    read = [(name, json.loads(file.read_text(encoding="utf-8"))) for name, file in samples()]
    return {name: one for name, one in reversed(read) if "answer" in one}


ASKED = first_samples()


def test_every_department_with_a_query_is_in_this_test():
    asked = {one.department for one in Catalogue.load().services.values() if one.function}
    assert {name.replace("_", "-") for name in ASKED} == {one.id for one in asked}


async def test_every_department_has_connections_a_breaker_and_places_of_its_own(desk_settings):
    async with offices.opened(Catalogue.load(), desk_settings) as departments:
        for part in ("outbound", "circuit", "_places"):
            parts = {id(getattr(one, part)) for one in departments.values()}
            assert len(parts) == len(departments), part


@pytest.mark.parametrize("slow", sorted(ASKED))
async def test_while_one_hangs_under_a_crowd_all_others_answer_a_crowd(opening, slow):
    """More wait for the hanging one than it has places; it still hangs when all others are done."""
    places = Limits().at_once
    hanging = Hanging(crowd=places)
    others = {name: Office(one["replies"]) for name, one in ASKED.items() if name != slow}
    counter = await opening(**{slow: hanging}, **others)

    def ask(name: str, n: int) -> asyncio.Task:
        who = caller(counter.person.resident, client=f"client-{n}")  # nobody's answer is another's
        sample = ASKED[name]
        return asyncio.create_task(counter.ask(sample["service"], who=who, **sample["question"]))

    stuck = [ask(slow, n) for n in range(places + WAITING)]
    await hanging.crowded.wait()
    answered = await asyncio.gather(*(ask(name, n) for name in others for n in range(MANY)))
    assert len(answered) == MANY * len(others)
    assert not any(task.done() for task in stuck)
    assert hanging.busy == places  # the rest wait here and burden nobody
    assert not any(counter.departments[name.replace("_", "-")].circuit.open for name in others)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    hanging.free.set()
