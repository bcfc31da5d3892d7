"""A kiosk in a real browser: enrolled, let in by a telephone's own page, by card and face, and
empty for the next visitor.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, Response

from config.texts import text
from tests.support import faces
from tests.support.axe import heavy
from tests.support.browser import KIOSK, browsing
from tests.support.house import ROOT, House
from tests.support.operators import Operator, an_operator_of
from tests.support.residents_at_pages import (
    a_resident,
    by_network_identity,
    in_every_language,
    somebody,
)
from tests.support.residents_at_pages import seen as seen_on_phone
from tests.support.visitor import (
    ACT,
    COLOURS,
    EARLY,
    MARK_SIDE,
    NOW,
    PATIENCE,
    POSES,
    Visitor,
)  # fmt: skip

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PICTURES = ROOT / "build" / "screenshots"
SITE, ADDRESS = "越秀区政务服务中心 一楼", "越秀区吉祥路 100 号"
SERVICE, IN_WORK = "social-insurance-contributions", "1990-03-05"
TOO_LATE = text("problem.challenge-expired.title", "en")


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture(scope="module")
async def operator(packages: Path, running_house: House, http: aiohttp.ClientSession) -> Operator:
    return await an_operator_of(running_house, http)


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """Before it sits, and turns, the person of OBAMA; dear to film, so only where a test asks."""
    return faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES)


@pytest.fixture
async def screen(running_house: House, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A kiosk's browser."""
    wanted = "camera" in request.fixturenames
    video = request.getfixturevalue("camera") if wanted else None
    complaints: list[str] = []
    async with browsing(video) as context:
        page = await context.new_page()
        await page.set_viewport_size(KIOSK)  # type: ignore[arg-type]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type in {"error", "warning"} and "Failed to load resource" not in said.text
                else None
            ),
        )
        await page.clock.install()  # it runs on, until a test moves it
        await page.goto(f"{running_house.url}/kiosk/")
        yield page
        assert not complaints


async def barriers(page: Page) -> list[str]:
    """What axe-core finds serious or critical, and targets too small for a fingertip."""
    small = """() => [...document.querySelectorAll("button, input")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.height && (box.height < 60 || box.width < 60);
    }).map((one) => one.outerHTML.slice(0, 120))"""
    return await heavy(page) + list(await page.evaluate(small))


async def seen(page: Page, name: str) -> None:
    assert not await barriers(page), name
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"kiosk-{name}.png")


async def enrolled(page: Page, operator: Operator) -> None:
    """A wrong code first, then the operator's."""
    await page.fill("#code", "22222-33333")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".trouble:not([hidden])")
    await seen(page, "enrol")
    await page.fill("#code", (await operator.kiosk_code(SITE, ADDRESS)).lower())
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"[data-service={SERVICE}]")


async def chosen(page: Page, way: str) -> None:
    await page.click(f"[data-service={SERVICE}]")
    await page.wait_for_selector(f"[data-way={way}]")
    await seen(page, "ways")
    await page.click(f"[data-way={way}]")


async def code_shown(page: Page) -> str:
    await page.wait_for_selector(".qr[src^='data:image/svg+xml']")
    return (await page.inner_text(".usercode")).strip()


async def scanned(phone: Visitor, code: str) -> None:
    """What a camera does with the address in the QR."""
    await phone.open(f"#/pages/handoff/handoff?code={code}")
    await phone.page.wait_for_selector(f"{NOW}#allow")


async def typed(page: Page, number: str) -> None:
    """On the keys of the screen."""
    for digit in number:
        await page.click(f".key >> text='{digit}'")


async def printed(page: Page) -> None:
    """The answer as a sealed certificate; its frame goes with the visit."""
    async with page.expect_response(lambda one: one.url.endswith("/papers")) as waited:
        await page.click("#print")
    assert (await waited.value).status == 200
    await page.wait_for_selector(".printing [role=status] >> text=请取走打印件")


async def left_behind(page: Page) -> str:
    """Everything this browser keeps, as one text."""
    return str(
        await page.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
            " + document.body.innerText"
        )
    )


# The pair as IndexedDB keeps it: whether anybody could take the private half away.
TAKE_KEY = """async () => {
  const settled = (one) => new Promise((good, bad) => {
    one.onsuccess = () => good(one.result); one.onerror = () => bad(one.error);
  });
  const shelf = (await settled(indexedDB.open("kiosk-key", 1))).transaction("pairs");
  const pair = await settled(shelf.objectStore("pairs").get("own"));
  return crypto.subtle.exportKey("jwk", pair.privateKey).then(() => "taken", (no) => no.name);
}"""


def ended(answer: Response) -> bool:
    """The visit's end as the server confirmed it; before it, a clock may have to be put right."""
    told = answer.request.method == "DELETE" and "/v1/kiosks/visits/" in answer.url
    return told and answer.status == 204


async def test_a_telephone_lets_the_kiosk_in_and_nothing_is_left_for_the_next(
    running_house: House, operator: Operator, screen: Page
) -> None:
    await enrolled(screen, operator)
    assert await screen.evaluate(TAKE_KEY) == "InvalidAccessError"
    await seen(screen, "services")
    person = await a_resident(running_house, born=IN_WORK)
    async with somebody(running_house) as phone:
        await phone.open("#/pages/verify/verify")
        await by_network_identity(phone, person)

        await chosen(screen, "phone")
        first = await code_shown(screen)
        assert "秒后换新码" in await screen.inner_text(".clock")
        assert "秒后自动结束" in await screen.inner_text(".foot__words")
        await seen(screen, "qr")
        await scanned(phone, first)
        shown = await phone.text("#site")
        assert SITE in shown and ADDRESS in shown
        await phone.page.click(f"{NOW}#refuse")
        await screen.wait_for_selector(".trouble:not([hidden])")
        assert "没有获准" in await screen.inner_text(".trouble")
        await screen.click("#end")

        await chosen(screen, "phone")
        second = await code_shown(screen)
        assert second != first
        await scanned(phone, second)
        await in_every_language(phone, "handoff")
        await screen.wait_for_selector(".typing:not([hidden])")
        await phone.page.click(f"{NOW}#allow")
        await phone.page.wait_for_selector(f"{NOW}#number")
        await seen_on_phone(phone, "handoff-number")
        number = "".join((await phone.text("#number")).split())
        await typed(screen, f"{(int(number) + 1) % 10_000:04d}")
        await screen.wait_for_selector(".trouble:not([hidden]) >> text=还可以输入 2 次")
        await seen(screen, "number")
        await typed(screen, number)
        await screen.wait_for_selector(".headline")
        assert "¥" in await screen.inner_text(".headline")
        assert "秒后自动结束" in await screen.inner_text(".foot__words")
        await seen(screen, "answer")

        await printed(screen)
        balance = await screen.inner_text(".headline b")
        async with screen.expect_response(ended) as waited:
            await screen.clock.fast_forward(61_000)  # nobody touched it
        assert (await waited.value).status == 204
        await screen.wait_for_selector(".screen--over")
        await seen(screen, "over")
        await screen.click(".screen--over .button")
        await screen.wait_for_selector(f"[data-service={SERVICE}]")
        left = await left_behind(screen)
        assert balance not in left and number not in left and second not in left
        assert "eyJ" not in left  # no token
        assert not await screen.locator("iframe").count()


async def test_the_qr_code_rotates_and_an_unwatched_page_ends_by_itself(
    operator: Operator, screen: Page
) -> None:
    await enrolled(screen, operator)
    await chosen(screen, "phone")
    first = await code_shown(screen)
    await screen.clock.fast_forward(61_000)
    await screen.wait_for_function(
        "(old) => document.querySelector('.usercode').textContent !== old", arg=first
    )
    await screen.clock.fast_forward(80_000)
    assert "foot--soon" in str(await screen.get_attribute("#foot", "class"))
    assert "秒后自动结束" in await screen.inner_text("#announce")
    await screen.clock.fast_forward(20_000)
    await screen.wait_for_selector(f"[data-service={SERVICE}]")


async def test_a_card_and_a_face_open_the_kiosk_by_itself(
    camera: Path,
    running_house: House,
    operator: Operator,
    screen: Page,
    http: aiohttp.ClientSession,
) -> None:
    await enrolled(screen, operator)
    person = await a_resident(running_house)
    await screen.click("#language")
    await screen.wait_for_selector("text=What would you like to do?")
    await chosen(screen, "card")
    await screen.wait_for_selector(".consent")
    await seen(screen, "consent")
    await screen.click("#agree")
    await screen.click("#card-lies")
    await screen.wait_for_selector(".trouble:not([hidden]) >> text=No card was read")
    name = await screen.evaluate("localStorage.kiosk")
    laid = f"{running_house.sandbox_url}/card-reader/{name}/card"
    async with http.post(laid, json={"number": person.number}) as said:
        assert said.status == 201
    await screen.click("#by-hand")
    for _ in range(PATIENCE):
        await screen.click("#card-lies")
        await screen.wait_for_selector("#shutter")
        await screen.evaluate(ACT, [MARK_SIDE, COLOURS, EARLY])
        await screen.wait_for_selector(".headline, .trouble:not([hidden])", timeout=40_000)
        too_late = screen.locator(".trouble:not([hidden])", has_text=TOO_LATE)
        if not await too_late.count():
            break
    assert await screen.locator(".headline").count(), await screen.inner_text("main")
    await seen(screen, "answer-en")
    await screen.click("#end")
    await screen.wait_for_selector(".screen--over")
    assert await screen.get_attribute("html", "lang") == "zh-CN"
