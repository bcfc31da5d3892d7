"""The pages of window, records, corrections and accounts, as a browser without script has them."""

import re

import pytest

from identity import documents
from identity.corrections import REASONS_DECLINED, REASONS_MADE
from identity.models import AuditEvent, StaffAccount
from identity.record_changes.papers import REASONS
from identity.staff.roles import Role
from mobile_ui.staff.drawing import Frame, draw, refusal
from mobile_ui.staff.page import Refused, Visit
from mobile_ui.staff.rooms import accounts, corrections, papers, records, window
from mobile_ui.staff.words import in_words
from tests.api.test_staff_corrections import asked
from tests.api.test_staff_record_changes import admitted, two_records
from tests.support.desk import Reader, Sheet
from tests.support.http import Api
from tests.support.staff import PASSWORD, room_of

NOBODYS = "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b"
REFRESH = '<meta http-equiv="refresh"'
SECRET = re.compile(r'<code class="secret[^"]*">([^<]+)</code>')


async def reader(api: Api, *roles: Role, region: str = "44") -> Reader:
    return await Reader.signed_in(api, await room_of(api).hire(*roles, region=region))


@pytest.fixture
async def boss(api: Api) -> Reader:
    return await reader(api, Role.ADMINISTRATOR)


async def made(boss: Reader, login: str, **others: object) -> Sheet:
    """The form of a new account, sent."""
    await boss.open("accounts")
    wanted = {"login": login, "name": "陈静", "roles": ["operator"], "region": "44"}
    return await boss.submit("create", **{**wanted, **others})


def test_what_can_be_chosen_is_what_there_is():
    assert set(papers.DOCUMENTS) == set(documents.KINDS)
    assert set(accounts.ROLES) == set(Role)
    assert corrections.REASONS == {"made": REASONS_MADE, "declined": REASONS_DECLINED}
    offered = records.REASONS
    assert offered == REASONS


def test_a_queue_that_is_refused_says_so_in_its_frame_and_asks_again():
    async def nobody(*_asked: object) -> None: ...

    visit = Visit(nobody, in_words("en"), "en", "/desk/window/queue")
    shown = refusal(window.queue, Refused("The house is busy", "Try again"))
    text = draw(Frame("/files/", ""), visit, window.queue, shown)
    assert "The house is busy" in text and REFRESH in text
    assert "autofocus" not in text  # somebody is typing beside it


async def test_a_refused_account_is_not_made_and_keeps_what_was_typed(boss: Reader):
    sheet = await made(boss, "tang.wei", roles=["operator", "partnerships"], region="31")
    assert sheet.status >= 400 and sheet.said
    for kept in ('value="tang.wei"', 'value="陈静"', 'value="31"'):
        assert kept in sheet.text
    assert re.findall(r'name="roles" value="([\w-]+)" checked', sheet.text) == [
        "operator",
        "partnerships",
    ]
    sheet = await made(boss, "tang.wei", roles=[])
    assert sheet.status == 422 and sheet.said == "请至少选择一个角色"
    assert not await StaffAccount.filter(login="tang.wei").exists()


async def test_a_one_time_password_is_shown_once(boss: Reader):
    sheet = await made(boss, "tang.li")
    first = SECRET.findall(sheet.text)[0]
    assert sheet.headers["Cache-Control"] == "no-store"
    sheet = await boss.open("accounts")
    assert "tang.li" in sheet.text and first not in sheet.text
    sheet = await boss.submit("reset")
    assert 'role="alertdialog"' in sheet.text and "重置 tang.li？" in sheet.text
    second = SECRET.findall((await boss.submit("reset")).text)[0]
    assert second != first


async def test_an_account_of_another_region_has_no_page(api: Api, boss: Reader):
    far = await room_of(api).hire(Role.OPERATOR, region="31")
    sheet = await boss.open(f"accounts/{far.id}/departments")
    assert sheet.status == 422 and far.login not in sheet.text


async def test_a_password_is_changed_only_with_the_present_one(api: Api):
    one = await room_of(api).hire(Role.OPERATOR)
    page = await Reader.signed_in(api, one)
    await page.open("password")
    wanted = {"wanted": "another long sentence", "again": "another long sentence"}
    sheet = await page.submit("change", present="not this one", **wanted)
    assert sheet.status >= 400 and sheet.said
    assert "not this one" not in sheet.text and wanted["again"] not in sheet.text
    sheet = await page.submit("change", present=PASSWORD, **{**wanted, "again": "a slip"})
    assert sheet.status == 422 and sheet.said == "两次输入的密码不一样"
    sheet = await page.submit("change", present=PASSWORD, **wanted)
    assert sheet.address == "/desk/password?done=changed" and sheet.said


@pytest.mark.parametrize("room", ["window", "records"])
async def test_a_queue_stands_in_our_own_frames_and_can_be_held_still(api: Api, room: str):
    page = await reader(api, Role.CLERK)
    beside = await page.open(room)
    assert f'<iframe class="queue" src="/desk/{room}/queue"' in beside.text
    assert not beside.refreshes  # it would take away what is being typed
    sheet = await page.open(f"{room}/queue")
    policy = sheet.headers["Content-Security-Policy"]
    assert sheet.refreshes and policy.endswith("frame-ancestors 'self'")
    assert not (await page.open(f"{room}/queue?still=yes")).refreshes


@pytest.mark.parametrize("page", ["window/{}", "window/{}/document", "records/{}"])
@pytest.mark.parametrize("named", ["nonsense", NOBODYS])
async def test_what_nobody_asked_for_is_said_to_be_missing(api: Api, page: str, named: str):
    one = await reader(api, Role.CLERK)
    sheet = await one.open(page.format(named))
    assert sheet.status in {404, 422} and sheet.said


async def test_only_opening_a_proposal_reads_its_residents(api: Api):
    """Each reading is shown to them, so choosing, waiting and refreshing must not be one."""
    stays, goes = await two_records(api)
    resident = await admitted(api, stays)
    reads = AuditEvent.filter(resident_id=resident, event="record:read")
    clerk, supervisor = await reader(api, Role.CLERK), await reader(api, Role.SUPERVISOR)
    typed = {
        f"{role}-{name}": value
        for role, number in (("stays", stays), ("goes", goes))
        for name, value in (("document_type", number.kind), ("id_number", number.value))
    }
    await clerk.open("records?kind=merge")
    slip = {**typed, "goes-id_number": stays.value, "goes-document_type": stays.kind}
    sheet = await clerk.submit("propose", **slip, reason="one-person")
    assert sheet.status == 409 and sheet.said
    assert sheet.text.count(f'value="{stays.value}"') == 2
    country = {"stays-country": "FR"}  # typed for a card, which has none
    sheet = await clerk.submit("propose", **typed, **country, reason="one-person")
    assert sheet.address == "/desk/records?kind=merge&done=proposed" and sheet.said
    for page in ("records", "records?kind=split", "records?kind=nonsense", "records/queue"):
        assert (await supervisor.open(page)).status == 200
    assert await reads.count() == 0
    address = re.findall(r'href="/desk/(records/[\w-]{36})"', supervisor.last.text)[0]
    sheet = await supervisor.open(address)
    assert stays.value in sheet.text and goes.value in sheet.text
    assert await reads.count() == 1
    sheet = await supervisor.submit("refuse")
    assert 'role="alertdialog"' in sheet.text and stays.value not in sheet.text
    assert await reads.count() == 1
    sheet = await supervisor.submit("refuse")
    assert sheet.address == "/desk/records?done=change-refused" and sheet.said
    assert (await supervisor.open(address)).status >= 400


async def test_corrections_are_never_asked_for_by_themselves(api: Api):
    """Each look at them is told to the residents who stand in them."""
    signed, named = await asked(api, "other", "请更正一处")
    page = await reader(api, Role.SUPERVISOR)
    sheet = await page.open("corrections")
    assert "请更正一处" in sheet.text and not sheet.refreshes
    sheet = await page.submit("decide", key=named, decision="made already-right")
    assert sheet.status == 422 and sheet.said
    chosen = re.findall(r'<option value="([^"]+)" selected', sheet.text)
    assert not [one for one in chosen if one]  # what no list offers is not kept
    sheet = await page.submit("decide", key=named, decision="declined not-shown")
    assert sheet.address == "/desk/corrections?done=decided" and "请更正一处" not in sheet.text
    (own,) = (await api.get("/v1/me/corrections", signed.access)).body["corrections"]
    assert own["state"] == "declined"
