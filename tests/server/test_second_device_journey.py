"""In a real browser: somebody known by their network identity comes back on a second device without
typing who they are; either device sees both, is told, and signs the other out.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.house import House
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_network_identity,
    confirm,
    somebody,
)
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
VERIFY = "#/pages/verify/verify"


@pytest.fixture
async def first(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    async with somebody(running_house) as one:
        yield one


@pytest.fixture
async def second(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    """Another browser, which has nothing of the first one."""
    async with somebody(running_house) as one:
        yield one


async def outside_without_typing(visitor: Visitor, person: SandboxResident) -> None:
    """Past the form to the provider, who knows who this is."""
    page = visitor.page
    await visitor.open(VERIFY)
    await visitor.choose("network-identity")
    await visitor.agree()
    await page.click(f"{NOW}#skip")
    await page.click(f"{NOW}#go-outside")
    await page.fill("#number", person.number)
    await page.fill("#pin", person.pin)
    await page.click("button[value=confirm]")
    await page.wait_for_selector(f"{NOW}.id__name, {NOW}.trouble")


async def test_whom_nobody_knows_yet_is_asked_who_they_are(
    running_house: House, second: Visitor
) -> None:
    person = await a_resident(running_house)
    await outside_without_typing(second, person)
    assert await second.page.locator(f"{NOW}.id__name").count() == 0
    await at(second, "me", ".me__invite")


async def test_a_second_device_comes_back_is_told_of_and_signed_out(
    running_house: House, first: Visitor, second: Visitor
) -> None:
    person = await a_resident(running_house)
    await first.open(VERIFY)
    await by_network_identity(first, person)
    await outside_without_typing(second, person)
    assert person.name[0] in await second.text(".id__name")

    await at(first, "notices", "[data-kind=new-device]")
    for one in (first, second):
        await at(one, "devices", "[data-session]")
        rows = one.page.locator(f"{NOW}[data-session]")
        assert await rows.count() == 2
        for row in await rows.all_inner_texts():
            assert "电脑" in row and "本地网络" in row and ":" in row  # device, place, last use
    await first.page.click(f"{NOW}#sessions .list__row .list__act")
    await first.page.locator(f"{NOW}[data-session] >> nth=1").wait_for(state="detached")
    await at(second, "me", ".me__invite")
    await at(first, "me", ".id__name")


async def test_signing_out_everywhere_ends_both(
    running_house: House, first: Visitor, second: Visitor
) -> None:
    person = await a_resident(running_house)
    await first.open(VERIFY)
    await by_network_identity(first, person)
    await outside_without_typing(second, person)
    await at(first, "devices", "#end-all")
    await first.page.click(f"{NOW}#end-all")
    await confirm(first)
    for one in (first, second):
        await at(one, "me", ".me__invite")
