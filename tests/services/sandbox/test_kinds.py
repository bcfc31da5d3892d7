"""Residents of the sandbox with other documents, and what happens to people."""

import pytest

from identity import documents
from tests.support import faces
from tests.support.sandbox import Sandbox

REGISTER = "population-register"
OTHERS = ["hong-kong-macao-residence", "taiwan-residence", "foreign-permanent-resident"]


async def verdict(sandbox: Sandbox, **question: str) -> str:
    return (await sandbox.ask(REGISTER, "portrait", question)).body["verdict"]


async def test_a_document_the_register_does_not_keep_is_refused(sandbox: Sandbox) -> None:
    for kind in ("passport", "", "resident"):
        reply = await sandbox.send("POST", "/residents", json={"portrait": "", "kind": kind})
        assert (reply.status, reply.body["code"]) == (422, "sandbox-request-unreadable")


@pytest.mark.parametrize("kind", ["resident-id", *OTHERS])
async def test_a_fictional_number_is_one_of_its_kind(sandbox: Sandbox, kind: str) -> None:
    made = await sandbox.new_resident(
        faces.portrait(faces.OBAMA), kind=kind, sex="female", born="1990-02-28"
    )
    number = documents.parse(kind, made.number)
    assert (str(documents.born(number)), documents.is_male(number)) == ("1990-02-28", False)
    assert documents.name(made.name) == made.name
    known = {"name": made.name, "number": made.number}
    assert await verdict(sandbox, **known, kind=kind) == "match"
    assert await verdict(sandbox, **known) == "match"
    for other in {"resident-id", *OTHERS} - {kind}:
        assert await verdict(sandbox, **known, kind=other) == "unknown"


@pytest.mark.parametrize("kind", OTHERS)
async def test_the_offices_have_records_of_every_kind(sandbox: Sandbox, kind: str) -> None:
    made = await sandbox.new_resident(faces.portrait(faces.OBAMA), kind=kind, born="1984-08-04")
    question = {"name": made.name, "number": made.number}
    reply = await sandbox.ask("provident-fund", "account", question)
    assert reply.status == 200, reply.body


@pytest.mark.parametrize("name", ["买买提·艾力", "𠮷" * 50, "〇一", "Anna-Maria O'Neil"])
async def test_a_name_may_be_long_and_rare(sandbox: Sandbox, name: str) -> None:
    made = await sandbox.new_resident(faces.portrait(faces.OBAMA), name=name)
    assert made.name == name
    assert await verdict(sandbox, name=name, number=made.number) == "match"


async def test_people_are_changed_by_who_has_the_key_only(sandbox: Sandbox) -> None:
    made = await sandbox.new_resident(faces.portrait(faces.OBAMA))
    wanted = {"number": made.number, "deceased": True}
    reply = await sandbox.send("POST", "/control/residents", json=wanted)
    assert (reply.status, reply.body["code"]) == (403, "sandbox-control-denied")
    assert await verdict(sandbox, name=made.name, number=made.number) == "match"


async def test_nobody_unknown_dies(sandbox: Sandbox) -> None:
    headers = {"X-Control-Key": sandbox.secret("control").hex()}
    wanted = {"number": "11010519491231002X", "deceased": True}
    reply = await sandbox.send("POST", "/control/residents", json=wanted, headers=headers)
    assert (reply.status, reply.body["code"]) == (404, "sandbox-resident-missing")


async def test_the_register_follows_a_new_name_and_a_death(sandbox: Sandbox) -> None:
    made = await sandbox.new_resident(faces.portrait(faces.OBAMA))
    await sandbox.change(made.number, name="欧阳娜")
    assert await verdict(sandbox, name=made.name, number=made.number) == "name-differs"
    assert await verdict(sandbox, name="欧阳娜", number=made.number) == "match"
    for _ in range(2):
        await sandbox.change(made.number, deceased=True)
    assert await verdict(sandbox, name="欧阳娜", number=made.number) == "deceased"
    assert await verdict(sandbox, name=made.name, number=made.number) == "name-differs"
