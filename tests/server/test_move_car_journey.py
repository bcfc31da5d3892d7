"""A stranger gets a car moved, in a browser of their own, and neither side sees a number."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page

from tests.support.case_pages import enlarged_in_english
from tests.support.house import House
from tests.support.house_http import sandbox_of
from tests.support.log_capture import personal
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_network_identity,
    last_code,
    seen,
    somebody,
)
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
BORN = "1986-05-02"
STRANGER = personal("19900990011")
LOOKS = 40


@pytest.fixture
async def owner(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


@pytest.fixture
async def stranger(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


async def test_a_stranger_gets_a_car_moved_without_a_number_shown(
    running_house: House, owner: Visitor, stranger: Visitor
) -> None:
    person = await a_resident(running_house, born=BORN)
    addresses: list[str] = []
    stranger.page.on("request", lambda one: addresses.append(unquote(one.url)))
    await owner.open("#/pages/verify/verify")
    await by_network_identity(owner, person)
    await leaves_a_number(owner, running_house, person)
    plate = await plate_on_record(running_house, person)

    await registers(owner, plate)
    address = await scanned(owner.page)
    await asks_by_message(stranger, address, plate)
    await answers(owner, "five-minutes")
    await hears(stranger, "five-minutes")
    extension = await asks_for_a_call(stranger)
    await rings(stranger, running_house, extension)
    await answers(owner, "moved")
    await hears(stranger, "moved")

    code = address.rpartition("=")[2]
    assert addresses and not [one for one in addresses if code in one.partition("#")[0]]
    await neither_saw_a_number(owner, stranger, running_house, person)
    await large_letters_fit(owner, stranger, address)
    await ends_when_sold(owner, stranger, address)


async def leaves_a_number(visitor: Visitor, house: House, person: SandboxResident) -> None:
    """By the code that is sent there."""
    page = visitor.page
    await at(visitor, "notices", "#phone-change")
    await page.click(f"{NOW}#phone-change")
    await visitor.agree()
    await page.fill(f"{NOW}#notice-phone", person.phone)
    await page.click(f"{NOW}#phone-send")
    await page.wait_for_selector(f"{NOW}#notice-code")
    await page.fill(f"{NOW}#notice-code", await last_code(page.context, house, person.phone))
    await page.click(f"{NOW}#phone-confirm")
    await page.wait_for_selector(f"{NOW}#phone-change")


async def plate_on_record(house: House, person: SandboxResident) -> str:
    """What the transport office keeps: given to them by its own control."""
    async with sandbox_of(house) as sandbox:
        headers = {"X-Control-Key": sandbox.secret("control").hex()}
        wanted = {"number": person.number, "plate": "粤AD77777"}
        reply = await sandbox.send("POST", "/control/vehicles", json=wanted, headers=headers)
        return personal(reply.body["plates"][0])


async def registers(visitor: Visitor, plate: str) -> None:
    page = visitor.page
    await at(visitor, "cars", "#plate")
    await page.click(f"{NOW}#add-car")
    assert await visitor.text("#plate-fault")
    await page.fill(f"{NOW}#plate", f"{plate[:2]}·{plate[2:]}")
    await seen(visitor, "cars")
    await page.click(f"{NOW}#add-car")
    await page.wait_for_selector(f"{NOW}#card img")
    assert plate in await visitor.text("#car")
    await seen(visitor, "car")
    async with page.expect_download() as waited:
        await page.click(f"{NOW}#download")
    assert (await (await waited.value).path()).read_text().startswith("<svg")
    await page.wait_for_selector("#toast:not(.toast--shown)", state="attached")


async def scanned(page: Page) -> str:
    """What a camera reads off the screen, by another library than the one that drew it."""
    await page.evaluate("scrollTo(0, 0)")  # or the bar at the top lies over it
    picture = await page.locator(f"{NOW}#card img").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    address = str(found.text)
    assert "#/pages/move-car/move-car?code=" in address
    return personal(address)


async def asks_by_message(visitor: Visitor, address: str, plate: str) -> None:
    """Without signing in; the plate tells whether it is the right car."""
    page = visitor.page
    await page.goto(address)
    await page.wait_for_selector(f"{NOW}#plate")
    shown = await visitor.text("#plate")
    assert shown != plate and shown[:2] == plate[:2] and shown[-2:] == plate[-2:]
    await page.click(f"{NOW}#send-message")
    assert await visitor.text("#reason-fault")
    await page.click(f"{NOW}[data-reason=blocks-exit]")
    await seen(visitor, "move-car")
    await page.click(f"{NOW}#send-message")
    await page.wait_for_selector(f"{NOW}#asked")


async def answers(visitor: Visitor, said: str) -> None:
    """From the inbox to the car, where the youngest request stands first."""
    page = visitor.page
    await at(visitor, "cars", "[data-car]")
    await page.click(f"{NOW}[data-car]")
    await page.wait_for_selector(f"{NOW}[data-asked]")
    if said == "five-minutes":
        await seen(visitor, "car-asked")
    await page.locator(f"{NOW}[data-asked]").first.locator(f"[data-answer={said}]").click()
    await page.wait_for_selector(f"{NOW}.car__said")


async def hears(visitor: Visitor, said: str) -> None:
    await visitor.page.wait_for_selector(f"{NOW}#asked[data-answer={said}]")
    if said == "moved":
        await seen(visitor, "move-car-answered")


async def asks_for_a_call(visitor: Visitor) -> str:
    """Who is not heard by a message rings at once; a second message would wait."""
    page = visitor.page
    await page.click(f"{NOW}#ask-again")
    await page.click(f"{NOW}[data-reason=blocks-exit]")
    await page.click(f"{NOW}#ask-call")
    await page.wait_for_selector(f"{NOW}#relay-extension, {NOW}.trouble")
    assert not await page.locator(f"{NOW}.trouble").count(), await visitor.text(".trouble")
    await seen(visitor, "move-car-call")
    return await visitor.text("#relay-extension")


async def rings(visitor: Visitor, house: House, extension: str) -> None:
    """On a telephone of the sandbox."""
    relay = await visitor.text("#relay-number")
    page = await visitor.page.context.new_page()
    await page.goto(f"{house.sandbox_url}/telephone")
    for name, value in (("caller", STRANGER), ("relay", relay), ("extension", extension)):
        await page.fill(f"#{name}", value)
    await page.click("button")
    await page.wait_for_selector("#told[data-state=rings]")
    await page.close()


async def telephone(page: Page, house: House, phone: str) -> str:
    await page.goto(f"{house.sandbox_url}/messages")
    await page.fill("#phone", phone)
    await page.click("button")
    return await page.inner_text("main")


async def neither_saw_a_number(
    owner: Visitor, stranger: Visitor, house: House, person: SandboxResident
) -> None:
    """On the pages and on the telephones: the relay's number, and no other."""
    page = await owner.page.context.new_page()
    for _ in range(LOOKS):
        rung = await telephone(page, house, person.phone)
        if "挡住了出入口" in rung:
            break
        await page.wait_for_timeout(500)
    assert "来电" in rung and "挡住了出入口" in rung and STRANGER not in rung
    calling = await telephone(page, house, STRANGER)
    assert person.phone not in calling
    await page.close()
    shown = await owner.text("") + await stranger.text("")
    for one in (person.phone, STRANGER, person.name, person.number):
        assert one not in shown
    assert not re.search(r"1[3-9]\d{9}", shown)


async def large_letters_fit(owner: Visitor, stranger: Visitor, address: str) -> None:
    """In English too, the language with the longest words."""
    number = owner.page.url.partition("number=")[2]
    await enlarged_in_english(
        owner, ("cars", "", "[data-car]"), ("car", f"?number={number}", "#card")
    )
    code = f"?code={address.rpartition('=')[2]}"
    await enlarged_in_english(stranger, ("move-car", code, "#send-message"))


async def ends_when_sold(owner: Visitor, stranger: Visitor, address: str) -> None:
    page = owner.page
    await page.click(f"{NOW}#sold")
    await page.click(".dialog .button >> nth=1")
    await page.wait_for_selector(f"{NOW}#car[data-state=ended]")
    await stranger.page.goto("about:blank")
    await stranger.page.goto(address)
    await stranger.page.wait_for_selector(f"{NOW}.trouble")
    assert "does not work" in await stranger.text(".trouble")
