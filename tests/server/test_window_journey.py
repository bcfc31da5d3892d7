"""Verified wholly without a face: three members of staff in their browsers, and a device."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from identity import consent
from tests.support import faces
from tests.support.house import ROOT, House, until
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.staff_pages import Worker, a_browser, first_administrator

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PICTURES = ROOT / "build" / "screenshots"
CONSENT = {"purpose": consent.WINDOW, "version": consent.VERSIONS[consent.WINDOW]}


@pytest.fixture(scope="module")
def one_house(packages: Path, mortal: House) -> House:
    """A house whose web workers may be killed."""
    return mortal


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def resident_of(one: House, http: aiohttp.ClientSession) -> SandboxResident:
    keys = dict(
        line.split("=", 1) for line in (one.data / "keys.env").read_text().splitlines() if line
    )
    sandbox = Sandbox(one.sandbox_url, keys["SANDBOX_KEY"], "", http)
    made = await sandbox.new_resident(faces.portrait(faces.OBAMA))
    personal(made.name), personal(made.number)
    return made


async def post(http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> tuple[int, Any]:
    async with http.post(url, json=body) as answer:
        return answer.status, await answer.json()


async def hire(boss: Worker, login: str, name: str, role: str, document: str) -> str:
    """A new account by the administrator's page; the one-time password it shows once."""
    await boss.fill("账号", login)
    await boss.fill("姓名", name)
    await boss.page.get_by_label(role).check()
    await boss.page.get_by_label("本人证件种类").select_option("passport")
    await boss.page.get_by_label("签发国家").fill("CN")
    await boss.page.get_by_label("证件号码").fill(document)
    await boss.press("新建")
    one_time = await boss.page.inner_text(".secret")
    await boss.picture("one-time")
    assert not await boss.barriers()
    await boss.page.get_by_role("link", name="我已记下").click()
    assert one_time not in await boss.page.content()
    return one_time.strip()


async def test_two_members_of_staff_verify_a_resident_without_a_face(
    one_house: House, http: aiohttp.ClientSession
) -> None:
    async with a_browser() as browser:
        boss, clerk, supervisor = [
            await Worker.at(browser, one_house.url, pictures=PICTURES) for _ in range(3)
        ]
        await boss.open()
        await boss.picture("sign-in")
        assert not await boss.barriers()
        await boss.set_up("boss", await first_administrator(one_house, "boss"))
        await boss.page.wait_for_selector("tbody tr")
        first = await hire(boss, "chen.jing", "陈静", "窗口人员", "E10000001")
        second = await hire(boss, "he.yong", "何勇", "复核人员", "E10000002")
        await boss.page.locator("tbody tr").nth(2).wait_for()
        await boss.picture("accounts")
        assert not await boss.barriers()
        await clerk.set_up("chen.jing", first)
        await supervisor.set_up("he.yong", second)
        await supervisor.queue.locator(".empty").wait_for()
        await supervisor.picture("waiting")

        person = await resident_of(one_house, http)
        root = f"{one_house.url}/v1/window-requests"
        device = f"device-{uuid4().hex}"
        status, asked = await post(http, root, {"device": device, "consent": CONSENT})
        assert status == 201, asked
        await at_the_window(clerk, asked["code"], person)
        await confirmed(supervisor, person)

        for worker in one_house.web_workers():
            worker.kill()
        await asyncio.to_thread(until, one_house.answers, "the web to be back")
        body = {"secret": asked["secret"], "device": device}
        status, done = await post(http, f"{root}/{asked['id']}/tokens", body)
        assert status == 200, done
        personal(done["access_token"]), personal(done["refresh_token"])
        assert (done["acr"], done["resident"]["proofed"]) == ("3", 5)
        status, again = await post(http, f"{root}/{asked['id']}/tokens", body)
        assert (status, again["code"]) == (409, "window-tokens-fetched")
        headers = {"Authorization": f"Bearer {done['access_token']}"}
        async with http.get(f"{one_house.url}/v1/me/activity", headers=headers) as answer:
            events = {row["event"] for row in (await answer.json())["events"]}
        assert {"window:checked", "window:confirmed", "identity:verified"} <= events
        wish = {"field": "other", "wanted": "请更正一处"}
        async with http.post(
            f"{one_house.url}/v1/me/corrections", json=wish, headers=headers
        ) as answer:
            assert answer.status == 201, await answer.text()
        await decided(supervisor, "请更正一处")
        await dismissed(boss, "he.yong")
        assert not [one.complaints for one in (boss, clerk, supervisor) if one.complaints]


async def at_the_window(clerk: Worker, code: str, person: SandboxResident) -> None:
    """By keyboard alone: a code that is wrong, the right one, a slip, and the document."""
    page = clerk.page
    shown = page.get_by_label("窗口码")
    await clerk.reach(shown)
    await page.keyboard.type("2222-2222")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".message--fault:focus")
    assert await shown.input_value() == "2222-2222"
    await clerk.picture("code-unknown")
    assert not await clerk.barriers()
    await clerk.reach(shown)
    await page.keyboard.type(f"{code[:4]}-{code[4:]}".lower())
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".input--number")
    number, name = page.get_by_label("证件号码"), page.get_by_label("姓名")
    await clerk.reach(number)
    await page.keyboard.type(person.number)
    await clerk.reach(name)
    await page.keyboard.type("别的名字")
    await page.keyboard.press("Enter")
    await page.get_by_text("姓名与人口登记不一致").wait_for()
    assert await number.input_value() == person.number
    await clerk.picture("document")
    assert not await clerk.barriers()
    assert not await clerk.overflows()
    await clerk.reach(name)
    await page.keyboard.type(person.name)
    await page.keyboard.press("Enter")
    await page.get_by_text("已提交复核").wait_for()
    await clerk.queue.get_by_text("等同事确认").wait_for()
    await clerk.picture("submitted")


async def confirmed(supervisor: Worker, person: SandboxResident) -> None:
    """The second person finds the request in the list, compares and agrees."""
    page = supervisor.page
    await supervisor.hold_still()
    await supervisor.queue.get_by_role("link", name="查看并确认").wait_for()
    await supervisor.page.goto(f"{supervisor.url}/desk/window/queue?still=yes")
    assert not await supervisor.barriers()
    assert not await supervisor.overflows()
    await supervisor.open("window")
    await supervisor.queue.get_by_role("link", name="查看并确认").click()
    await page.wait_for_selector(".facts__number")
    assert await page.inner_text(".facts__number") == person.number
    assert await page.inner_text(".facts__name") == person.name
    await supervisor.picture("compare")
    assert not await supervisor.barriers()
    await supervisor.press("与证件一致，确认")
    await page.get_by_text("已确认", exact=True).wait_for()


async def decided(supervisor: Worker, wish: str) -> None:
    """A correction from the supervisor's list to its decision."""
    await supervisor.page.get_by_role("link", name="更正申请").click()
    await supervisor.page.get_by_text(wish).wait_for()
    await supervisor.picture("corrections")
    assert not await supervisor.barriers()
    await supervisor.page.get_by_label("决定").select_option("declined not-shown")
    await supervisor.press("决定")
    await supervisor.page.get_by_text("已决定").wait_for()
    await supervisor.page.get_by_text("现在没有待办的更正。").wait_for()


async def dismissed(boss: Worker, login: str) -> None:
    """Other departments for one of the accounts; then it is stopped, which is asked about first."""
    await boss.page.get_by_role("link", name="账号", exact=True).click()
    await boss.page.get_by_role("link", name=f"部门 {login}").click()
    await boss.page.get_by_role("heading", name=f"{login} 的部门").wait_for()
    await boss.picture("departments")
    assert not await boss.barriers()
    await boss.page.get_by_role("checkbox").first.check()
    await boss.press("保存")
    await boss.page.get_by_text("部门已更改").wait_for()
    row = boss.page.get_by_role("row", name=login)
    assert "未指定" not in await row.inner_text()
    await row.get_by_role("button", name=f"停用 {login}").click()
    await boss.page.get_by_role("alertdialog", name=f"停用 {login}？").wait_for()
    await boss.picture("sure")
    assert not await boss.barriers()
    await boss.page.get_by_role("link", name="取消").click()
    assert "已停用" not in await row.inner_text()
    await row.get_by_role("button", name=f"停用 {login}").click()
    await boss.press("停用")
    await boss.page.get_by_role("status").get_by_text("已停用").wait_for()
    assert "已停用" in await row.inner_text()
    assert not await boss.overflows()


async def test_an_operator_sees_how_often_it_was_attacked(one_house: House) -> None:
    async with a_browser() as browser:
        boss, operator = [
            await Worker.at(browser, one_house.url, pictures=PICTURES) for _ in range(2)
        ]
        await boss.set_up("head", await first_administrator(one_house, "head"))
        one_time = await hire(boss, "zhou.min", "周敏", "安全值守", "E10000003")
        await operator.set_up("zhou.min", one_time)
        await operator.open("attacks")
        await operator.page.get_by_role("heading", name="警报").wait_for()
        await operator.picture("attacks")
        assert not await operator.barriers()
        assert not boss.complaints and not operator.complaints


async def test_the_pages_speak_english_and_say_when_a_session_is_over(
    one_house: House,
) -> None:
    async with a_browser() as browser:
        boss = await Worker.at(browser, one_house.url)
        await boss.set_up("chief", await first_administrator(one_house, "chief"))
        await boss.page.get_by_role("button", name="English").click()
        assert await boss.page.inner_text("h1") == "Accounts"
        assert await boss.page.get_attribute("html", "lang") == "en"
        assert not await boss.barriers()
        await boss.page.get_by_role("link", name="My password").click()
        await boss.fill("Current password", "x")
        await boss.fill("New password", "another sentence")
        await boss.fill("Once more", "another sentence, not the same")
        await boss.press("Change")
        await boss.page.get_by_text("The two passwords differ").wait_for()
        await elsewhere_signed_out(boss)
        await boss.fill("Current password", "x")
        await boss.fill("New password", "another sentence")
        await boss.fill("Once more", "another sentence")
        await boss.press("Change")
        await boss.page.wait_for_url("**/desk/sign-in")
        assert await boss.page.inner_text("h1") == "Sign in"


async def elsewhere_signed_out(worker: Worker) -> None:
    """The session is ended, and this browser was not told."""
    context = worker.page.context
    cookies = await context.cookies()
    other = await context.new_page()
    await other.goto(f"{worker.url}/desk/")
    await other.get_by_role("button", name="Sign out").click()
    await other.wait_for_url("**/desk/sign-in")
    await other.close()
    await context.add_cookies(cookies)  # type: ignore[arg-type]
