"""What genuine questions get: the offices' own field codes, agreeing with each other."""

import asyncio
import base64
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from tests.support import faces
from tests.support.sandbox import BUREAU, Sandbox, SandboxResident

FUND, REGISTER = "provident-fund", "population-register"
ALWAYS = {"from": "1999-01", "to": "2099-12"}


@pytest.fixture(scope="module")
async def resident(sandbox: Sandbox) -> SandboxResident:
    portrait = faces.portrait(faces.OBAMA)
    return await sandbox.new_resident(portrait, sex="male", born="1985-08-04")


@pytest.fixture(scope="module")
def about(resident: SandboxResident) -> dict[str, str]:
    return {"name": resident.name, "number": resident.number}


def photo(picture: bytes) -> dict[str, str]:
    return {"photo": base64.b64encode(picture).decode()}


async def verdict(sandbox: Sandbox, question: dict[str, str]) -> Any:
    reply = await sandbox.ask(REGISTER, "comparison", question)
    return reply.body.get("verdict", reply.status)


async def test_another_face_differs(sandbox: Sandbox, about: dict[str, str]) -> None:
    other = faces.portrait(faces.BIDEN)
    assert await verdict(sandbox, about | photo(other)) == "face-differs"


async def test_a_picture_without_a_face_differs(sandbox: Sandbox, about: dict[str, str]) -> None:
    assert await verdict(sandbox, about | photo(faces.no_face())) == "face-differs"


async def test_the_same_person_in_another_photograph_matches(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    again = faces.portrait(faces.OBAMA_THIRD)
    assert await verdict(sandbox, about | photo(again)) == "match"


async def test_the_right_face_with_another_name_does_not_match(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    same = photo(faces.portrait(faces.OBAMA))
    assert await verdict(sandbox, about | same | {"name": "欧阳别人"}) == "name-differs"


@pytest.mark.parametrize("picture", [b"", b"not a picture", faces.pixel_bomb()])
async def test_what_is_no_photograph_is_answered_400(
    sandbox: Sandbox, about: dict[str, str], picture: bytes
) -> None:
    question = about | photo(picture)
    assert (await sandbox.ask(REGISTER, "comparison", question)).status == 400


async def test_the_register_gives_the_portrait_it_was_given(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    body = (await sandbox.ask(REGISTER, "portrait", about)).body
    portrait = base64.b64decode(body["portrait"])
    with Image.open(io.BytesIO(portrait)) as image:
        assert (image.format, max(image.size)) == ("JPEG", 640)
    assert await verdict(sandbox, about | photo(portrait)) == "match"


async def test_the_fund_balance_is_the_sum_of_its_records(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    account = (await sandbox.ask(FUND, "account", about)).body["data"]
    records = (await sandbox.ask(FUND, "records", about | ALWAYS)).body["data"]
    assert account["GRZH"] == records["GRZH"]
    amounts = [Decimal(row["FSE"]) for row in records["MXLB"]]
    assert Decimal(account["GRZHYE"]) == sum(amounts) == Decimal(records["MXLB"][-1]["GRZHYE"])
    carried, fresh = Decimal(account["GRZHSNJZYE"]), Decimal(account["GRZHDNGJYE"])
    assert carried + fresh == Decimal(account["GRZHYE"])


async def test_fund_records_are_those_of_the_months_asked_for(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    question = about | {"from": "2020-01", "to": "2020-12"}
    rows = (await sandbox.ask(FUND, "records", question)).body["data"]["MXLB"]
    days = [date.fromisoformat(row["JZRQ"]) for row in rows]
    assert days == sorted(days)
    assert {day.year for day in days} == {2020}
    assert [row["JZRQ"] for row in rows if row["GJHTQYWLX"] == "09"] == ["2020-06-30"]


async def test_months_asked_for_backwards_hold_nothing(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    question = about | {"from": "2020-12", "to": "2020-01"}
    assert (await sandbox.ask(FUND, "records", question)).body["data"]["MXLB"] == []
    assert (await sandbox.ask(BUREAU, "contributions", question)).body["body"]["rows"] == []


async def test_the_bureau_counts_the_months_it_lists(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    status = (await sandbox.ask(BUREAU, "status", about)).body["body"]
    listed = (await sandbox.ask(BUREAU, "contributions", about | ALWAYS)).body["body"]
    assert status["AAC001"] == listed["AAC001"]
    assert listed["total"] == len(listed["rows"])
    for kind in status["kinds"]:
        rows = [row for row in listed["rows"] if row["AAE140"] == kind["AAE140"]]
        assert kind["AAE202"] == len(rows)
        assert kind["AAE180"] == rows[-1]["AAE180"]


async def test_the_same_question_has_the_same_answer(
    sandbox: Sandbox, about: dict[str, str]
) -> None:
    asked = await asyncio.gather(*(sandbox.ask(FUND, "records", about | ALWAYS) for _ in range(4)))
    assert len({reply.raw for reply in asked}) == 1
