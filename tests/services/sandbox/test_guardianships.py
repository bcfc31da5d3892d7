"""Who the register names as somebody's guardian: a yes or a no, and never why not."""

from collections.abc import Mapping

import asyncpg
import pytest

from tests.support import faces
from tests.support.sandbox import Sandbox, SandboxResident

REGISTER = "population-register"


async def somebody(sandbox: Sandbox, **details: str) -> SandboxResident:
    return await sandbox.new_resident(faces.portrait(faces.OBAMA), **details)


async def asked(
    sandbox: Sandbox, ward: SandboxResident, guardian: SandboxResident, **changed: str
) -> Mapping[str, object]:
    question = {
        "name": ward.name,
        "number": ward.number,
        "guardian_name": guardian.name,
        "guardian_number": guardian.number,
    }
    reply = await sandbox.ask(REGISTER, "guardianship", question | changed)
    return {"status": reply.status, **reply.body}


async def test_only_the_guardian_on_record_is_one(healthy_sandbox: Sandbox) -> None:
    parent, stranger = await somebody(healthy_sandbox), await somebody(healthy_sandbox)
    child = await somebody(healthy_sandbox, born="2016-05-01", guardian=parent.number)
    assert await asked(healthy_sandbox, child, parent) == {"status": 200, "guardian": True}
    no = {"status": 200, "guardian": False}
    assert await asked(healthy_sandbox, child, stranger) == no
    assert await asked(healthy_sandbox, parent, child) == no
    assert await asked(healthy_sandbox, child, parent, name="别人") == no
    assert await asked(healthy_sandbox, child, parent, guardian_name="别人") == no
    assert await asked(healthy_sandbox, child, parent, number="11010519491231002X") == no


@pytest.mark.parametrize("field", ["name", "number", "guardian_name", "guardian_number"])
async def test_a_question_that_lacks_a_field_is_unreadable(
    healthy_sandbox: Sandbox, field: str
) -> None:
    parent = await somebody(healthy_sandbox)
    child = await somebody(healthy_sandbox, guardian=parent.number)
    assert (await asked(healthy_sandbox, child, parent, **{field: " "}))["status"] == 400


async def test_a_guardian_must_be_somebody_here(healthy_sandbox: Sandbox) -> None:
    wanted = {"portrait": "eA==", "guardian": "11010519491231002X"}
    reply = await healthy_sandbox.send("POST", "/residents", json=wanted)
    assert (reply.status, reply.body["code"]) == (422, "sandbox-guardian-unknown")


async def test_a_guardian_who_is_gone_is_none(healthy_sandbox: Sandbox) -> None:
    parent = await somebody(healthy_sandbox)
    child = await somebody(healthy_sandbox, guardian=parent.number)
    await healthy_sandbox.delete(parent)
    assert (await asked(healthy_sandbox, child, parent))["guardian"] is False


async def test_no_number_is_kept_readable(healthy_sandbox: Sandbox) -> None:
    parent = await somebody(healthy_sandbox)
    child = await somebody(healthy_sandbox, guardian=parent.number)
    connection = await asyncpg.connect(healthy_sandbox.database_url)
    try:
        rows = await connection.fetch("SELECT * FROM sandbox_guardianship")
    finally:
        await connection.close()
    kept = str([dict(row) for row in rows])
    assert rows and parent.number not in kept and child.number not in kept
