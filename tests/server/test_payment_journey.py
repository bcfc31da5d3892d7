"""Paying in a browser: months reckoned, a base chosen, the cashier, the receipt; and the books."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser

from config import embedded
from tests.support.house import ROOT, House
from tests.support.house_http import sandbox_of
from tests.support.payer import pay_fault
from tests.support.residents_at_pages import a_resident, by_network_identity, seen, somebody
from tests.support.staff_pages import Worker, a_browser, first_administrator
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]
SERVICE, BORN = "flexible-social-insurance", "1990-03-27"  # the sandbox: born on a 27th
PICTURES = ROOT / "build" / "screenshots"
_UNKNOWN = """
    INSERT INTO payment_difference (id, day, kind, number, transaction, there_fen, found_at,
        settled_by, how)
    VALUES (gen_random_uuid(), current_date, 'payment-unknown', 'ZF99', '4200', 1250, now(), '', '')
"""


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


async def test_from_the_months_owed_to_the_receipt(running_house: House, visitor: Visitor):
    person, page = await a_resident(running_house, born=BORN), visitor.page
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    await visitor.open(f"#/pages/service/service?id={SERVICE}")
    await page.click(f"{NOW}#begin")
    await page.wait_for_selector(f"{NOW}#quote[data-state=offered]")

    await refused_beyond_the_limits(visitor)
    await chosen(visitor)
    await seen(visitor, "quote")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await given_up_first(visitor)
    await no_news_comes(running_house)
    await page.click(f"{NOW}#pay")
    await page.wait_for_selector("#sum >> text=¥4000.00")
    await page.click("button#pay")
    await page.wait_for_selector(f"{NOW}#quote[data-state=settled]")
    assert "4,000.00" in await visitor.text("#receipt")
    await seen(visitor, "quote-settled")
    await large_and_in_english(visitor, await read_in_the_list(visitor))


async def refused_beyond_the_limits(visitor: Visitor) -> None:
    """The limits are told, and what was typed is still there."""
    page = visitor.page
    await page.fill(f"{NOW}#q-base", "100")
    await page.click(f"{NOW}.form__buttons .button")
    await page.wait_for_selector(f"{NOW}.trouble")
    assert "缴费基数" in await visitor.text(".trouble")


async def chosen(visitor: Visitor) -> None:
    page = visitor.page
    await page.fill(f"{NOW}#q-base", "10000")
    await page.fill(f"{NOW}#q-months", "2")
    await page.click(f"{NOW}.form__buttons .button")
    await page.wait_for_selector(f"{NOW}#sum >> text=¥4,000.00")
    assert await page.locator(f"{NOW}.quote__line").count() == 2


async def given_up_first(visitor: Visitor) -> None:
    """Back from the cashier with nothing paid: the same payment can still be made."""
    page = visitor.page
    await page.click(f"{NOW}#pay")
    await page.click("button#leave")
    await page.wait_for_selector(f"{NOW}#quote[data-state=offered]")


async def no_news_comes(house: House) -> None:
    """Whoever is back before the provider's word of it sees it all the same: the page asks."""
    async with sandbox_of(house) as sandbox:
        await pay_fault(sandbox, "silent", times=1)


async def read_in_the_list(visitor: Visitor) -> str:
    """The address of the payment's own page."""
    page = visitor.page
    await visitor.open("#/pages/payments/payments")
    await page.wait_for_selector(f"{NOW}[data-number]")
    assert await page.locator(f"{NOW}[data-number]").count() == 1
    await seen(visitor, "payments")
    await page.click(f"{NOW}[data-number]")
    await page.wait_for_selector(f"{NOW}#payment[data-state=paid]")
    shown = await visitor.text(".payment__facts")
    assert re.search(r"ZF\d{17}", shown) and re.search(r"42\d{26}", shown)
    await seen(visitor, "payment")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    there = page.url.partition("#")[2]
    await visitor.open("#/pages/notices/notices")
    await page.wait_for_selector(f"{NOW}[data-kind=quote-settled]")
    return there


async def large_and_in_english(visitor: Visitor, payment: str) -> None:
    """Letters half as large again and the language with the longest words: nothing is cut off."""
    page = visitor.page
    await visitor.open()
    await page.click(f"{NOW}#elder")
    await page.click(f"{NOW}.home__language")
    await page.wait_for_selector("html[lang=en][data-elder]")
    for name, shows in (
        (f"quote/quote?id={SERVICE}", "#pay"),
        ("payments/payments", "[data-number]"),
        (payment.removeprefix("/pages/"), "#payment"),
    ):
        await visitor.open(f"#/pages/{name}")
        await page.wait_for_selector(NOW + shows)
        await seen(visitor, f"{name.partition('/')[0]}-large-en")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


async def test_an_operator_sees_what_differs_and_settles_it(running_house: House):
    """Numbers and sums, and nobody's name."""
    ours = await asyncpg.connect(embedded.postgres_dsn(running_house.data, "zhiban"))
    await ours.execute(_UNKNOWN)
    await ours.close()
    async with a_browser() as browser:
        worker = await Worker.at(browser, running_house.url, pictures=PICTURES)
        await an_operator(running_house, browser, worker)
        await worker.open("books")
        await worker.page.wait_for_selector("[data-kind=payment-unknown]")
        assert "¥12.50" in await worker.page.inner_text("[data-kind=payment-unknown]")
        assert not await worker.barriers() and not await worker.overflows()
        await worker.picture("books")
        await worker.page.get_by_label("怎样处理的").select_option("explained")
        await worker.press("记为已处理")
        await worker.page.wait_for_selector("#no-differences")
        assert await worker.page.get_by_role("status").inner_text() == "已处理"
        assert not worker.complaints


async def an_operator(house: House, browser: Browser, worker: Worker) -> None:
    """Taken on by an administrator, who is made by command."""
    boss = await Worker.at(browser, house.url)
    await boss.set_up("chief.books", await first_administrator(house, "chief.books"))
    await boss.fill("账号", "zhang.fu")
    await boss.fill("姓名", "张复")
    await boss.fill("证件号码", "110105195102020033")
    await boss.page.get_by_label("安全值守").check()
    await boss.press("新建")
    await worker.set_up("zhang.fu", (await boss.page.inner_text(".secret")).strip())
