"""Somebody who uses the pages: becomes a sandbox resident, verifies, asks services, signs out."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage, Page

from tests.support.axe import heavy_in_both_schemes
from tests.support.browser import KIOSK, PHONE
from tests.support.faces import MARK_SIDE, MARKS

NOW = "main:not([hidden]) "
# Every pose comes by within seconds, and no frame comes twice while a challenge lasts: that would
# be a recording.
MOVES = ("left", "right", "down", "shut", "open")
POSES: Sequence[tuple[str, float]] = [
    (pose, 0.45) for move in MOVES * 9 for pose in (move, "front")
]
SIZES = {"phone": PHONE, "kiosk": KIOSK}

# Presses the shutter when the square in the picture's corner shows the asked pose: what a person
# does who turns the head and then presses. Looks whenever a frame is shown and presses early in a
# pose, so that the picture that is taken is of the pose that was seen.
ACT = """async ([side, colours, early]) => {
  const video = document.querySelector(".wx-camera video");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const near = (colour, seen) => colour.every((part, at) => Math.abs(part - seen[at]) < 60);
  const pose = () => {
    pen.drawImage(video, 0, 0, side, side, 0, 0, side, side);
    const seen = pen.getImageData(side / 2, side / 2, 1, 1).data;
    return Object.keys(colours).find((name) => near(colours[name], seen)) ?? "";
  };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const shown = () => new Promise((done) => video.requestVideoFrameCallback(done));
  for (let before = pose(), began = 0; ; ) {
    await Promise.race([shown(), wait(200)]);
    const asked = document.querySelector(".face__words")?.dataset.pose;
    if (asked === undefined) return;
    const now = pose();
    if (now !== before) { before = now; began = performance.now(); }
    const age = performance.now() - began;
    const shutter = document.querySelector("#shutter");
    const ready = shutter && !shutter.disabled && asked === now;
    if (ready && age > early[0] && age < early[1]) shutter.click();
  }
}"""
EARLY = (60, 220)  # ms since a pose began; the whole of it lasts 450
COLOURS = {pose: (red, green, blue) for pose, (blue, green, red) in MARKS.items()}
PATIENCE = 3  # challenges whose time a slow machine may miss; that costs no try


@dataclass
class Visitor:
    """One page of one browser: ``portraits`` holds its pictures of people, ``pictures`` takes those
    of the pages, ``complaints`` what the console says."""

    page: Page
    url: str
    pictures: Path | None = None
    portraits: Path = Path()
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        refused = "Failed to load resource" in message.text  # a Problem is an answer too
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(message.text)

    async def open(self, path: str = "") -> None:
        await self.page.goto(f"{self.url}/{path}")
        await self.page.wait_for_selector(NOW)

    async def become_resident(self, sandbox_url: str, portrait: Path) -> tuple[str, str]:
        """A fictional name and number from the sandbox's page, by a picture file."""
        await self.page.goto(sandbox_url)
        await self.page.set_input_files("#file", portrait)
        await self.page.click("#submit")
        await self.page.wait_for_selector("#result:not([hidden])")
        name = await self.page.inner_text("#got-name")
        number = await self.page.inner_text("#got-number")
        return name.strip(), "".join(number.split())

    async def choose(self, way: str = "face") -> None:
        """One of the ways that the verify page offers."""
        await self.page.click(f"{NOW}[data-way={way}]")

    async def agree(self) -> None:
        """To what the chosen way does with one's data."""
        await self.page.wait_for_selector(f"{NOW}.consent__one")
        await self.page.check(f"{NOW}input[type=checkbox]")
        await self.page.click(f"{NOW}#agree")

    async def say_who(self, name: str, number: str) -> None:
        await self.page.fill(f"{NOW}#name", name)
        await self.page.fill(f"{NOW}#number", number)
        await self.page.click(f"{NOW}#to-proof")

    async def show_face(self, must: str = "front") -> bool:
        """Press the shutter oneself, whenever the asked pose is on; begin again when too late.

        False, and no picture is sent, when a challenge does not ask for the movement ``must``.
        """
        await self.page.click(f"{NOW}#by-hand")
        asked = await self._asked("#open-camera")
        for _ in range(PATIENCE):
            if must not in asked:
                return False
            await self.page.wait_for_selector(f"{NOW}#shutter")
            await self.page.evaluate(ACT, [MARK_SIDE, COLOURS, EARLY])
            too_late = self.page.locator(f"{NOW}.trouble__title", has_text="超过时间了")
            if not await too_late.count():
                break
            asked = await self._asked(".trouble .button >> nth=0")
        return True

    async def _asked(self, button: str) -> Sequence[str]:
        """The movements of the challenge that this button fetches."""
        challenge = self.page.expect_response(lambda one: one.url.endswith("/v1/challenges"))
        async with challenge as waited:
            await self.page.click(NOW + button)
        issued = await (await waited.value).json()
        prompts: Sequence[str] = issued["prompts"]
        return prompts

    async def verified(self) -> None:
        """Wait for the identity card; AssertionError with the page's own words if refused."""
        await self.page.wait_for_selector(f"{NOW}.id__name, {NOW}.trouble", timeout=40_000)
        if await self.page.locator(f"{NOW}.trouble").count():
            raise AssertionError(await self.text(".trouble"))

    async def text(self, selector: str) -> str:
        return (await self.page.inner_text(NOW + selector)).strip()

    async def picture(self, name: str) -> None:
        """The page as it is, on phone and kiosk, light and dark, into ``pictures``.

        Only where PICTURES is set (`make pictures`): they are for eyes, and take minutes.
        """
        if self.pictures is None or not os.environ.get("PICTURES"):
            return
        self.pictures.mkdir(parents=True, exist_ok=True)
        for size, viewport in SIZES.items():
            await self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for scheme in ("dark", "light"):
                await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await self.page.screenshot(path=self.pictures / f"{name}-{size}-{scheme}.png")
        await self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    async def barriers(self) -> list[str]:
        """What axe-core finds serious or critical, in light and in dark."""
        return await heavy_in_both_schemes(self.page)
