"""The whole journey in a real browser, against the whole house: verify once, then everything."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.period import Period
from tests.support import dropped, faces
from tests.support.browser import browsing
from tests.support.house import ROOT, House
from tests.support.sandbox import Sandbox
from tests.support.visitor import NOW, POSES, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PICTURES = ROOT / "build" / "screenshots"


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """Before it sits, and turns, the person of OBAMA; dear to film, so only where a test asks."""
    return faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)


@pytest.fixture
async def visitor(
    running_house: House, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Visitor]:
    folder, wanted = tmp_path, "camera" in request.fixturenames
    video = request.getfixturevalue("camera") if wanted else None
    (folder / "portrait.jpg").write_bytes(faces.portrait(faces.OBAMA_AGAIN))
    (folder / "other.jpg").write_bytes(faces.portrait(faces.BIDEN))
    async with browsing(video) as context:
        yield Visitor(await context.new_page(), running_house.url, PICTURES, folder)


async def fund_says(one: House, what: str, **question: str) -> dict[str, Any]:
    """What the sandbox's fund centre itself answers."""
    keys = dict(
        line.split("=", 1) for line in (one.data / "keys.env").read_text().splitlines() if line
    )
    async with aiohttp.ClientSession() as http:
        centre = Sandbox(one.sandbox_url, keys["SANDBOX_KEY"], "", http)
        reply = await centre.ask("provident-fund", what, question)
    assert reply.body["code"] == "0000", reply.body
    data: dict[str, Any] = reply.body["data"]
    return data


async def fund_balance(one: House, name: str, number: str) -> str:
    """The balance as the page would write it."""
    account = await fund_says(one, "account", name=name, number=number)
    return f"¥{Decimal(account['GRZHYE']):,.2f}"


async def fund_movements(one: House, name: str, number: str) -> int:
    """How many bookings the last twelve months have: somebody between jobs has fewer."""
    usual = Period.model_validate({})
    question = {"from": usual.first, "to": usual.last}
    records = await fund_says(one, "records", name=name, number=number, **question)
    return len(records["MXLB"])


async def test_home_to_service_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open()
    await page.wait_for_selector(f"{NOW}.cell")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('[data-service]')"):
            break
    asked = await page.evaluate("document.activeElement.dataset.service")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**id={asked}**")
    await page.wait_for_function("document.activeElement === document.querySelector('#main')")
    await page.go_back()
    await page.wait_for_selector(f"{NOW}.cell")
    assert await page.evaluate("document.activeElement.dataset.service") == asked


async def test_search_answers_while_one_types(visitor: Visitor) -> None:
    await visitor.open()
    await visitor.page.wait_for_selector(f"{NOW}.cell")
    await visitor.page.fill(f"{NOW}.search input", "gongjijin")
    insurance = f"{NOW}[data-service=social-insurance-status]"
    await visitor.page.wait_for_selector(insurance, state="detached")
    assert "公积金" in await visitor.text(".entries__title >> nth=0")
    await visitor.page.fill(f"{NOW}.search input", "zzzzzz")
    await visitor.page.wait_for_selector(f"{NOW}.empty")


async def test_another_face_is_refused_with_a_way_on(
    camera: Path, visitor: Visitor, running_house: House
) -> None:
    file = visitor.portraits / "other.jpg"
    name, number = await visitor.become_resident(running_house.sandbox_url, file)
    await visitor.open("#/pages/verify/verify")
    await visitor.choose()
    await visitor.agree()
    await visitor.say_who(name, number)
    await visitor.show_face()
    await visitor.page.wait_for_selector(f"{NOW}.trouble")
    ways_on = await visitor.page.locator(f"{NOW}.trouble .button").all_inner_texts()
    assert len(ways_on) == 3 and "换一种方式" in ways_on
    assert not await visitor.barriers()


async def test_one_verification_then_everything(
    camera: Path, visitor: Visitor, running_house: House
) -> None:
    page = visitor.page
    file = visitor.portraits / "portrait.jpg"
    name, number = await visitor.become_resident(running_house.sandbox_url, file)

    await visitor.open()
    await page.reload()
    await page.wait_for_selector(f"{NOW}.cell")
    await seen(visitor, "home")
    await page.click(f"{NOW}[data-service=provident-fund-balance]")
    await page.wait_for_selector(f"{NOW}.trouble")
    await seen(visitor, "identity-needed")
    await page.click(f"{NOW}.trouble .button >> nth=0")

    await page.wait_for_selector(f"{NOW}.waycard")
    await seen(visitor, "ways")
    await visitor.choose()
    await page.wait_for_selector(f"{NOW}.consent__one")
    await seen(visitor, "consent")
    await visitor.agree()
    await seen(visitor, "person")
    await visitor.say_who(name, number[:6] + " " + number[6:].lower())
    await page.wait_for_selector(f"{NOW}#open-camera")
    await seen(visitor, "camera")
    await visitor.show_face()
    await visitor.verified()
    last = name[-1] if len(name) > 2 else "*"
    assert await visitor.text(".id__name") == name[0] + "*" * (len(name) - 2) + last
    assert await visitor.text(".id__number") == number[0] + "*" * 16 + number[-1]
    await seen(visitor, "result")

    await page.click(f"{NOW}.result__buttons .button >> nth=0")
    await page.wait_for_selector(f"{NOW}#headline")
    assert await visitor.text("#headline") == await fund_balance(running_house, name, number)
    await seen(visitor, "balance")

    await answered(visitor, "provident-fund-records")
    booked = await fund_movements(running_house, name, number)
    assert await page.locator(f"{NOW}.table__row").count() == booked
    await seen(visitor, "records")
    for service in ("social-insurance-status", "social-insurance-contributions"):
        await answered(visitor, service)
        await seen(visitor, service)

    await answered(visitor, dropped.ID)  # a file that was dropped in, drawn from its schema
    assert "问候" in await visitor.text("") and "hello" in await visitor.text("")

    await visitor.open("#/pages/me/me")
    await page.wait_for_selector(f"{NOW}.id__name")
    await seen(visitor, "me")
    await page.click(f"{NOW}[data-row=activity]")
    await page.wait_for_selector(f"{NOW}.list__row--event")
    await seen(visitor, "activity")
    await page.go_back()
    await page.click(f"{NOW}#sign-out")
    await page.wait_for_selector(f"{NOW}.me__invite")
    assert "session:refresh" not in await page.evaluate("Object.keys(sessionStorage)")
    assert not visitor.complaints


async def answered(visitor: Visitor, service: str) -> None:
    """Open a service from home and wait for its answer."""
    await visitor.open("#/pages/home/home")
    await visitor.page.click(f"{NOW}[data-service={service}]")
    await visitor.page.wait_for_selector(f"{NOW}.service__by")


async def seen(visitor: Visitor, name: str) -> None:
    """Pictures in every size and scheme, and nobody shut out (WCAG 2.2 AA)."""
    await visitor.picture(name)
    assert not await visitor.barriers(), name
