"""One slow department never slows another: each has places and connections of its own."""

import asyncio
import json

import pytest

from services import offices
from services.catalogue import Catalogue
from services.limits import Limits
from tests.services.counter import Hanging, Office, caller, samples

MANY = 12  # calls of every other department, all at once


def first_samples() -> dict[str, dict]:
    """One sample that succeeds for each department, by folder."""
    read = [(name, json.loads(file.read_text(encoding="utf-8"))) for name, file in samples()]
    return {name: one for name, one in reversed(read) if "answer" in one}


ASKED = first_samples()


def test_every_department_with_a_query_is_in_this_test():
    asked = {one.department for one in Catalogue.load().services.values() if one.function}
    assert {name.replace("_", "-") for name in ASKED} == {one.id for one in asked}


async def test_every_department_has_connections_of_its_own(settings):
    async with offices.opened(Catalogue.load(), settings) as departments:
        pools = {id(one.outbound) for one in departments.values()}
        assert len(pools) == len(departments) == len({id(d._places) for d in departments.values()})


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

    stuck = [ask(slow, n) for n in range(places + 8)]
    await hanging.crowded.wait()
    answered = await asyncio.gather(*(ask(name, n) for name in others for n in range(MANY)))
    assert len(answered) == MANY * len(others)
    assert not any(task.done() for task in stuck)
    assert hanging.busy == places  # the rest wait here and burden nobody
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    hanging.free.set()
