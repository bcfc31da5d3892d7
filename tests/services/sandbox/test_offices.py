"""Who may ask an office, and what a stranger, a replay or a changed question gets."""

import asyncio
import json
import time
from datetime import date

import pytest

from services.sandbox.signatures import WINDOW
from tests.support import faces
from tests.support.sandbox import BUREAU, Sandbox, SandboxResident

FUND, REGISTER = "provident-fund", "population-register"
QUESTIONS = ((REGISTER, "portrait"), (FUND, "account"), (BUREAU, "status"))
EVERY = pytest.mark.parametrize(("office", "path"), QUESTIONS)


@pytest.fixture(scope="module")
async def resident(sandbox: Sandbox) -> SandboxResident:
    return await sandbox.new_resident(faces.portrait(faces.ASTRONAUT), sex="female")


def about(resident: SandboxResident, **others: str) -> dict[str, str]:
    return {"name": resident.name, "number": resident.number, **others}


async def post(sandbox: Sandbox, route: str, raw: bytes, headers: dict[str, str]) -> int:
    return (await sandbox.send("POST", route, data=raw, headers=headers)).status


@EVERY
async def test_an_unsigned_question_is_refused(sandbox: Sandbox, office: str, path: str) -> None:
    reply = await sandbox.send("POST", f"/{office}/{path}", json={})
    assert reply.status == 401
    assert "unsigned" in reply.raw.decode()


@EVERY
async def test_a_signature_by_another_key_is_refused(
    sandbox: Sandbox, resident: SandboxResident, office: str, path: str
) -> None:
    raw, route = json.dumps(about(resident)).encode(), f"/{office}/{path}"
    headers = sandbox.signature(office, route, raw)
    other = Sandbox(sandbox.url, "another key", "", sandbox.http)
    forged = other.signature(office, route, raw)
    assert await post(sandbox, route, raw, forged) == 401
    assert await post(sandbox, route, raw, headers) == 200


@EVERY
async def test_a_changed_body_is_refused(
    sandbox: Sandbox, resident: SandboxResident, office: str, path: str
) -> None:
    route = f"/{office}/{path}"
    headers = sandbox.signature(office, route, json.dumps(about(resident)).encode())
    changed = json.dumps(about(resident, name="别人")).encode()
    assert await post(sandbox, route, changed, headers) == 401


async def test_a_signature_for_one_path_does_not_open_another(
    sandbox: Sandbox, resident: SandboxResident
) -> None:
    raw = json.dumps(about(resident)).encode()
    headers = sandbox.signature(FUND, "/provident-fund/records", raw)
    assert await post(sandbox, "/provident-fund/account", raw, headers) == 401


@EVERY
@pytest.mark.parametrize("seconds", [-WINDOW - 5, WINDOW + 60])
async def test_a_timestamp_outside_the_window_is_refused(
    sandbox: Sandbox, resident: SandboxResident, office: str, path: str, seconds: int
) -> None:
    raw, route = json.dumps(about(resident)).encode(), f"/{office}/{path}"
    headers = sandbox.signature(office, route, raw, timestamp=str(int(time.time()) + seconds))
    assert await post(sandbox, route, raw, headers) == 401


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "9" * 30])
async def test_a_timestamp_that_is_no_time_is_refused(sandbox: Sandbox, timestamp: str) -> None:
    headers = sandbox.signature(FUND, "/provident-fund/account", b"{}", timestamp=timestamp)
    assert await post(sandbox, "/provident-fund/account", b"{}", headers) == 401


@EVERY
async def test_a_question_sent_again_is_refused(
    sandbox: Sandbox, resident: SandboxResident, office: str, path: str
) -> None:
    raw, route = json.dumps(about(resident)).encode(), f"/{office}/{path}"
    headers = sandbox.signature(office, route, raw)
    tries = await asyncio.gather(*(post(sandbox, route, raw, headers) for _ in range(5)))
    assert sorted(tries) == [200, 401, 401, 401, 401]


@EVERY
async def test_an_unknown_app_is_refused(sandbox: Sandbox, office: str, path: str) -> None:
    route = f"/{office}/{path}"
    headers = sandbox.signature(office, route, b"{}", app="somebody")
    assert await post(sandbox, route, b"{}", headers) == 401


@EVERY
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"number": 1}', b'{"name": "x"}', b"[" * 9999])
async def test_a_signed_question_that_is_no_question_is_answered_400(
    sandbox: Sandbox, office: str, path: str, raw: bytes
) -> None:
    route = f"/{office}/{path}"
    assert await post(sandbox, route, raw, sandbox.signature(office, route, raw)) == 400


async def test_a_number_nobody_has_is_unknown_everywhere(sandbox: Sandbox) -> None:
    # 11010519491231002X is GB 11643's own example
    nobody = {"name": "张三", "number": "11010519491231002X"}
    assert (await sandbox.ask(REGISTER, "portrait", nobody)).body == {"verdict": "unknown"}
    assert (await sandbox.ask(FUND, "account", nobody)).body["code"] == "2001"
    assert (await sandbox.ask(BUREAU, "status", nobody)).body["head"]["rst"] == "N1"


async def test_another_name_is_told_apart_from_an_unknown_number(
    sandbox: Sandbox, resident: SandboxResident
) -> None:
    other = about(resident, name="欧阳别人")
    assert (await sandbox.ask(REGISTER, "portrait", other)).body == {"verdict": "name-differs"}
    assert (await sandbox.ask(FUND, "account", other)).body["code"] == "2002"
    assert (await sandbox.ask(BUREAU, "status", other)).body["head"]["rst"] == "N2"


async def test_a_child_has_no_account_yet(sandbox: Sandbox) -> None:
    born = date.today().replace(year=date.today().year - 9, day=1).isoformat()
    child = await sandbox.new_resident(faces.portrait(faces.ASTRONAUT), born=born)
    assert (await sandbox.ask(FUND, "account", about(child))).body["code"] == "2001"
    assert (await sandbox.ask(BUREAU, "status", about(child))).body["head"]["rst"] == "N1"
    assert (await sandbox.ask(REGISTER, "portrait", about(child))).body["verdict"] == "match"


@pytest.mark.parametrize("months", [("2026-13", "2026-01"), ("26-1", "2026-01"), (None, "2026-01")])
async def test_months_that_are_no_months_are_answered_400(
    sandbox: Sandbox, resident: SandboxResident, months: tuple[str, str]
) -> None:
    question = about(resident) | dict(zip(("from", "to"), months, strict=True))
    fund = await sandbox.ask(FUND, "records", question)
    bureau = await sandbox.ask(BUREAU, "contributions", question)
    assert (fund.status, fund.body["code"]) == (400, "4001")
    assert (bureau.status, bureau.body["head"]["rst"]) == (400, "P1")
