"""Every way in, in a real browser: by face, at a window, by card; coming back; freezing."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support import faces, window_staff
from tests.support.house import House
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_card,
    by_network_identity,
    confirm,
    seen,
    somebody,
)
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, POSES, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    """A browser that nobody has used before, and no camera."""
    async with somebody(running_house) as one:
        yield one


async def turned_and_blinked(visitor: Visitor, person: SandboxResident) -> bool:
    """Every challenge has a turn; False when this one has no blink."""
    await visitor.open("#/pages/verify/verify")
    await visitor.choose()
    await visitor.agree()
    await visitor.say_who(person.name, person.number)
    return await visitor.show_face(must="blink")


async def test_turning_and_blinking_then_coming_back_and_a_second_device(
    running_house: House, tmp_path: Path
) -> None:
    person = await a_resident(running_house)
    video = faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(somebody(running_house, video))
        page = first.page
        while not await turned_and_blinked(first, person):
            await page.reload()
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


async def test_every_way_is_reached_by_keyboard_and_none_is_chosen_beforehand(
    visitor: Visitor,
) -> None:
    page = visitor.page
    await visitor.open("#/pages/verify/verify")
    await page.wait_for_selector(f"{NOW}.waycard")
    shown = await page.locator(f"{NOW}.waycard").evaluate_all("all => all.map(a => a.dataset.way)")
    reached = []
    for _ in range(len(shown) + 7):  # the skip link, the way back and the languages come first
        await page.keyboard.press("Tab")
        way = await page.evaluate("document.activeElement.dataset.way ?? ''")
        reached += [way] if way else []
        if way == shown[-1]:
            break
    assert reached == shown and len(shown) >= 4
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"{NOW}.consent__one")


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
