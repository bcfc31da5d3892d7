"""What searches did not find, and what is used: counted, written together, said of nobody."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from services import popularity, uses
from services.catalogue import Catalogue, Wanted
from services.models import ItemUse, SearchMiss
from services.search import misses
from services.search.misses import Misses
from services.tallies import Tally, today
from services.uses import Uses


@pytest.mark.parametrize(
    "query",
    [
        "13800138000",  # a telephone number
        "110101 19900307 7758",  # a resident's number, in groups
        "138-0013-8000",
        "查 2024 年",
        "me@example.com",
        "我叫某某某，我想查一下我上个月在哪家医院看的病花了多少钱",  # a sentence says too much
        "？！",
        "\u202e\u2066",
        "",
    ],
)
async def test_what_may_tell_of_a_person_is_not_counted(
    database: TortoiseContext, query: str
) -> None:
    counted = Misses()
    counted.count(query)
    assert await counted.write() == 0 and not await SearchMiss.exists()


async def test_ways_of_writing_the_same_are_counted_together(database: TortoiseContext) -> None:
    counted = Misses()
    for query in ("宇宙飛船", " 宇宙飞船 ", "Spaceship", "SPACESHIP"):
        counted.count(query)
    await counted.write()
    found = await misses.listed(least=1)
    assert [(one.words, one.count) for one in found] == [("spaceship", 2), ("宇宙飞船", 2)]
    assert found[0].last == today()


async def test_staff_see_what_was_missed_several_times_only(database: TortoiseContext) -> None:
    """A name may be typed into any search; what three people look for is hardly one."""
    counted = Misses()
    for _ in range(misses.SHOWN_FROM):
        counted.count("无人机飞行")
    counted.count("王小明")
    await counted.write()
    assert [one.words for one in await misses.listed()] == ["无人机飞行"]


async def test_a_day_takes_so_many_words_and_no_more(
    database: TortoiseContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [SearchMiss(words=f"w{n}", day=today(), count=1) for n in range(misses.MOST_A_DAY)]
    await SearchMiss.bulk_create(rows)
    counted = Misses()
    counted.count("ever-new")
    counted.count("w7")
    await counted.write()
    assert await SearchMiss.all().count() == misses.MOST_A_DAY
    assert (await SearchMiss.get(words="w7")).count == 2


async def test_workers_add_to_one_count(database: TortoiseContext) -> None:
    one, other = Uses(), Uses()
    for item in ("b", "a", "b"):
        one.count(item)
    other.count("b")
    await asyncio.gather(one.write(), other.write())
    assert await uses.totals() == {"a": 1, "b": 3}
    assert await one.write() == 0, "what was written is not written again"


async def test_only_the_last_months_rank_and_older_days_are_dropped(
    database: TortoiseContext,
) -> None:
    for days in (0, 89, 91, 401):
        await ItemUse.create(item="a", day=today() - timedelta(days=days), count=1)
    await SearchMiss.create(words="x", day=today() - timedelta(days=91), count=5)
    assert await uses.totals() == {"a": 2}
    assert await uses.forget_old() == 1 and await misses.forget_old() == 1
    assert await ItemUse.all().count() == 3


async def test_what_the_database_could_not_take_is_counted_again(
    database: TortoiseContext,
) -> None:
    tally = Tally(10)
    tally.add("a", 2)
    with pytest.raises(Exception, match="no_such_table"):
        await tally.write("INSERT INTO no_such_table SELECT $1::date, $2::text[], $3::int[]")
    tally.add("a")
    assert dict(tally.take()) == {"a": 3}


def test_a_tally_grows_no_further_than_it_may() -> None:
    tally = Tally(2)
    for name in ("a", "b", "c", "a"):
        tally.add(name)
    assert dict(tally.take()) == {"a": 2, "b": 1}


async def test_a_process_that_begins_ranks_by_what_all_have_counted(
    database: TortoiseContext,
) -> None:
    catalogue, counted = Catalogue.load(), Uses()
    before = [one.id for one in catalogue.find(Wanted(q="公积金"))]
    kept = catalogue.page("zh-CN", Wanted(q="公积金"))
    await ItemUse.create(item=before[1], day=today(), count=100_000)
    async with popularity.counting(catalogue, counted.write):
        for _ in range(100):
            if catalogue.find(Wanted(q="公积金"))[0].id == before[1]:
                break
            await asyncio.sleep(0.02)
        counted.count("late")
    assert catalogue.find(Wanted(q="公积金"))[0].id == before[1]
    assert catalogue.page("zh-CN", Wanted(q="公积金")) != kept
    assert await ItemUse.filter(item="late").exists(), "the last counts are written at the end"
