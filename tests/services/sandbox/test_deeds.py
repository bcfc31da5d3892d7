"""What changes something at an office is done once for a key, whoever asks how often."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from tests.support import faces
from tests.support.sandbox import Sandbox, SandboxResident

FUND = "provident-fund"


@pytest.fixture(scope="module")
async def resident(sandbox: Sandbox) -> SandboxResident:
    return await sandbox.new_resident(faces.portrait(faces.ASTRONAUT), born="1985-03-05")


def wish(resident: SandboxResident, yuan: str = "100.00", **others: str) -> dict[str, str]:
    plain = {"name": resident.name, "number": resident.number, "key": str(uuid4())}
    return plain | {"TQYY": "07", "TQE": yuan} | others


async def balance(sandbox: Sandbox, resident: SandboxResident) -> str:
    about = {"name": resident.name, "number": resident.number}
    return (await sandbox.ask(FUND, "account", about)).body["data"]["GRZHYE"]


@pytest.mark.parametrize(
    "wrong", [{"key": "once"}, {"key": ""}, {"TQE": "1e3"}, {"TQE": "1.5"}, {"TQE": "-1.00"}]
)
async def test_a_wish_without_a_key_or_an_amount_changes_nothing(sandbox, resident, wrong):
    before = await balance(sandbox, resident)
    reply = await sandbox.ask(FUND, "withdrawal", wish(resident, **wrong))
    assert (reply.status, reply.body["code"]) == (400, "4001")
    assert await balance(sandbox, resident) == before


async def test_more_than_the_account_holds_is_not_paid_and_the_key_stays_free(sandbox, resident):
    key = str(uuid4())
    refused = (await sandbox.ask(FUND, "withdrawal", wish(resident, "99999999.00", key=key))).body
    assert (refused["data"]["BKYY"], refused["data"]["TQE"]) == ("A8", "0.00")
    done = (await sandbox.ask(FUND, "withdrawal", wish(resident, key=key))).body
    assert done["data"]["TQE"] == "100.00"


async def test_a_key_pays_once_and_answers_the_same_again(sandbox, resident):
    asked = wish(resident, "123.45")
    first, again = [(await sandbox.ask(FUND, "withdrawal", asked)).body for _ in range(2)]
    assert first["data"] == again["data"]
    assert first["data"]["GRZHYE"] == await balance(sandbox, resident)


async def test_two_who_ask_at_once_are_paid_once(sandbox, resident):
    before = await balance(sandbox, resident)
    asked = wish(resident, "1.00")
    replies = await asyncio.gather(*(sandbox.ask(FUND, "withdrawal", asked) for _ in range(6)))
    assert len({reply.body["data"]["TQDJH"] for reply in replies}) == 1
    assert Decimal(before) - Decimal(await balance(sandbox, resident)) == 1


async def test_two_keys_at_once_never_take_more_than_there_is(sandbox, resident):
    there = await balance(sandbox, resident)
    asked = [wish(resident, there) for _ in range(3)]
    replies = await asyncio.gather(*(sandbox.ask(FUND, "withdrawal", one) for one in asked))
    assert sorted(reply.body["data"]["BKYY"] for reply in replies) == ["", "A8", "A8"]
    assert await balance(sandbox, resident) == "0.00"


async def test_a_key_that_came_with_another_question_is_unreadable(sandbox, resident):
    asked = wish(await sandbox.new_resident(resident.portrait, born="1985-03-05"), "2.00")
    assert (await sandbox.ask(FUND, "withdrawal", asked)).status == 200
    reply = await sandbox.ask(FUND, "withdrawal", asked | {"TQE": "3.00"})
    assert (reply.status, reply.body["code"]) == (400, "4001")
