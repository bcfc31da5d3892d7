"""One counter, in two browsers: found by its initials, applied for, worked on by three departments
at once, supplemented, approved, rated badly, answered by staff; and every read is seen."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
from playwright.async_api import Page, Route

from tests.support.case_pages import (
    WITHDRAWAL,
    large_and_in_english,
    nothing_personal_is_left,
    reports_a_wrong_field,
)
from tests.support.files import document
from tests.support.house import ROOT, House
from tests.support.residents_at_pages import a_resident, at, by_network_identity, seen, somebody
from tests.support.sandbox import Sandbox
from tests.support.staff_pages import Worker, a_browser, first_administrator
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]
PICTURES = ROOT / "build" / "screenshots"
LOOKS = re.compile(r"/v1/applications/\w+$")
OFFICES = ("provident-fund", "housing", "civil-affairs")
# In work without pauses, married, neither of them owns a home, and no rent contract is on file:
# the sandbox says so of who is born on such a day (life, marriages, landholdings).
BORN = "1990-04-05"
CONTRACT = "租房合同.pdf"
COMPLAINT = "等了太久，也没有人说明要等多久。"
ANSWER = "已经改进：三家单位改为同时核验，抱歉让您久等。"


@asynccontextmanager
async def kept_waiting(house: House) -> AsyncIterator[None]:
    """The three offices say nothing as long as somebody watches."""
    keys = dict(
        line.split("=", 1) for line in (house.data / "keys.env").read_text().splitlines() if line
    )
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox(house.sandbox_url, keys["SANDBOX_KEY"], "", http)
        for office in OFFICES:
            await sandbox.fault(office, "hang")
        try:
            yield
        finally:
            for office in OFFICES:
                await sandbox.fault(office, "none")


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


async def test_from_three_letters_to_an_answered_complaint(
    running_house: House, visitor: Visitor, tmp_path: Path
) -> None:
    person = await a_resident(running_house, born=BORN)
    addresses: list[str] = []
    visitor.page.on("request", lambda one: addresses.append(unquote(one.url)))
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)

    await found_by_its_initials(visitor)
    number = await applied_for(visitor)
    async with kept_waiting(running_house):
        await submitted_once(visitor)
        await watched(visitor)
    await supplemented(visitor, tmp_path / CONTRACT)
    await approved(visitor)
    ticket = await rated_badly(visitor)

    async with a_browser() as browser:
        await answered_by_staff(running_house, await Worker.at(browser, running_house.url), ticket)
    await satisfied(visitor, ticket)
    await every_read_is_seen(visitor)
    assert number in await listed(visitor)
    await reports_a_wrong_field(visitor)
    await large_and_in_english(visitor, f"?number={number}", f"?number={ticket}")
    await nothing_personal_is_left(
        visitor, addresses, (person.name, person.number, COMPLAINT, CONTRACT)
    )
    assert not visitor.complaints


async def found_by_its_initials(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open()
    await page.wait_for_selector(f"{NOW}#waits")
    await page.fill(f"{NOW}.search input", "gjj")
    await page.wait_for_selector(f"{NOW}[data-service={WITHDRAWAL}]")
    assert not await page.locator(f"{NOW}#waits").is_visible()  # what is found stands at the top
    await seen(visitor, "found")
    await page.click(f"{NOW}[data-service={WITHDRAWAL}]")
    await page.wait_for_selector(f"{NOW}[data-item-fact=promised]")
    assert "3 个部门同时办" in await visitor.text("")
    await seen(visitor, "item")


async def applied_for(visitor: Visitor) -> str:
    """The form, its materials, one more look; the number of the draft."""
    page = visitor.page
    await page.click(f"{NOW}#begin")
    await page.click(f"{NOW}button[type=submit]")
    assert "提取用途" in await visitor.text("#fault-purpose")
    await page.select_option(f"{NOW}#q-purpose", label="支付房租")
    await page.fill(f"{NOW}#q-amount", "1,200.50")
    await seen(visitor, "apply-form")
    async with page.expect_response(lambda one: one.url.endswith("/drafts")) as waited:
        await page.click(f"{NOW}button[type=submit]")
    made = await (await waited.value).json()
    await page.wait_for_selector(f"{NOW}[data-material=rent-contract]")
    await seen(visitor, "apply-materials")
    await page.click(f"{NOW}#to-review")
    await page.wait_for_selector(f"{NOW}#submit")
    assert "¥1,200.50" in await visitor.text("")
    await page.click(f"{NOW}#submit")
    assert await visitor.text("#agree-fault")
    await page.check(f"{NOW}input[value=yes]")
    await seen(visitor, "apply-review")
    number: str = made["number"]
    return number


async def submitted_once(visitor: Visitor) -> None:
    """Pressed twice, it is one application (RFC draft "Idempotency-Key")."""
    page = visitor.page
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    await page.locator(f"{NOW}#submit").dblclick()
    await page.wait_for_selector(f"{NOW}#sent")
    assert len([url for url in sent if url.endswith(f"/{WITHDRAWAL}/applications")]) == 1
    await page.click(f"{NOW}#follow")


async def watched(visitor: Visitor) -> None:
    """Three offices at the same time, each in a lane of its own."""
    page = visitor.page
    await page.wait_for_function(
        """() => document.querySelectorAll("main:not([hidden]) .lane--running").length >= 3"""
    )
    async with unmoved(page):
        assert "3 个部门同时在办" in await visitor.text("#parallel")
        await seen(visitor, "application-parallel")


@asynccontextmanager
async def unmoved(page: Page) -> AsyncIterator[None]:
    """The page waits for its next look at the case as long as somebody looks at the page."""
    looked = asyncio.Event()

    async def wait(route: Route) -> None:
        await looked.wait()
        await route.continue_()

    await page.route(LOOKS, wait)
    try:
        yield
    finally:
        looked.set()


async def supplemented(visitor: Visitor, contract: Path) -> None:
    page = visitor.page
    await page.wait_for_selector(f"{NOW}#supplement")
    assert "租赁合同" in await visitor.text("#supplement")
    assert "暂停计时" in await visitor.text("#clock")
    assert await visitor.text("#critical-path")
    await seen(visitor, "application-supplement")
    await page.click(f"{NOW}#answer")
    contract.write_bytes(b"MZ\x90\x00 not what its name says")
    await chosen(page, contract)
    await page.wait_for_selector(f"{NOW}.material__file[data-state=failed]")
    await page.click(f"{NOW}.material__file .list__act")
    contract.write_bytes(document())
    await chosen(page, contract)
    await page.wait_for_selector(f"{NOW}.material__file[data-state=sent]")
    assert "PDF" in await visitor.text(".material__file")
    assert await visitor.text(".material__sum")
    await seen(visitor, "supplement-uploaded")
    await page.click(f"{NOW}#answer")


async def chosen(page: Page, file: Path) -> None:
    async with page.expect_file_chooser() as waited:
        await page.click(f"{NOW}#file-rent-contract")
    await (await waited.value).set_files(file)


async def approved(visitor: Visitor) -> None:
    page = visitor.page
    await page.wait_for_selector(f"{NOW}#state[data-state=approved]")
    assert "1,200.50" in await visitor.text("#decision")
    await page.wait_for_selector(f"{NOW}#rate")  # when it is paid out
    await seen(visitor, "application-approved")


async def rated_badly(visitor: Visitor) -> str:
    page = visitor.page
    await page.click(f"{NOW}#rate")
    await page.click(f"{NOW}#grade-1")
    await page.check(f"{NOW}input[value=slow]")
    await page.fill(f"{NOW}#rating-words", COMPLAINT)
    await seen(visitor, "rating")
    await page.click(f"{NOW}#send-rating")
    await page.wait_for_selector(f"{NOW}#rating-ticket")
    await seen(visitor, "rating-sent")
    number = await page.get_attribute(f"{NOW}#rating-ticket", "data-number")
    assert number
    return number


async def answered_by_staff(house: House, boss: Worker, ticket: str) -> None:
    """An administrator takes somebody on to listen for the fund centre, who signs in with two
    factors, calls back and answers."""
    await boss.set_up("chief.counter", await first_administrator(house, "chief.counter"))
    await boss.fill("账号", "he.min")
    await boss.fill("姓名", "何敏")
    await boss.fill("证件号码", "11010519491231002X")
    await boss.page.get_by_label("评价与投诉").check()
    await boss.page.get_by_label("住房公积金管理中心").check()
    await boss.press("新建")
    one_time = (await boss.page.inner_text(".secret")).strip()
    browser = boss.page.context.browser
    assert browser
    listener = await Worker.at(browser, house.url, pictures=PICTURES)
    await listener.set_up("he.min", one_time)
    page = listener.page
    await listener.open(f"tickets/{ticket}")
    await page.get_by_text(COMPLAINT).wait_for()
    await listener.press("接下")
    await page.get_by_label("电话结果").select_option("reached")
    await listener.press("记下回访")
    await page.get_by_text("回访已记下").wait_for()
    await page.get_by_label("处理结果").select_option(index=1)
    await page.get_by_label("告诉申请人的话").fill(ANSWER)
    await listener.picture("ticket")
    assert not await listener.barriers()
    await listener.press("答复")
    await page.get_by_text(ANSWER).wait_for()
    assert not listener.complaints


async def satisfied(visitor: Visitor, ticket: str) -> None:
    page = visitor.page
    await at(visitor, "tickets", f"[data-ticket={ticket}]")
    await seen(visitor, "tickets")
    await page.click(f"{NOW}[data-ticket={ticket}]")
    await page.wait_for_selector(f"{NOW}#ticket-answer")
    assert ANSWER in await visitor.text("#ticket-answer")
    await seen(visitor, "ticket")
    await page.click(f"{NOW}#settled")
    await page.wait_for_selector(f"{NOW}#ticket[data-state=settled]")


async def every_read_is_seen(visitor: Visitor) -> None:
    """By each department, and by the member of staff, with the purpose."""
    await at(visitor, "activity", ".list__row--event")
    told = await visitor.text("")
    for read in ("公积金提取", "工作人员查看了您的反映", "评价了一次办事"):
        assert read in told, read
    await seen(visitor, "activity-application")


async def listed(visitor: Visitor) -> str:
    await at(visitor, "applications", ".case")
    await seen(visitor, "applications")
    return await visitor.text("")
