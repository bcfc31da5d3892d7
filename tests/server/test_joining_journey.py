"""In a real browser: another document of one's own is proven apart, and its record joined."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import faces, journey
from tests.support.browser import browsing
from tests.support.house import ROOT, House
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, POSES, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PERMIT = "hong-kong-macao-residence"
BORN = {"born": "1984-08-04", "sex": "male"}


@pytest.fixture
async def visitor(
    running_house: House, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Visitor]:
    """With somebody before the camera where the test is about a face: that is dear to film."""
    faced = (
        getattr(request.node, "callspec", None) and request.node.callspec.params["way"] == "face"
    )
    video = faces.camera_video(faces.OBAMA, tmp_path / "face.mjpeg", POSES) if faced else None
    async with browsing(video) as context:
        one = Visitor(await context.new_page(), running_house.url, ROOT / "build" / "screenshots")
        yield one
        assert not one.complaints


async def signed_in(visitor: Visitor, person: SandboxResident) -> None:
    """By the network identity, which needs no face."""
    await visitor.open("#/pages/verify/verify")
    await visitor.choose("network-identity")
    await visitor.agree()
    await visitor.say_who(person.name, person.number)
    await outside(visitor, person)
    await visitor.verified()


async def outside(visitor: Visitor, person: SandboxResident) -> None:
    await visitor.page.click(f"{NOW}#go-outside")
    await visitor.page.fill("#number", person.number)
    await visitor.page.fill("#pin", person.pin)
    await visitor.page.click("button[value=confirm]")


async def add(visitor: Visitor, kind: str, number: str) -> None:
    page = visitor.page
    await visitor.open("#/pages/documents/documents")
    await page.click(f"{NOW}#add-document")
    await page.select_option(f"{NOW}#document-type", label=kind)
    await page.fill(f"{NOW}#number", number)
    await page.click(f"{NOW}#to-proof")


@pytest.mark.parametrize("way", ["face", "network-identity"])
async def test_a_document_that_a_register_knows_is_proven_and_joined(
    running_house: House, visitor: Visitor, way: str
) -> None:
    mine = await journey.new_resident(running_house.sandbox_url, None, **BORN)
    permit = await journey.new_resident(running_house.sandbox_url, None, kind=PERMIT, **BORN)
    await signed_in(visitor, mine)
    await add(visitor, "港澳居民居住证", permit.number)
    await visitor.choose(way)
    await visitor.agree()
    await visitor.page.fill(f"{NOW}#name", permit.name)
    await visitor.page.click(f"{NOW}#to-proof")
    await (visitor.show_face() if way == "face" else outside(visitor, permit))
    await visitor.page.wait_for_selector(f"{NOW}.list__row >> nth=1", timeout=40_000)
    assert "港澳居民居住证" in await visitor.text("")
    await visitor.picture("documents-joined")
    assert not await visitor.barriers()
    await visitor.open("#/pages/devices/devices")
    await visitor.page.wait_for_selector(f"{NOW}[data-session]")
    assert await visitor.page.locator(f"{NOW}[data-session]").count() == 1


async def test_another_persons_document_is_not_joined(
    running_house: House, visitor: Visitor
) -> None:
    mine = await journey.new_resident(running_house.sandbox_url, None, **BORN)
    other = await journey.new_resident(
        running_house.sandbox_url, None, kind=PERMIT, **(BORN | {"sex": "female"})
    )
    await signed_in(visitor, mine)
    await add(visitor, "港澳居民居住证", other.number)
    await visitor.choose("network-identity")
    await visitor.agree()
    await visitor.say_who(other.name, other.number)
    await outside(visitor, other)
    await visitor.page.wait_for_selector(f"{NOW}.trouble")
    assert "不能在这里合并" in await visitor.text(".trouble")
    await visitor.open("#/pages/documents/documents")
    await visitor.page.wait_for_selector(f"{NOW}.list__row")
    assert await visitor.page.locator(f"{NOW}.list__row").count() == 1


async def test_a_passport_is_added_by_its_form_alone(
    running_house: House, visitor: Visitor
) -> None:
    await signed_in(visitor, await journey.new_resident(running_house.sandbox_url, None))
    page = visitor.page
    await visitor.open("#/pages/documents/documents")
    await page.click(f"{NOW}#add-document")
    await page.select_option(f"{NOW}#document-type", label="护照")
    await page.fill(f"{NOW}#number", "E12345678")
    await page.fill(f"{NOW}#country", "CA")
    await page.click(f"{NOW}#to-proof")
    await page.wait_for_selector(f"{NOW}.list__row >> nth=1")
    assert "E*******8" in await visitor.text("")
