"""``make picture``: takes docs/picture.png, the picture in the README, from the real house."""

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image

from mobile_ui.install import install
from tests.support import faces
from tests.support.browser import browsing
from tests.support.house import ROOT, House, house
from tests.support.visitor import NOW, POSES, Visitor

PICTURE = ROOT / "docs" / "picture.png"
GAP = 48
GROUND = (221, 230, 228)


async def shoot(one: House, folder: Path) -> list[bytes]:
    """Home, balance and monthly records of a resident who has just verified."""
    video = faces.camera_video(faces.OBAMA, folder / "face.mjpeg", POSES)
    file = folder / "portrait.jpg"
    file.write_bytes(faces.portrait(faces.OBAMA_AGAIN))
    async with browsing(video, scale=2) as context:
        visitor = Visitor(await context.new_page(), one.url)
        name, number = await visitor.become_resident(one.sandbox_url, file)
        await visitor.open("#/pages/verify/verify")
        await visitor.agree()
        await visitor.say_who(name, number)
        await visitor.show_face()
        await visitor.page.wait_for_selector(f"{NOW}.id__name")
        taken = []
        for path, sign in (
            ("#/pages/home/home", ".id"),
            ("#/pages/service/service?id=provident-fund-balance", ".service__by"),
            ("#/pages/service/service?id=provident-fund-records", ".service__by"),
        ):
            await visitor.open(path)
            await visitor.page.wait_for_selector(NOW + sign)
            taken.append(await visitor.page.screenshot())
        return taken


def side_by_side(taken: list[bytes]) -> Image.Image:
    screens = [Image.open(io.BytesIO(one)) for one in taken]
    width = sum(screen.width for screen in screens) + GAP * (len(screens) + 1)
    canvas = Image.new("RGB", (width, screens[0].height + 2 * GAP), GROUND)
    left = GAP
    for screen in screens:
        canvas.paste(screen, (left, GAP))
        left += screen.width + GAP
    return canvas


def main() -> None:
    install()
    with house() as one, tempfile.TemporaryDirectory() as folder:
        one.start()
        side_by_side(asyncio.run(shoot(one, Path(folder)))).save(PICTURE, optimize=True)
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
