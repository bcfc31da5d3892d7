"""The staff pages as the server draws them: the door, forged forms, roles, refusals, languages."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from identity.models import AuditEvent, StaffSession
from identity.staff.roles import Role
from identity.staff.sessions import IDLE
from mobile_ui.staff import site
from mobile_ui.staff.page import Page
from tests.support.cases import FUND, a_case, an_applicant
from tests.support.desk import Reader
from tests.support.http import Api
from tests.support.staff import PASSWORD, Colleague, code_again, room_of

PLAIN = [page for page in site.PAGES if "{" not in page.path and not page.door]


def path_of(page: Page) -> str:
    return page.path


@pytest.fixture(scope="module")
async def worker(api: Api) -> Colleague:
    return await room_of(api).hire(Role.CASEWORKER, region="4401", departments=[FUND])


@pytest.fixture(scope="module")
async def readers(api: Api) -> dict[Role, Reader]:
    """One of each role; signing in takes its time."""
    hired = {role: await room_of(api).hire(role, departments=[FUND]) for role in Role}
    return {role: await Reader.signed_in(api, one) for role, one in hired.items()}


@pytest.fixture
async def reader(api: Api, worker: Colleague) -> Reader:
    return await Reader.signed_in(api, worker)


async def test_one_signs_in_by_a_form_and_out_by_another(api: Api, worker: Colleague):
    one = Reader(api)
    sheet = await one.open()
    assert (sheet.status, sheet.address) == (200, "/desk/sign-in")
    given = {"login": worker.login, "password": PASSWORD}
    sheet = await one.submit("sign-in", **given, code="000000")
    assert (sheet.status, sheet.address) == (401, "/desk/sign-in") and sheet.said
    assert f'value="{worker.login}"' in sheet.text and PASSWORD not in sheet.text
    code = await code_again(worker)
    sheet = await one.submit("sign-in", **given, code=f"{code[:3]} {code[3:]}")
    assert (sheet.status, sheet.address) == (200, "/desk/cases")
    assert (await one.submit("leave", "/desk/leaving")).address == "/desk/sign-in"
    assert not one.cookies
    assert (await one.open("cases")).address == "/desk/sign-in"


async def test_a_session_that_is_over_leads_to_the_door(reader: Reader, worker: Colleague):
    await reader.open("cases")
    await StaffSession.filter(staff_id=worker.id).update(ended_at=datetime.now(UTC))
    sheet = await reader.submit("next", department="", region="")
    assert (sheet.status, sheet.address) == (200, "/desk/sign-in")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_a_form_of_another_site_is_forged(reader: Reader, origin: str):
    sheet = await reader.open("cases")
    sheet = await reader.send("/desk/cases", sheet.hidden("next"), Origin=origin)
    assert sheet.status == 403 and "form-token" not in sheet.text.partition("<main")[2]


async def test_a_form_without_its_token_or_with_anothers_is_forged(api: Api, reader: Reader):
    held = (await reader.open("cases")).hidden("next")
    other = await Reader.signed_in(api, await room_of(api).hire(Role.CASEWORKER))
    theirs = (await other.open("cases")).hidden("next")["form-token"]
    stranger = (await Reader(api).open("sign-in")).hidden("sign-in")["form-token"]
    for token in ("", "é", theirs, stranger):
        sheet = await reader.send("/desk/cases", {**held, "form-token": token})
        assert sheet.status == 403
    left = {name: value for name, value in held.items() if name != "form-token"}
    assert (await reader.send("/desk/cases", left)).status == 403


async def test_what_is_no_form_or_too_long_is_refused(reader: Reader):
    held = (await reader.open("cases")).hidden("next")
    sheet = await reader.send("/desk/cases", held, **{"Content-Type": "application/json"})
    assert sheet.status == 415
    assert (await reader.send("/desk/cases", {**held, "region": "4" * 70_000})).status == 413
    many = dict.fromkeys(map(str, range(3000)), "")
    assert (await reader.send("/desk/cases", {**held, **many})).status == 413
    asked = "&".join(f"{one}=1" for one in range(40))
    assert (await reader.open(f"cases?{asked}")).status == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 5000])
async def test_a_version_that_nobody_saw_decides_nothing(api: Api, reader: Reader, version: str):
    number = await a_case(api, await an_applicant(api))
    held = {**(await reader.open("cases")).hidden("next"), "act": "accept", "version": version}
    await reader.submit("take", number=number)
    assert (await reader.send(f"/desk/cases/{number}", held)).status in {409, 422}


@pytest.mark.parametrize("page", PLAIN, ids=path_of)
async def test_a_page_is_for_its_roles_and_leads_others_home(
    readers: dict[Role, Reader], page: Page
):
    for role, one in readers.items():
        sheet = await one.open(page.path.removeprefix("/desk/"))
        allowed = not page.roles or role in page.roles
        assert sheet.status == 200
        assert (sheet.address == page.path) is allowed, (role, sheet.address)


@pytest.mark.parametrize("page", site.PAGES, ids=path_of)
async def test_a_stranger_sees_the_door_and_nothing_else(api: Api, page: Page):
    path = re.sub(r"{\w+}", "ZB2611220000001", page.path)
    sheet = await Reader(api).open(path.removeprefix("/desk/"))
    if page.framed:  # the door stands in no frame
        assert sheet.status == 401 and 'href="/desk/sign-in" target="_top"' in sheet.text
    else:
        assert sheet.address == (page.path if page.door else "/desk/sign-in")


async def test_a_page_nobody_has_is_said_to_be_missing(reader: Reader):
    for page in ("nothing", "cases/", "cases/../jobs", "cases/ZB1/more", "a" * 300):
        sheet = await reader.open(page)
        assert sheet.status == 404 or sheet.address == "/desk/cases", page


async def test_no_page_holds_script_or_may_run_one(reader: Reader):
    sheet = await reader.open("cases")
    assert "<script" not in sheet.text
    policy = sheet.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert sheet.headers["Cache-Control"] == "no-store"
    assert sheet.headers["Referrer-Policy"] == "same-origin"  # or a form's Origin would be null


async def test_what_is_typed_is_text_and_never_markup(api: Api, reader: Reader):
    nasty = '"><script>alert(1)</script>'
    sheet = await reader.open("cases?region=%22%3E%3Cscript%3E")
    assert "<script" not in sheet.text
    one = Reader(api)
    await one.open("sign-in")
    sheet = await one.submit("sign-in", login=nasty, password="x", code="000000")
    assert "<script" not in sheet.text and "&lt;script&gt;" in sheet.text


async def test_only_what_a_page_can_say_of_itself_is_said(reader: Reader):
    assert (await reader.open("cases?done=case-approved")).said
    for done in ("closed", "nothing", "<b>"):
        assert not (await reader.open(f"cases?done={done}")).said


async def test_the_language_is_chosen_by_hand_and_kept(reader: Reader):
    assert '<html lang="zh-CN">' in (await reader.open("cases?view=late")).text
    sheet = await reader.submit("speak", "/desk/language")
    assert sheet.address == "/desk/cases?view=late" and '<html lang="en">' in sheet.text
    assert '<html lang="en">' in (await reader.open("cases")).text
    held = sheet.hidden("speak")
    for back in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/v1/services",
        "/desk/\r\nx",
    ):
        sheet = await reader.send("/desk/language", {**held, "back": back})
        assert sheet.address == "/desk/cases", back


async def test_the_browsers_language_is_heard_first(api: Api):
    one = Reader(api)
    assert '<html lang="en">' in (await one.open("sign-in", **{"Accept-Language": "en-GB"})).text
    assert '<html lang="zh-CN">' in (await one.open("sign-in", **{"Accept-Language": "fr"})).text


async def test_a_refusal_keeps_what_was_typed_and_does_nothing(api: Api, reader: Reader):
    number = await a_case(api, await an_applicant(api))
    sheet = await reader.open(f"cases/{number}")
    assert sheet.status == 403 and "领取" in sheet.text  # nobody reads what they have not taken
    sheet = await reader.submit("take")
    assert sheet.address == f"/desk/cases/{number}?done=case-taken" and sheet.said
    words = "夫妻名下另有住房"
    sheet = await reader.submit("refuse", words=words)
    assert sheet.status == 422 and sheet.said == "请至少选择一个理由"
    assert sheet.text.count(words) == 1  # in the form that was sent, and in no other
    reason = re.search(r'name="reasons" value="([\w-]+)"', sheet.text)
    assert reason
    sheet = await reader.submit("refuse", words=words, reasons=reason[1])
    assert "alertdialog" in sheet.text
    stale = {"words": words, "reasons": reason[1], "version": "1"}
    sheet = await reader.submit("refuse", **stale)
    assert sheet.status == 409 and sheet.said
    assert words in sheet.text


async def test_a_case_is_read_once_for_each_time_it_is_opened(api: Api, reader: Reader):
    """What its resident sees of us is what we did."""
    applicant = await an_applicant(api)
    number = await a_case(api, applicant)
    await reader.open("cases")
    await reader.submit("take", number=number)
    reads = AuditEvent.filter(resident_id=applicant.resident, event="case:read")
    assert await reads.count() == 1
    await reader.open(f"cases/{number}")
    assert await reads.count() == 2


async def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(api: Api):
    watching = [page for page in PLAIN if page.watching]
    assert watching
    for page in watching:
        one = await room_of(api).hire(*(page.roles or [Role.CLERK]), departments=[FUND])
        reader = await Reader.signed_in(api, one)
        then = datetime.now(UTC) - timedelta(minutes=20)
        mine = StaffSession.filter(staff_id=one.id)
        await mine.update(last_used_at=then)
        assert (await reader.open(page.path.removeprefix("/desk/"))).status == 200
        assert (await mine.get()).last_used_at == then


async def test_a_screen_nobody_touches_is_left_when_its_session_is_over(reader: Reader):
    seconds, _, where = (await reader.open("cases")).headers["refresh"].partition("; url=")
    assert int(seconds) > IDLE.total_seconds() and where == "/desk/leaving"
    assert "refresh" not in (await Reader(reader.api).open("sign-in")).headers
