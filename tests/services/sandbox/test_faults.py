"""Bad days on demand: each fault does what its name says, to its office only, and can be undone."""

import asyncio
import json
from datetime import datetime, timedelta

import aiohttp
import pytest

from services.sandbox.faults import CHINA, Fault
from tests.support import faces
from tests.support.sandbox import BUREAU, Sandbox, SandboxResident

FUND, REGISTER = "provident-fund", "population-register"
QUESTIONS = {REGISTER: "portrait", FUND: "account", BUREAU: "status"}
EVERY = pytest.mark.parametrize("office", QUESTIONS)


@pytest.fixture(scope="module")
async def about(sandbox: Sandbox) -> dict[str, str]:
    made: SandboxResident = await sandbox.new_resident(faces.portrait(faces.ASTRONAUT))
    return {"name": made.name, "number": made.number}


@pytest.mark.parametrize("key", ["", "00", "f" * 64])
async def test_faults_cannot_be_set_without_the_key(sandbox: Sandbox, key: str) -> None:
    reply = await sandbox.send(
        "POST",
        "/control/faults",
        json={"office": FUND, "fault": "error"},
        headers={"X-Control-Key": key},
    )
    assert (reply.status, reply.body["code"]) == (403, "sandbox-control-denied")


@pytest.mark.parametrize(
    "wanted",
    [
        {"office": "nobody", "fault": "error"},
        {"office": FUND, "fault": "sulky"},
        {"office": FUND, "fault": "slow", "seconds": -1},
        {"office": FUND, "fault": "error", "times": 0},
        {"office": FUND, "fault": "closed", "opens": "25:00"},
        {"office": FUND},
    ],
)
async def test_a_fault_that_does_not_exist_cannot_be_set(
    sandbox: Sandbox, wanted: dict[str, object]
) -> None:
    headers = {"X-Control-Key": sandbox.secret("control").hex()}
    reply = await sandbox.send("POST", "/control/faults", json=wanted, headers=headers)
    assert (reply.status, reply.body["code"]) == (422, "sandbox-request-unreadable")


@EVERY
async def test_an_office_in_error_answers_500_and_is_healed(
    healthy_sandbox: Sandbox, about: dict[str, str], office: str
) -> None:
    await healthy_sandbox.fault(office, "error")
    for _ in range(2):
        assert (await healthy_sandbox.ask(office, QUESTIONS[office], about)).status == 500
    await healthy_sandbox.fault(office, "none")
    assert (await healthy_sandbox.ask(office, QUESTIONS[office], about)).status == 200


@EVERY
async def test_a_counted_fault_heals_by_itself(
    healthy_sandbox: Sandbox, about: dict[str, str], office: str
) -> None:
    await healthy_sandbox.fault(office, "error", times=2)
    asked = [await healthy_sandbox.ask(office, QUESTIONS[office], about) for _ in range(3)]
    assert [reply.status for reply in asked] == [500, 500, 200]


async def test_a_fault_of_one_office_leaves_the_others_well(
    healthy_sandbox: Sandbox, about: dict[str, str]
) -> None:
    await healthy_sandbox.fault(FUND, "error")
    assert (await healthy_sandbox.ask(BUREAU, "status", about)).status == 200


async def test_a_forged_question_does_not_use_up_a_counted_fault(
    healthy_sandbox: Sandbox, about: dict[str, str]
) -> None:
    await healthy_sandbox.fault(FUND, "error", times=1)
    assert (await healthy_sandbox.send("POST", "/provident-fund/account", json={})).status == 401
    assert (await healthy_sandbox.ask(FUND, "account", about)).status == 500


@EVERY
async def test_a_malformed_answer_calls_itself_json_and_is_not(
    healthy_sandbox: Sandbox, about: dict[str, str], office: str
) -> None:
    await healthy_sandbox.fault(office, "malformed")
    reply = await healthy_sandbox.ask(office, QUESTIONS[office], about)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"."):
        json.loads(reply.raw)


@EVERY
async def test_an_office_that_hangs_does_not_answer(
    healthy_sandbox: Sandbox, about: dict[str, str], office: str
) -> None:
    await healthy_sandbox.fault(office, "hang", times=1)
    short = aiohttp.ClientTimeout(total=0.5)
    with pytest.raises(asyncio.TimeoutError):
        await healthy_sandbox.ask(office, QUESTIONS[office], about, timeout=short)
    assert (await healthy_sandbox.ask(office, QUESTIONS[office], about)).status == 200


async def test_a_slow_office_answers_in_the_end(
    healthy_sandbox: Sandbox, about: dict[str, str]
) -> None:
    await healthy_sandbox.fault(FUND, "slow", seconds=0.6, times=2)
    short = aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(asyncio.TimeoutError):
        await healthy_sandbox.ask(FUND, "account", about, timeout=short)
    assert (await healthy_sandbox.ask(FUND, "account", about)).body["code"] == "0000"


async def test_a_closed_office_says_when_it_opens(
    healthy_sandbox: Sandbox, about: dict[str, str]
) -> None:
    for office in QUESTIONS:
        await healthy_sandbox.fault(office, "closed", opens="06:30")
    fund = (await healthy_sandbox.ask(FUND, "account", about)).body
    bureau = (await healthy_sandbox.ask(BUREAU, "status", about)).body["head"]
    register = await healthy_sandbox.ask(REGISTER, "portrait", about)
    assert (fund["code"], fund["reopens"]) == ("9001", "06:30")
    assert bureau["rst"] == "C1"
    assert register.status == 503
    for opens_at in (bureau["opens_at"], register.body["opens_at"]):
        opening = datetime.fromisoformat(opens_at)
        assert (opening.hour, opening.minute) == (6, 30)
        assert opening.utcoffset() == timedelta(hours=8)


def test_the_next_opening_is_today_before_the_hour_and_tomorrow_after() -> None:
    closed = Fault("closed")
    early, late = (datetime(2026, 11, 21, hour, tzinfo=CHINA) for hour in (3, 22))
    assert closed.opens_at(early) == datetime(2026, 11, 21, 8, tzinfo=CHINA)
    assert closed.opens_at(late) == datetime(2026, 11, 22, 8, tzinfo=CHINA)
