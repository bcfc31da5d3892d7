"""Jobs before an operator: what waits, dead letters and their second life, long jobs' progress."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.jobs import enqueue
from identity.models import AuditEvent
from services.figures.count import JOB, handlers
from services.models import Progress
from services.progress import SILENT
from tests.support.http import Api
from tests.support.staff import Desk, at_work

PATH = "/staff/jobs"


@pytest.fixture(scope="module")
async def operator(api: Api) -> Desk:
    return await at_work(api, "operator")


async def a_dead_letter(name: str = "send-notice") -> int:
    async with in_transaction() as connection:
        job = await enqueue(connection, name, {"notice": str(uuid4())})
        await connection.execute_query("UPDATE pgqueuer SET status = 'failed' WHERE id = $1", [job])
    return job


async def status_of(job: int) -> str:
    rows = await get_connection("default").execute_query_dict(
        "SELECT status::text AS status FROM pgqueuer WHERE id = $1", [job]
    )
    return str(rows[0]["status"])


async def test_dead_letters_are_seen_without_their_payload_and_tried_again(api, operator):
    first, second = await a_dead_letter(), await a_dead_letter("no-such-job")
    board = await operator.send("GET", PATH)
    shown = {one["id"]: one for one in board.body["dead"]}
    assert shown[first]["title"] == "发送消息" and shown[second]["title"] == "no-such-job"
    assert "payload" not in board.raw.decode() and '"notice":' not in board.raw.decode()
    assert (await operator.post(f"{PATH}/revival", {"ids": [first]})).status == 204
    assert (await status_of(first), await status_of(second)) == ("queued", "failed")
    assert await AuditEvent.filter(event="jobs:revived", actor=operator.who["id"]).count() == 1


async def test_of_several_all_are_tried_again_or_none(api, operator):
    dead = await a_dead_letter()
    answer = await operator.post(f"{PATH}/revival", {"ids": [dead, 2_000_000_000]})
    assert (answer.status, answer.code) == (404, "dead-letter-missing")
    assert await status_of(dead) == "failed"


@pytest.mark.parametrize("ids", [[], ["x"], [0], [2**31], list(range(1, 102))])
async def test_what_is_no_list_of_jobs_is_refused(operator, ids):
    assert (await operator.post(f"{PATH}/revival", {"ids": ids})).code == "request-invalid"


async def test_what_waits_is_counted_by_name(api, operator):
    async with in_transaction() as connection:
        for _ in range(3):
            await enqueue(connection, "send-notice", {}, delay=timedelta(hours=1))
    waiting = (await operator.send("GET", PATH)).body["waiting"]
    (line,) = [one for one in waiting if one["name"] == "send-notice" and not one["picked"]]
    assert line["count"] >= 3


async def test_a_long_job_runs_once_at_a_time_and_says_how_far_it_is(api, operator):
    await Progress.all().delete()
    begun = await operator.post(f"{PATH}/{JOB}/beginning")
    assert begun.status == 202, begun.body
    again = await operator.post(f"{PATH}/{JOB}/beginning")
    assert (again.status, again.code, again.body["percent"]) == (409, "job-running", 0)
    (row,) = (await operator.send("GET", PATH)).body["long"]
    assert (row["id"], row["percent"], row["ended_at"]) == (begun.body["id"], 0, None)
    await handlers(api.parts.catalogue)[JOB]({"progress": begun.body["id"]})
    (row,) = (await operator.send("GET", PATH)).body["long"]
    assert (row["percent"], row["fault"]) == (100, "") and row["done"] == row["total"] > 0
    assert (await operator.post(f"{PATH}/{JOB}/beginning")).status == 202


async def test_one_that_fell_silent_holds_up_nobody(api, operator):
    await Progress.all().delete()
    await operator.post(f"{PATH}/{JOB}/beginning")
    long_ago = datetime.now(UTC) - 2 * SILENT
    await Progress.all().update(changed_at=long_ago)
    assert (await operator.post(f"{PATH}/{JOB}/beginning")).status == 202


async def test_one_that_fails_leaves_the_kind_of_its_fault(api, operator):
    await Progress.all().delete()
    begun = await operator.post(f"{PATH}/{JOB}/beginning")
    with pytest.raises(ValueError, match="invalid literal"):
        await handlers(None)[JOB]({"progress": begun.body["id"], "months": "x"})  # type: ignore[arg-type]
    (row,) = (await operator.send("GET", PATH)).body["long"]
    assert row["fault"] == "ValueError" and row["ended_at"]


@pytest.mark.parametrize("name", ["send-notice", "x"])
async def test_another_job_is_not_begun_by_hand(operator, name: str):
    answer = await operator.post(f"{PATH}/{name}/beginning")
    assert (answer.status, answer.code) == (404, "long-job-unknown")
