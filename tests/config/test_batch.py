"""Shared round trips: who shares, who fails, who is let go."""

import asyncio

import pytest

from config.batch import Batch, BatchFull


class Line:
    """A flush that can be held, and remembers its groups."""

    def __init__(self):
        self.groups = []
        self.open = asyncio.Event()
        self.open.set()

    async def flush(self, items):
        self.groups.append(list(items))
        await self.open.wait()
        if "bad" in items:
            raise RuntimeError("refused")
        return [f"{item}!" for item in items]


@pytest.fixture
async def line():
    return Line()


async def started(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def held(line, batch, first="first"):
    """One flush is under way and waits."""
    line.open.clear()
    task = asyncio.create_task(batch.add(first))
    await started()
    assert line.groups == [[first]]
    return task


async def test_a_full_queue_refuses_the_next_caller_and_keeps_the_others(line):
    batch = Batch(line.flush, waiting=2)
    first = await held(line, batch)
    waiting = [asyncio.create_task(batch.add(name)) for name in "ab"]
    await started()
    with pytest.raises(BatchFull):
        await batch.add("c")
    line.open.set()
    assert await asyncio.gather(first, *waiting) == ["first!", "a!", "b!"]


async def test_a_failed_flush_fails_every_caller_of_it_and_nobody_else(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    same = [asyncio.create_task(batch.add(name)) for name in ("a", "bad", "b")]
    await started()
    line.open.set()
    answers = await asyncio.gather(*same, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["refused"] * 3
    assert await first == "first!"
    assert await batch.add("later") == "later!"


async def test_a_flush_that_answers_too_few_results_is_an_error_for_all():
    async def forgetful(items):
        return list(items)[1:]

    batch = Batch(forgetful)
    answers = await asyncio.gather(batch.add(1), batch.add(2), return_exceptions=True)
    assert all(isinstance(answer, RuntimeError) for answer in answers)


async def test_a_cancelled_caller_does_not_take_the_others_along(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    other = asyncio.create_task(batch.add("other"))
    await started()
    first.cancel()
    await started()
    line.open.set()
    assert await other == "other!"
    assert first.cancelled()


async def test_a_caller_cancelled_while_queued_leaves_the_order_of_answers_right(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    queued = [asyncio.create_task(batch.add(name)) for name in "abc"]
    await started()
    queued[1].cancel()
    line.open.set()
    await first
    assert await queued[0] == "a!"
    assert await queued[2] == "c!"


async def test_a_cancelled_flush_frees_every_caller(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    second = asyncio.create_task(batch.add("second"))
    await started()
    batch._running.cancel()
    answers = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)


async def test_latecomers_share_the_next_flush_and_only_one_runs_at_a_time(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    late = [asyncio.create_task(batch.add(name)) for name in "abc"]
    await started()
    assert line.groups == [["first"]]
    line.open.set()
    assert await asyncio.gather(first, *late) == ["first!", "a!", "b!", "c!"]
    assert line.groups == [["first"], ["a", "b", "c"]]


async def test_no_group_is_larger_than_the_limit(line):
    batch = Batch(line.flush, limit=3)
    answers = await asyncio.gather(*(batch.add(str(number)) for number in range(10)))
    assert answers == [f"{number}!" for number in range(10)]
    assert max(map(len, line.groups)) == 3


async def test_closing_finishes_what_was_accepted_and_refuses_newcomers(line):
    batch = Batch(line.flush)
    first = await held(line, batch)
    closing = asyncio.create_task(batch.close())
    await started()
    with pytest.raises(BatchFull):
        await batch.add("late")
    line.open.set()
    await closing
    assert await first == "first!"
