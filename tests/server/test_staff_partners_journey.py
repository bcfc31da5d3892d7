"""Members of staff decide about partners and kiosks in their browsers."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.support.house import ROOT, House
from tests.support.log_capture import personal
from tests.support.outside_clients import OutsideClient, registered
from tests.support.staff_pages import Worker, a_browser, first_administrator

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
KEPT = (
    *("client_id", "name", "purpose", "organisation", "credit_code", "region"),
    *("redirect_uris", "post_logout_redirect_uris", "jwks"),
)
PICTURES = ROOT / "build" / "screenshots"
NAME = "市民卡中心"
SCOPE = "openid profile:name-masked profile:id-number"
SAID = {
    "name": {"zh": NAME, "en": "City Card Centre"},
    "scope": SCOPE,
}


@pytest.fixture(scope="module")
async def client(packages: Path, running_house: House) -> OutsideClient:
    """Registered, and nobody has decided about it."""
    return await registered(running_house, environment="production", approved=False, **SAID)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as one:
        yield one


async def hired(browser: Browser, house: House, *roles: str) -> Worker:
    """A new member of staff, by the administrator's page."""
    boss = await Worker.at(browser, house.url)
    await boss.set_up("chief.partners", await first_administrator(house, "chief.partners"))
    await boss.fill("账号", "lin.yue")
    await boss.fill("姓名", "林悦")
    for role in roles:
        await boss.page.get_by_label(role).check()
    await boss.press("新建")
    one_time = (await boss.page.inner_text("main .secret")).strip()
    worker = await Worker.at(browser, house.url, pictures=PICTURES)
    await worker.set_up("lin.yue", one_time)
    return worker


async def looked_at(worker: Worker, name: str) -> None:
    await worker.picture(name)
    assert not await worker.barriers(), name


async def test_a_partner_is_approved_suspended_and_reinstated_and_a_kiosk_gets_its_code(
    running_house: House, client: OutsideClient, browser: Browser
) -> None:
    worker = await hired(browser, running_house, "合作管理", "安全值守")
    page = worker.page
    await page.get_by_role("link", name="合作方").click()
    await page.get_by_role("link", name=f"查看 {NAME}").click()
    await page.get_by_role("heading", name=NAME).wait_for()
    shown = await page.inner_text("main")
    assert "chen@clinic.example" in shown and "证件号码" in shown
    await looked_at(worker, "partner-pending")
    await worker.press("批准")
    await sure(worker, "批准")
    await page.locator(".message--good").wait_for()
    await page.locator(".badge--approved").wait_for()

    await page.get_by_label("暂停的理由").select_option("complaints")
    await worker.press("暂停")
    await sure(worker, "暂停")
    await page.locator(".badge--suspended").wait_for()
    await looked_at(worker, "partner-suspended")
    await worker.press("恢复")
    await sure(worker, "恢复")
    await page.locator(".badge--approved").wait_for()

    await changed(client)
    await page.get_by_role("link", name="返回合作方列表").click()
    await page.locator(".badge--waits").wait_for()
    await looked_at(worker, "partners")
    await page.get_by_role("link", name=f"查看 {NAME}").click()
    await page.get_by_text("新增询问：手机号码").wait_for()
    assert "profile:phone" in await page.inner_text("ins")
    await looked_at(worker, "partner-changes")
    await page.get_by_label("不批准的理由").select_option("fields")
    await worker.press("不批准")
    await page.get_by_text("已答复不批准").wait_for()

    await page.get_by_role("link", name="返回合作方列表").click()
    await worker.press("发出邀请")
    assert personal((await page.inner_text("main .secret--large")).strip()).startswith("zi_")
    await looked_at(worker, "invitation")
    await page.get_by_role("link", name="我已记下").click()
    await a_kiosk_code(worker)
    assert not worker.complaints


async def sure(worker: Worker, yes: str) -> None:
    """Asked once more, one says yes."""
    await worker.page.get_by_role("alertdialog").wait_for()
    await worker.press(yes)


async def changed(client: OutsideClient) -> None:
    """The partner asks for one field more (RFC 7592 §2.2)."""
    url = f"{client.house.url}/oauth/register/{client.id}"
    headers = {"Authorization": f"Bearer {client.registration_token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.get(url) as answer:
            said = await answer.json()
        wanted = {name: said[name] for name in KEPT} | {"scope": f"{SCOPE} profile:phone"}
        async with http.put(url, json=wanted) as answer:
            assert answer.status == 200, await answer.text()


async def a_kiosk_code(worker: Worker) -> None:
    page = worker.page
    await page.get_by_role("link", name="自助终端").click()
    await worker.fill("地点", "天河政务服务中心")
    await worker.fill("地址", "体育西路 1 号")
    await worker.fill("地区", "440106")
    await looked_at(worker, "kiosks")
    await worker.press("取登记码")
    assert personal((await page.inner_text("main .secret--large")).strip())
    await looked_at(worker, "kiosk-code")
    await page.get_by_role("link", name="我已记下").click()
