"""Identity in depth in a real browser: every way in, coming back, and one's own rights."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Download

from tests.support import faces, journey, window_staff
from tests.support.browser import browsing
from tests.support.house import ROOT, House, house
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, POSES, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(400)]
PICTURES = ROOT / "build" / "screenshots"
RARE = "阿依𠮷丽·艾山"  # beyond the BMP, and with the dot of a name


@pytest.fixture(scope="module")
async def running_house(packages: Path) -> AsyncIterator[House]:
    with house() as one:
        await asyncio.to_thread(one.start)
        yield one


@asynccontextmanager
async def somebody(one: House, video: Path | None = None) -> AsyncIterator[Visitor]:
    """A browser with an empty profile: a device that nobody has used before."""
    async with browsing(video) as context:
        visitor = Visitor(await context.new_page(), one.url, PICTURES)
        yield visitor
        assert not visitor.complaints


@pytest.fixture
async def visitor(running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


async def a_resident(one: House, name: str = "") -> SandboxResident:
    named = {"name": name} if name else {}
    return await journey.new_resident(one.sandbox_url, None, **named)


async def seen(visitor: Visitor, name: str) -> None:
    """Pictures in every size and scheme, and nobody shut out (WCAG 2.2 AA)."""
    await visitor.picture(name)
    assert not await visitor.barriers(), name


async def confirm(visitor: Visitor) -> None:
    """Yes to the question that is asked."""
    await visitor.page.click(".dialog .button >> nth=1")


async def by_network_identity(visitor: Visitor, person: SandboxResident) -> None:
    """From the choice of ways to the result, without a face."""
    page = visitor.page
    await visitor.choose("network-identity")
    await visitor.agree()
    await visitor.say_who(person.name, person.number)
    await page.click(f"{NOW}#go-outside")
    await page.fill("#number", person.number)
    await page.fill("#pin", person.pin)
    await page.click("button[value=confirm]")
    await visitor.verified()


async def by_card(visitor: Visitor, person: SandboxResident, one: House) -> None:
    """With the code that the sandbox sends to the telephone of the card's holder."""
    page = visitor.page
    await visitor.choose("bank-card")
    await visitor.agree()
    await visitor.say_who(person.name, person.number)
    await page.fill(f"{NOW}#card", person.card)
    await page.fill(f"{NOW}#phone", person.phone)
    await seen(visitor, "bank-card")
    await page.click(f"{NOW}#send-code")
    await page.wait_for_selector(f"{NOW}#code")
    await page.fill(f"{NOW}#code", await last_code(page.context, one, person.phone))
    await page.click(f"{NOW}#finish-card")
    await visitor.verified()


async def last_code(context: BrowserContext, one: House, phone: str) -> str:
    """What stands in the newest message to this number, read on the sandbox's own page."""
    page = await context.new_page()
    await page.goto(f"{one.sandbox_url}/messages")
    await page.fill("#phone", phone)
    await page.click("button")
    found = re.search(r"\b(\d{6})\b", await page.inner_text("main"))
    await page.close()
    assert found
    return found[1]


async def at(visitor: Visitor, page: str, shows: str) -> None:
    """Open a page of one's own and wait for what it shows."""
    await visitor.open(f"#/pages/{page}/{page}")
    await visitor.page.wait_for_selector(f"{NOW}{shows}")


async def test_turning_and_blinking_then_coming_back_and_a_second_device(
    running_house: House, tmp_path: Path
) -> None:
    person = await a_resident(running_house)
    video = faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(somebody(running_house, video))
        page = first.page
        await first.open("#/pages/verify/verify")
        await first.choose()
        await first.agree()
        await first.say_who(person.name, person.number)
        await first.show_face()
        await first.verified()
        await page.click(f"{NOW}#stay")
        await page.wait_for_selector(f"{NOW}.result__stayed")
        await seen(first, "result-remembered")

        await at(first, "me", ".id__name")
        await page.click(f"{NOW}#sign-out")
        await page.wait_for_selector(f"{NOW}#continue-as")
        await seen(first, "return")
        await page.reload()  # nothing but the key is left
        await page.click(f"{NOW}#continue-as")
        await page.wait_for_selector(f"{NOW}.id__name")
        assert "本次登录为 3 级" in await first.text("")

        second = await stack.enter_async_context(somebody(running_house))
        await second.open("#/pages/verify/verify")
        await by_network_identity(second, person)

        await at(first, "notices", "[data-kind=new-device]")
        await seen(first, "notices")
        await at(first, "devices", "[data-session]")
        assert await page.locator(f"{NOW}[data-session]").count() == 2
        await seen(first, "devices")
        await page.click(f"{NOW}#sessions .list__row .list__act")
        await page.locator(f"{NOW}[data-session] >> nth=1").wait_for(state="detached")
        await at(second, "me", ".me__invite")

        await at(first, "consents", "[data-purpose=identity-verification]")
        await seen(first, "consents")
        await page.click(f"{NOW}[data-purpose=identity-verification] .list__act")
        await confirm(first)
        await page.wait_for_selector(f"{NOW}.me__invite")


async def test_a_name_of_rare_characters_without_a_face_takes_its_copy_and_leaves(
    running_house: House, visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    person = await a_resident(running_house, name=RARE)
    await visitor.open("#/pages/service/service?id=social-insurance-status")
    await page.click(f"{NOW}.trouble .button >> nth=0")
    await by_network_identity(visitor, person)
    assert await visitor.text(".id__name") == RARE[0] + "*" * (len(RARE) - 2) + RARE[-1]
    await page.click(f"{NOW}.result__buttons .button >> nth=0")
    await page.wait_for_selector(f"{NOW}.service__by")  # all that a face opens is open

    await at(visitor, "documents", ".list__row")
    await seen(visitor, "documents")
    await at(visitor, "rights", "#copy-json")
    await seen(visitor, "rights")
    copy = json.loads((await downloaded(visitor, "#copy-json", tmp_path)).read_text())
    assert {"made_at", "resident", "sections", "after_erasure"} <= set(copy)
    assert RARE in json.dumps(copy, ensure_ascii=False)
    readable = await page.context.new_page()
    await readable.goto((await downloaded(visitor, "#copy-page", tmp_path)).as_uri())
    assert RARE in await readable.inner_text("body")
    await readable.close()

    await page.click(f"{NOW}#correct")
    await page.fill(f"{NOW}#wanted", "名字中间的点写错了")
    await page.click(f"{NOW}#send-correction")
    await page.wait_for_selector(f"{NOW}.rights__one")

    for _ in range(2):  # thought better of it once
        await page.click(f"{NOW}#erase")
        await confirm(visitor)
        await page.wait_for_selector(f"{NOW}#erase-after")
        await seen(visitor, "erasure")
        assert "注销" in await visitor.text("#erase-after")
        await page.click(f"{NOW}#cancel-erasure")
        await page.wait_for_selector(f"{NOW}#erase")
    await page.click(f"{NOW}#erase")
    await confirm(visitor)
    await page.wait_for_selector(f"{NOW}#erase-after")


async def downloaded(visitor: Visitor, button: str, folder: Path) -> Path:
    async with visitor.page.expect_download() as waited:
        await visitor.page.click(f"{NOW}{button}")
    got: Download = await waited.value
    file = folder / got.suggested_filename
    await got.save_as(file)
    return file


async def test_two_members_of_staff_at_a_window(running_house: House, visitor: Visitor) -> None:
    page = visitor.page
    person = await a_resident(running_house)
    window = await window_staff.at_work(running_house)
    try:
        await visitor.open("#/pages/verify/verify")
        await visitor.choose("window")
        await visitor.agree()
        await page.wait_for_selector(f"{NOW}#window-code")
        await seen(visitor, "window")
        code = await visitor.text("#window-code")
        await page.reload()  # a person waits in a queue, and their browser forgets
        await visitor.choose("window")
        assert await visitor.text("#window-code") == code
        assert await window.serve(code, person.name, person.number) == "match"
        await visitor.verified()
        await seen(visitor, "result-window")
        assert "24 小时" in await visitor.text(".result__note")
        assert await visitor.text(".id__foot >> nth=0") != ""
    finally:
        await window.close()
    await visitor.open("#/pages/service/service?id=provident-fund-balance")
    await page.wait_for_selector(f"{NOW}.service__by, {NOW}.empty, {NOW}.trouble")
    assert "核验" not in await visitor.text("")


async def test_a_bank_card_meets_a_step_up_that_names_other_ways(
    running_house: House, visitor: Visitor
) -> None:
    page = visitor.page
    person = await a_resident(running_house)
    await visitor.open("#/pages/verify/verify")
    await by_card(visitor, person, running_house)
    await seen(visitor, "result-card")
    await at(visitor, "rights", "#copy-json")
    await page.click(f"{NOW}#copy-json")
    await page.wait_for_selector(f"{NOW}.trouble")
    await seen(visitor, "step-up")
    await page.click(f"{NOW}.trouble .button >> nth=0")
    await page.wait_for_selector(f"{NOW}.waycard")
    await seen(visitor, "step-up-ways")
    offered = await page.locator(f"{NOW}.waycard").evaluate_all(
        "all => all.map(a => a.dataset.way)"
    )
    assert "bank-card" not in offered and set(offered) - {"face"}
    heights = await page.locator(f"{NOW}.waycard").evaluate_all(
        "all => all.map(a => a.offsetHeight)"
    )
    assert len(set(heights)) == 1  # equally visible


async def test_a_code_on_paper_freezes_and_another_way_lifts_it(
    running_house: House, visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    person = await a_resident(running_house)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, person)
    await at(visitor, "freeze", "#new-freeze-code")
    await page.click(f"{NOW}#new-freeze-code")
    await page.wait_for_selector(f"{NOW}#freeze-code")
    await seen(visitor, "freeze-code")
    code = await visitor.text("#freeze-code")

    video = faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)
    async with somebody(running_house, video) as elsewhere:
        await at(elsewhere, "freeze", "#freeze-word")
        await elsewhere.page.fill(f"{NOW}#freeze-word", "not a word of anybody")
        await elsewhere.page.click(f"{NOW}#freeze-by-word")
        await elsewhere.page.wait_for_selector(f"{NOW}.field__box--wrong")
        await seen(elsewhere, "freeze")
        await elsewhere.page.fill(f"{NOW}#freeze-word", code.lower())
        await elsewhere.page.click(f"{NOW}#freeze-by-word")
        await elsewhere.page.wait_for_selector(f"{NOW}#lift")
        await seen(elsewhere, "frozen")
        await at(visitor, "me", ".me__invite")  # signed out everywhere

        await elsewhere.page.click(f"{NOW}#lift")
        await elsewhere.choose()
        await elsewhere.agree()
        await elsewhere.say_who(person.name, person.number)
        await elsewhere.show_face()
        await elsewhere.page.wait_for_selector(f"{NOW}.trouble")
        faces.camera_video(faces.OBAMA, video, POSES)  # the same frames twice would be a replay
        await elsewhere.page.click(f"{NOW}.trouble .button >> nth=0")  # it is me: lift it
        await elsewhere.show_face()
        await elsewhere.verified()
