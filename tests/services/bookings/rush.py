"""``python -m tests.services.bookings.rush``: one of several processes that book at once.

Reads as JSON what to do, says as JSON whose seats it got. Everybody tries every time until one is
theirs, all of them together.
"""

import asyncio
import json
import random
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from config import database as database_room
from identity.caller import Caller
from identity.person import IdNumber, Person
from services.bookings.errors import SlotTaken
from tests.conftest import settings_on
from tests.services.bookings.bench import HE, OFFICE, Bench, bench
from tests.services.counter import caller


async def main(given: dict[str, Any]) -> dict[str, Any]:
    keys = {name: given[name] for name in ("seal_keys", "index_keys")}
    house = settings_on(given["database"], given["redis"], Path(given["folder"]), **keys)
    async with database_room.opened(database_room.tortoise_config(house)):
        registry = bench(house)
        people = [_known(registry, *one) for one in given["people"]]
        times = [datetime.fromisoformat(one) for one in given["times"]]
        got = await asyncio.gather(*(_persistently(registry, who, times) for who in people))
    return {"got": [number for number in got if number]}


def _known(registry: Bench, resident: str, number: str) -> Caller:
    id = UUID(resident)
    registry.people.known[id] = Person(id, HE, IdNumber(number))
    return caller(id)


async def _persistently(registry: Bench, who: Caller, times: list[datetime]) -> str:
    """The number of what they hold, or nothing where every time was gone."""
    for starts_at in random.sample(times, len(times)):
        try:
            return (await registry.hold(who, starts_at, office=OFFICE)).number
        except SlotTaken:
            continue
    return ""


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))
