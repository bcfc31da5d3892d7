"""A wedding, in browsers: two residents book a time that a third, who saw it free, then cannot; the
third waits for a full day and is offered what is freed; and the registry sees who comes.
"""

import re
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from playwright.async_api import Page

from config import embedded
from tests.support.house import ROOT, House
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_network_identity,
    confirm,
    seen,
    somebody,
)
from tests.support.sandbox import SandboxResident
from tests.support.staff_pages import Worker, a_browser, first_administrator
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]
PICTURES = ROOT / "build" / "screenshots"
SINGLE = "1995-05-05"  # the sandbox's rule: born in an odd month, never married
CITY, OFFICE = "茂名市", "440902"  # a registry with one window
STATED = ("voluntary", "unmarried", "unrelated")
SERVICE = "#/pages/service/service?id=marriage-appointment"
_BOOKED = """
    INSERT INTO booking (id, number, service, office, day, starts_at, ends_at, seat, state, code,
        changes, version, created_at, changed_at)
    VALUES ($1, $2, 'marriage-appointment', $3, $4, $5, $6, 1, 'booked', '', 0, 0, now(), now())
"""
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


async def test_two_book_a_wedding_that_a_third_then_cannot(
    packages: Path, running_house: House
) -> None:
    people = [
        await a_resident(running_house, sex=sex, born=SINGLE)
        for sex in ("male", "female", "female")
    ]
    async with (
        somebody(running_house) as he,
        somebody(running_house) as she,
        somebody(running_house) as third,
    ):
        for visitor, person in zip((he, she, third), people, strict=True):
            await arrived(visitor, person)
        await elsewhere_is_said(he)
        for visitor in (he, third):
            await at_the_times(visitor)
        await chosen(he)
        await chosen(third)
        code = await held(he)
        await sold_out_meanwhile(third)
        await confirmed(she, code)
        await he.page.wait_for_selector(f"{NOW}#booking[data-state=booked]")
        await seen(he, "booking-booked")
        await moved(she)
        assert code.replace("-", "") not in she.page.url
        await told(he)
        day = await the_day(he)
        await full(running_house, day)
        await waits(third, day)
        await cancelled(she)
        offered = await accepted(third)
    async with a_browser() as browser:
        boss = await Worker.at(browser, running_house.url)
        await at_the_registry(running_house, boss, offered, day)


async def arrived(visitor: Visitor, person: SandboxResident) -> None:
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)


async def elsewhere_is_said(visitor: Visitor) -> None:
    """Foreign, consular and other provinces' cases, with where to go."""
    page = visitor.page
    await visitor.open(SERVICE)
    await page.wait_for_selector(f"{NOW}#begin")
    await page.click(f"{NOW}#begin")
    await page.wait_for_selector(f"{NOW}#case-here")
    cases = {"abroad": "领事馆", "other-document": "12345", "other-province": "外省"}
    for case, where in cases.items():
        await page.click(f"{NOW}#case-{case}")
        await page.wait_for_selector(f"{NOW}#elsewhere")
        assert where in await visitor.text("#elsewhere")
    await seen(visitor, "book-elsewhere")


async def at_the_times(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open("#/pages/book/book?id=marriage-appointment")
    await page.wait_for_selector(f"{NOW}#case-here")
    await page.click(f"{NOW}#case-here")
    await page.select_option(f"{NOW}#city", label=CITY)
    await page.wait_for_selector(f"{NOW}[data-id='{OFFICE}']")
    await page.click(f"{NOW}[data-id='{OFFICE}']")
    await page.wait_for_selector(f"{NOW}.book__time")
    await on_day(page, 5)


async def on_day(page: Page, place: int) -> None:
    """The times of a day that is ahead, whatever the hour is now."""
    await page.click(f"{NOW}.book__day:nth-child({place})")
    await page.wait_for_selector(f"{NOW}.book__day--now:nth-child({place})")


async def chosen(visitor: Visitor) -> None:
    """The first time of the day, and everything stated."""
    page = visitor.page
    await seen(visitor, "book-times")
    await page.click(f"{NOW}.book__time >> nth=0")
    await page.wait_for_selector(f"{NOW}#summary")
    await page.click(f"{NOW}#book")
    assert await visitor.text("#state-fault")
    await stated(page)


async def stated(page: Page) -> None:
    for code in STATED:
        await page.check(f"{NOW}input[value={code}]")


async def held(visitor: Visitor) -> str:
    """The code of what is held."""
    page = visitor.page
    await seen(visitor, "book-statements")
    await page.locator(f"{NOW}#book").dblclick()  # pressed twice, it is one
    await page.wait_for_selector(f"{NOW}#booking[data-state=held]")
    await seen(visitor, "booking-held")
    found = _CODE.search(await visitor.text("#code"))
    assert found
    return found[0]


async def sold_out_meanwhile(visitor: Visitor) -> None:
    """Seen free, clicked too late: told so, and shown what is left, with nothing else lost."""
    page = visitor.page
    await page.click(f"{NOW}#book")
    await page.wait_for_selector(f"{NOW}.trouble")
    assert "约满" in await visitor.text(".trouble")
    await seen(visitor, "book-sold-out")
    await page.click(f"{NOW}.trouble .button")
    await page.wait_for_selector(f"{NOW}.book__time--gone")
    assert await page.is_disabled(f"{NOW}.book__time >> nth=0")
    await seen(visitor, "book-times-gone")
    await at(visitor, "bookings", "#no-bookings")


async def confirmed(visitor: Visitor, code: str) -> None:
    page = visitor.page
    await at(visitor, "bookings", "#invited")
    await seen(visitor, "bookings-empty")
    await page.click(f"{NOW}#invited")
    await page.fill(f"{NOW}input#code", "0000-0000")
    await page.click(f"{NOW}#look")
    await page.wait_for_selector(f"{NOW}.trouble")
    await page.click(f"{NOW}.trouble .button")
    await page.fill(f"{NOW}input#code", code.lower())
    await page.click(f"{NOW}#look")
    await page.wait_for_selector(f"{NOW}#invitation")
    assert "*" in await visitor.text("#invitation")
    await stated(page)
    await seen(visitor, "invited")
    await page.click(f"{NOW}#confirm")
    await page.wait_for_selector(f"{NOW}#booking[data-state=booked]")


async def moved(visitor: Visitor) -> None:
    """To the next time; the page comes back and says so."""
    page = visitor.page
    before = await visitor.text("#booking .title")
    await page.click(f"{NOW}#change")
    await page.wait_for_selector(f"{NOW}[data-id='{OFFICE}'], {NOW}#city")
    await page.select_option(f"{NOW}#city", label=CITY)
    await page.click(f"{NOW}[data-id='{OFFICE}']")
    await page.wait_for_selector(f"{NOW}.book__time")
    await on_day(page, 3)
    await page.click(f"{NOW}.book__time:not([disabled]) >> nth=2")
    await page.click(f"{NOW}#move")
    await page.wait_for_selector(f"{NOW}#booking")
    await page.wait_for_function(
        "(before) => { const one = document.querySelector('main:not([hidden]) #booking .title');"
        " return one && one.textContent.trim() !== before; }",
        arg=before,
    )


async def told(visitor: Visitor) -> None:
    """The other is told of the change, and everything stands in their record."""
    await at(visitor, "notices", "[data-notice], .list__row")
    assert "预约改了时间" in await visitor.text("")
    await at(visitor, "activity", ".list__row--event")
    assert "结婚登记预约" in await visitor.text("")
    await at(visitor, "bookings", "[data-booking]")
    await seen(visitor, "bookings")


async def the_day(visitor: Visitor) -> str:
    """Of the appointment as it stands now, in ISO form."""
    found = re.search(r"(\d+)年(\d+)月(\d+)日", await visitor.text("[data-booking]"))
    assert found
    year, month, day = (int(part) for part in found.groups())
    return f"{year}-{month:02}-{day:02}"


async def full(house: House, day: str) -> None:
    """Everything else of the day is booked by others."""
    page = f"{house.url}/v1/services/marriage-appointment/appointments/offices/{OFFICE}?day={day}"
    async with aiohttp.ClientSession() as http, http.get(page) as answer:
        times = (await answer.json())["times"]
    ours = await asyncpg.connect(embedded.postgres_dsn(house.data, "zhiban"))
    try:
        for place, one in enumerate(one for one in times if one["left"]):
            moments = [datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at")]
            who = [uuid4(), f"YY{place}", OFFICE, date.fromisoformat(day), *moments]
            await ours.execute(_BOOKED, *who)
    finally:
        await ours.close()


async def waits(visitor: Visitor, day: str) -> None:
    """The day is full: a place in its line, with everything stated."""
    page = visitor.page
    await at_the_times(visitor)
    await on_day(page, 3)
    assert day[5:] in await visitor.text(".book__day--now")
    await page.wait_for_selector(f"{NOW}#line-up")
    await seen(visitor, "book-day-full")
    await page.click(f"{NOW}#line-up")
    await stated(page)
    await page.click(f"{NOW}#book")
    await page.wait_for_selector(f"{NOW}[data-line]")
    assert "第一位" in await visitor.text("[data-line]")
    await seen(visitor, "bookings-line")


async def cancelled(visitor: Visitor) -> None:
    page = visitor.page
    await at(visitor, "bookings", "[data-booking]")
    await page.click(f"{NOW}[data-booking]")
    await page.click(f"{NOW}#cancel")
    await confirm(visitor)
    await page.wait_for_selector(f"{NOW}#booking[data-state=cancelled]")
    await seen(visitor, "booking-cancelled")


async def accepted(visitor: Visitor) -> str:
    """What was freed stands on the first page of who waits, who accepts it; its number."""
    page = visitor.page
    await visitor.open()
    await page.click(f"{NOW}[data-waits^=YY]")
    await page.wait_for_selector(f"{NOW}#booking[data-state=offered]")
    await stated(page)
    await seen(visitor, "booking-offered")
    await page.click(f"{NOW}#accept")
    await page.wait_for_selector(f"{NOW}#booking[data-state=held]")
    found = re.search(r"YY\d+", await visitor.text("#booking"))
    assert found and _CODE.search(await visitor.text("#code"))
    return found[0]


async def at_the_registry(house: House, boss: Worker, number: str, day: str) -> None:
    """A caseworker of the bureau sees the day, opens one by its number, and writes who came."""
    await boss.set_up("chief.wedding", await first_administrator(house, "chief.wedding"))
    await boss.fill("账号", "he.lian")
    await boss.fill("姓名", "何莲")
    await boss.fill("证件号码", "110105195001010012")
    await boss.page.get_by_label("办件人员", exact=False).first.check()
    await boss.page.get_by_label("民政局").check()
    await boss.press("新建")
    one_time = (await boss.page.inner_text(".secret")).strip()
    browser = boss.page.context.browser
    assert browser
    clerk = await Worker.at(browser, house.url, pictures=PICTURES)
    await clerk.set_up("he.lian", one_time)
    page = clerk.page
    await clerk.open("bookings")
    await page.get_by_label("办理地点").select_option(f"marriage-appointment|{OFFICE}")
    await page.get_by_label("日期").fill(day)
    await clerk.press("显示")
    await page.get_by_role("link", name=f"查看 {number}").wait_for()
    await clerk.looked_at("bookings")
    await page.get_by_role("link", name=f"查看 {number}").click()
    await page.get_by_text("来的人").wait_for()
    assert "自愿" in await page.inner_text("main")
    await clerk.looked_at("booking")
    assert "现在没有要您办理的" in await page.inner_text("main")  # it is not their day yet
    await page.get_by_role("link", name="返回当天").click()
    await page.get_by_role("link", name=f"查看 {number}").wait_for()  # that day, that office
