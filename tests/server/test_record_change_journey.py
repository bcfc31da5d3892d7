"""In real browsers: two members of staff merge two residents' records, and give one a new name."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from playwright.async_api import Browser

from identity import consent
from tests.support import journey
from tests.support.house import ROOT, House
from tests.support.log_capture import personal
from tests.support.sandbox import SandboxResident
from tests.support.staff_pages import Worker, a_browser
from tests.support.window_staff import Colleague, Window, at_work

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PICTURES = ROOT / "build" / "screenshots"
CONSENT = {"purpose": consent.WINDOW, "version": consent.VERSIONS[consent.WINDOW]}


@pytest.fixture(scope="module")
def one_house(running_house: House) -> House:
    """The house of the run: nobody else proposes changes of records in it."""
    return running_house


@pytest.fixture
async def http(one_house: House) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(one_house.url) as session:
        yield session


async def verified(http: aiohttp.ClientSession, window: Window, one: SandboxResident) -> str:
    """At a window, over HTTP; an access token."""
    device = f"device-{uuid4().hex}"
    asked = await post(http, "/v1/window-requests", {"device": device, "consent": CONSENT})
    await window.serve(asked["code"], one.name, one.number)
    body = {"secret": asked["secret"], "device": device}
    done = await post(http, f"/v1/window-requests/{asked['id']}/tokens", body)
    return personal(str(done["access_token"]))


async def post(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> Any:
    async with http.post(path, json=body) as answer:
        said = await answer.json()
        assert answer.status < 300, said
        return said


async def get(http: aiohttp.ClientSession, path: str, token: str) -> tuple[int, Any]:
    async with http.get(path, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status, await answer.json()


async def at_the_screen(browser: Browser, one_house: House, one: Colleague) -> Worker:
    """The page of records, signed in as this colleague."""
    worker = await Worker.at(browser, one_house.url, pictures=PICTURES)
    cookies = [
        {"name": one.key, "value": one.value, "url": one_house.url} for one in one.http.cookie_jar
    ]
    await worker.page.context.add_cookies(cookies)  # type: ignore[arg-type]
    await worker.open("records")
    await worker.page.get_by_role("heading", name="档案变更").wait_for()
    return worker


async def merge_proposed(clerk: Worker, stays: str, goes: str) -> None:
    """By keyboard alone, with a slip in the second number at first."""
    page, keyboard = clerk.page, clerk.page.keyboard
    numbers, why = page.get_by_label("证件号码"), page.get_by_label("理由")
    for place in (0, 1):
        await clerk.reach(numbers.nth(place))
        await keyboard.type(stays)
    await clerk.reach(why)
    await keyboard.press("ArrowDown")  # the first reason
    await clerk.reach(page.get_by_role("button", name="提议，交同事确认"))
    await keyboard.press("Enter")
    await page.get_by_text("这些证件不能这样变更").wait_for()
    assert [await one.input_value() for one in await numbers.all()] == [stays, stays]
    assert await why.input_value() == "one-person"
    await clerk.picture("record-not-possible")
    assert not await clerk.barriers()
    await clerk.reach(page.get_by_role("group", name="并入的档案").get_by_label("证件号码"))
    await keyboard.type(goes)
    await keyboard.press("Enter")
    await page.get_by_text("已提议").wait_for()
    await clerk.queue.get_by_text("等同事确认").wait_for()
    await clerk.picture("record-proposed")
    assert not await clerk.barriers()
    assert not await clerk.overflows()


async def confirmed(supervisor: Worker, *shown: str) -> None:
    """The second person compares what is shown with the papers, by keyboard."""
    page = supervisor.page
    link = supervisor.queue.get_by_role("link", name="查看并确认", exact=True)
    await link.wait_for()
    await supervisor.hold_still()
    await supervisor.reach(link)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".facts__number")
    whole = await page.inner_text(".work")
    assert not [one for one in shown if one not in whole]
    await supervisor.picture(f"record-compare-{len(shown)}")
    assert not await supervisor.barriers()
    await supervisor.reach(page.get_by_role("button", name="与证件一致，确认"))
    await page.keyboard.press("Enter")
    await page.get_by_text("已变更", exact=True).wait_for()
    await supervisor.queue.get_by_text("现在没有待办。").wait_for()


async def test_two_members_of_staff_merge_and_rename_at_their_screens(
    one_house: House, http: aiohttp.ClientSession
) -> None:
    window = await at_work(one_house)
    try:
        stays, goes = [await journey.new_resident(one_house.sandbox_url, None) for _ in range(2)]
        mine, theirs = [await verified(http, window, one) for one in (stays, goes)]
        async with a_browser() as browser:
            clerk = await at_the_screen(browser, one_house, window.clerk)
            supervisor = await at_the_screen(browser, one_house, window.supervisor)
            await clerk.picture("records")
            assert not await clerk.barriers()
            await merge_proposed(clerk, stays.number, goes.number)
            await confirmed(supervisor, stays.number, goes.number)
            status, said = await get(http, "/v1/me", theirs)
            assert (status, said["code"]) == (401, "session-ended")
            await renamed(clerk, goes.number)
            await confirmed(supervisor, personal("欧阳晓"))
            assert not clerk.complaints and not supervisor.complaints
        _, me = await get(http, "/v1/me", mine)
        assert me["name"] == "欧*晓"
        _, notices = await get(http, "/v1/me/notices", mine)
        kinds = {one["title"] for one in notices["notices"]}
        assert {"您的两份档案已合并", "您的姓名在柜台作了变更"} <= kinds
        _, activity = await get(http, "/v1/me/activity", mine)
        events = [one["event"] for one in activity["events"]]
        assert events.count("identity:merged") == events.count("document:renamed") == 2
    finally:
        await window.close()


async def renamed(clerk: Worker, number: str) -> None:
    """The other form of the page, by the younger card: of two of a kind it stayed."""
    page = clerk.page
    await page.get_by_role("link", name="更改姓名").click()
    await clerk.fill("证件号码", number)
    await clerk.fill("证件上的姓名", "欧阳晓")
    await page.get_by_label("理由").select_option("name-changed")
    await clerk.picture("record-rename")
    assert not await clerk.barriers()
    await clerk.press("提议，交同事确认")
    await page.get_by_text("已提议").wait_for()
