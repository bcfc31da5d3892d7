"""A driving licence is shown by QR and checked in a second browser with the network off; then on
line, where a code works once; and by the stand-alone command.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import cv2
import numpy as np
import pytest

from tests.support.browser import browsing
from tests.support.house import ROOT, House
from tests.support.house_http import sandbox_of
from tests.support.licences import of_another_province
from tests.support.log_capture import personal
from tests.support.residents_at_pages import (
    PICTURES,
    a_resident,
    at,
    by_network_identity,
    seen,
)
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(600)]
BORN = "1990-04-05"  # with a driving licence, and married (docs/sandbox.md)
FRAMES, WIDTH, HEIGHT = 30, 1280, 1080
CLIPBOARD = ["clipboard-read", "clipboard-write", "camera"]


@pytest.fixture
async def two(packages: Path, running_house: House, tmp_path: Path) -> AsyncIterator[list[Visitor]]:
    """A holder's phone, and a counter whose camera sees what ``camera`` of its folder holds."""
    camera = film(tmp_path / "camera.mjpeg", np.full((HEIGHT, WIDTH, 3), 255, np.uint8))
    async with AsyncExitStack() as stack:
        found = []
        for video, scale in ((None, 3), (camera, 1)):
            context = await stack.enter_async_context(browsing(video, scale))
            await context.grant_permissions(CLIPBOARD, origin=running_house.url)
            found.append(Visitor(await context.new_page(), running_house.url, PICTURES))
        yield found
        for one in found:
            assert not one.complaints


async def test_shown_by_a_phone_and_checked_without_a_line(
    running_house: House, two: list[Visitor], tmp_path: Path
) -> None:
    holder, counter = two
    person = await a_resident(running_house, born=BORN)
    await holder.open("#/pages/verify/verify")
    await by_network_identity(holder, person)
    await brought_in(holder)
    await carries_along(counter)

    await shown(holder)
    film(tmp_path / "camera.mjpeg", await picture_of_code(holder))
    await scanned(counter, person.name)
    text = await copied(holder)
    await refused_as_a_copy(counter, text)
    await checked_by_command(running_house, tmp_path / "carried", text)

    await on_line_it_works_once(holder, counter, person.name)
    await of_fifty_one_succeeds(running_house, holder)
    await another_provinces_is_named(running_house, counter)
    await too_many_questions_shame_nobody(holder, counter, person.name)
    await holder.page.click(f"{NOW}#stop")
    await taken_along_on_paper(holder)
    await nothing_without_a_choice(holder)
    await large_and_in_english(holder)


async def brought_in(holder: Visitor) -> None:
    await at(holder, "licences", "#empty")
    await seen(holder, "licences-empty")
    for kind in ("driving-licence", "marriage-certificate"):
        await holder.page.click(f"{NOW}button[data-type={kind}]")
        await holder.page.wait_for_selector(f"{NOW}[data-licence={kind}]")
    await holder.page.click(f"{NOW}button[data-type=business-licence]")
    await holder.page.get_by_text("没有查到您的这项证照").wait_for()
    await seen(holder, "licences")
    await holder.page.click(f"{NOW}[data-licence=driving-licence]")
    await holder.page.wait_for_selector(f"{NOW}#show")
    await seen(holder, "licence")


async def carries_along(counter: Visitor) -> None:
    """Once with a line; from then on the page opens without one, keys and lists beside it."""
    page = counter.page
    await page.goto(f"{counter.url}/verify/")
    await page.wait_for_selector(f"{NOW}#carried:not([data-at=''])")
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("caches.match('/verify/').then(Boolean)")
    await seen(counter, "verifier")
    await page.click(f"{NOW}#update")  # the licence above is in the list now
    await page.wait_for_selector(f"{NOW}#update:not([disabled])")
    await page.context.set_offline(True)
    await page.reload()
    await page.wait_for_selector(f"{NOW}.line--off")


async def shown(holder: Visitor) -> None:
    page = holder.page
    await page.click(f"{NOW}#show")
    await page.wait_for_selector(f"{NOW}#qr")
    assert "秒后换新码" in await holder.text("#left")
    await seen(holder, "licence-shown")


async def picture_of_code(holder: Visitor) -> np.ndarray:
    """What a camera sees of the phone, in the middle of a grey counter."""
    shot = await holder.page.locator(f"{NOW}#qr").screenshot()
    code = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert code is not None
    side = HEIGHT - 60
    code = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA)
    scene = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    top, left = 30, (WIDTH - side) // 2
    scene[top : top + side, left : left + side] = code
    return scene


def film(path: Path, scene: np.ndarray) -> Path:
    """An .mjpeg is nothing but one JPEG after the other."""
    done, frame = cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, 92])
    assert done
    path.write_bytes(frame.tobytes() * FRAMES)
    return path


async def scanned(counter: Visitor, name: str) -> None:
    await counter.page.click(f"{NOW}#scan")
    await counter.page.wait_for_selector(f"{NOW}#verdict")
    told = await counter.text("")
    assert "真实有效" in told, told
    assert name in told and "C1" in told and "交通运输局" in told
    assert "状态列表是" in told and "别处出示过，这里看不出来" in told
    assert "身份证" not in told and "证号" not in told  # not chosen, so not there
    await seen(counter, "verifier-good-offline")


async def copied(holder: Visitor) -> str:
    await holder.page.click(f"{NOW}#copy")
    text = await holder.page.evaluate("navigator.clipboard.readText()")
    assert "/verify/#" in text and len(text) <= 2900
    return personal(text)


async def typed(counter: Visitor, text: str) -> None:
    page = counter.page
    if await page.locator(f"{NOW}#again").count():
        await page.click(f"{NOW}#again")
    await page.fill(f"{NOW}#text", text)
    await page.press(f"{NOW}#text", "Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"{NOW}#verdict")


async def refused_as_a_copy(counter: Visitor, text: str) -> None:
    await typed(counter, text)
    assert await counter.page.get_attribute(f"{NOW}#verdict", "data-why") == "seen"
    await seen(counter, "verifier-refused")
    broken = text.replace("/verify/#", "/verify/#x")
    await typed(counter, broken)
    assert "不能接受" in await counter.text("#verdict")


async def checked_by_command(house: House, folder: Path, text: str) -> None:
    """In a process of its own, which never saw the house's code run; its memory is another's."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.licences.verify", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run("fetch", house.url, str(folder)).returncode == 0
    first, second = (run("check", str(folder), text, "--json") for _ in range(2))
    said = json.loads(first.stdout)
    assert (first.returncode, said["verdict"]) == (0, "good"), first.stdout + first.stderr
    assert said["status_age_seconds"] < 600
    assert (second.returncode, json.loads(second.stdout)["why"]) == (1, "seen")


async def on_line_it_works_once(holder: Visitor, counter: Visitor, name: str) -> None:
    """With a portrait, which the register gives for this one answer."""
    await counter.page.context.set_offline(False)
    await holder.page.click(f"{NOW}#stop")
    await holder.page.click(f"{NOW}#show")
    await holder.page.wait_for_selector(f"{NOW}#qr")
    text = await copied(holder)
    await counter.page.goto(text)
    await counter.page.wait_for_selector(f"{NOW}.portrait")
    assert name in await counter.text("")
    assert counter.page.url == f"{counter.url}/verify/"  # the code is out of the address
    await seen(counter, "verifier-good-online")
    await typed(counter, text)
    assert "已经核验过" in await counter.text("#verdict")


async def of_fifty_one_succeeds(house: House, holder: Visitor) -> None:
    """Over all workers of a running house."""
    await holder.page.click(f"{NOW}#stop")
    await holder.page.click(f"{NOW}#show")
    await holder.page.wait_for_selector(f"{NOW}#qr")
    sent = {"presentation": await copied(holder)}
    async with aiohttp.ClientSession(house.url) as http:

        async def asked() -> int:
            async with http.post("/v1/presentations/check", json=sent) as answer:
                return answer.status

        assert sorted(await asyncio.gather(*(asked() for _ in range(50)))) == [200] + [409] * 49


async def another_provinces_is_named(house: House, counter: Visitor) -> None:
    """Genuine by the trust list; whether it is in force is not ours to say, nor to deny."""
    async with sandbox_of(house) as sandbox:
        text = of_another_province(sandbox, datetime.now(UTC))
    await typed(counter, text)
    assert await counter.page.get_attribute(f"{NOW}#verdict", "data-verdict") == "unsure"
    told = await counter.text("")
    assert "临江省" in told and "王小明" in told and "到对方的平台再核验" in told
    await seen(counter, "verifier-other-province")


async def too_many_questions_shame_nobody(holder: Visitor, counter: Visitor, name: str) -> None:
    """A house that does not answer just now refuses no licence: the keys decide."""
    await holder.page.click(f"{NOW}#stop")
    await holder.page.click(f"{NOW}#show")
    await holder.page.wait_for_selector(f"{NOW}#qr")
    said = json.dumps({"code": "too-many-from-address", "title": "", "detail": ""})
    asked = "**/v1/presentations/check"
    await counter.page.route(asked, lambda route: route.fulfill(status=429, body=said))
    await typed(counter, await copied(holder))
    await counter.page.unroute(asked)
    told = await counter.text("")
    assert "真实有效" in told and "状态列表是" in told and name in told


async def taken_along_on_paper(holder: Visitor) -> None:
    async with holder.page.expect_download() as waited:
        await holder.page.click(f"{NOW}#pdf")
    got = await waited.value
    assert got.suggested_filename == "driving-licence.pdf"
    assert Path(await got.path()).read_bytes().startswith(b"%PDF-")


async def large_and_in_english(holder: Visitor) -> None:
    """Letters half as large again and the language with the longest words: nothing is cut off."""
    page = holder.page
    await holder.open()
    await page.click(f"{NOW}#elder")
    await page.click(f"{NOW}.home__language")
    await page.wait_for_selector("html[lang=en][data-elder]")
    await at(holder, "licences", "[data-licence=driving-licence]")
    await seen(holder, "licences-large-en")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.click(f"{NOW}[data-licence=driving-licence]")
    await page.wait_for_selector(f"{NOW}#show")
    await seen(holder, "licence-large-en")
    await page.click(f"{NOW}#show")
    await page.wait_for_selector(f"{NOW}#qr")
    await seen(holder, "licence-shown-large-en")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def nothing_without_a_choice(holder: Visitor) -> None:
    for box in await holder.page.locator(f"{NOW}.one__field input").all():
        await box.uncheck()
    await holder.page.click(f"{NOW}#show")
    assert await holder.text("#choose-fault")
