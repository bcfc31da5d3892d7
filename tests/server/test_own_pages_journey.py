"""What residents see of themselves, in a real browser and wholly without a face: their pages, their
copy, leaving, children in their care, family who act for them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Download

from identity import ages
from tests.support.house import House
from tests.support.residents_at_pages import (
    a_resident,
    at,
    by_network_identity,
    confirm,
    last_code,
    seen,
    somebody,
)
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(400)]
OWN_PAGES = {
    "me": "[data-row=family]",
    "documents": ".list__row",
    "wards": "#add-ward",
    "family": "#offer",
    "mandate": "#send-offer",
    "activity": ".list__row--event",
}
RARE = "阿依𠮷丽·艾山"  # beyond the BMP, and with the dot of a name


@pytest.fixture
async def visitor(packages: Path, running_house: House) -> AsyncIterator[Visitor]:
    """A browser that nobody has used before, and no camera."""
    async with somebody(running_house) as one:
        yield one


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

    for own, shows in OWN_PAGES.items():
        await at(visitor, own, shows)
        await seen(visitor, own)
    await tells_their_number(visitor, person.phone, running_house)
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


async def tells_their_number(visitor: Visitor, phone: str, one: House) -> None:
    page = visitor.page
    await at(visitor, "notices", "#phone-change")
    await page.click(f"{NOW}#phone-change")
    await visitor.agree()  # a purpose of its own
    await page.fill(f"{NOW}#notice-phone", phone)
    await page.click(f"{NOW}#phone-send")
    await page.wait_for_selector(f"{NOW}#notice-code")
    await page.fill(f"{NOW}#notice-code", await last_code(page.context, one, phone))
    await page.click(f"{NOW}#phone-confirm")
    await page.wait_for_selector(f"{NOW}.notices__phone")
    assert phone[0] + "*" * 9 + phone[-1] in await visitor.text(".notices__phone")
    await seen(visitor, "notices-phone")


async def downloaded(visitor: Visitor, button: str, folder: Path) -> Path:
    async with visitor.page.expect_download() as waited:
        await visitor.page.click(f"{NOW}{button}")
    got: Download = await waited.value
    file = folder / got.suggested_filename
    await got.save_as(file)
    return file


async def test_a_child_begins_with_the_code_of_a_guardian(
    running_house: House, visitor: Visitor
) -> None:
    page = visitor.page
    born = ages.today().replace(day=1)
    parent = await a_resident(running_house)
    eight = str(born.replace(year=born.year - 8))
    child = await a_resident(running_house, born=eight, guardian=parent.number)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, parent)
    await at(visitor, "wards", "#add-ward")
    await page.click(f"{NOW}#add-ward")
    await visitor.agree()
    await visitor.say_who(child.name, child.number)
    await page.get_by_role("button", name="取得同意码").click()
    await page.wait_for_selector(f"{NOW}#ward-code")
    await seen(visitor, "ward-code")
    code = await visitor.text("#ward-code")

    async with somebody(running_house) as theirs:
        await theirs.open("#/pages/verify/verify")
        await theirs.choose("network-identity")
        await theirs.agree()
        await theirs.say_who(child.name, child.number)  # without a code it does not begin
        assert "同意码" in await theirs.text("#code-fault")
        await seen(theirs, "person-young")
        await theirs.page.click(f"{NOW}#other-way")
        await by_network_identity(theirs, child, code)
    await at(visitor, "wards", "#add-ward")
    assert "已核验" in await visitor.text("")


async def test_one_acts_for_another_and_both_see_who_did(
    running_house: House, visitor: Visitor
) -> None:
    page = visitor.page
    mother, daughter = await a_resident(running_house), await a_resident(running_house)
    await visitor.open("#/pages/verify/verify")
    await by_network_identity(visitor, mother)
    await at(visitor, "family", "#offer")
    await page.click(f"{NOW}#offer")
    await page.fill(f"{NOW}#agent-name", daughter.name)
    await page.fill(f"{NOW}#agent-number", daughter.number)
    await page.check(f"{NOW}input[value=social-insurance-status]")
    await page.click(f"{NOW}#send-offer")
    await page.wait_for_selector(f"{NOW}#given .list__row")

    async with somebody(running_house) as agent:
        await agent.open("#/pages/verify/verify")
        await by_network_identity(agent, daughter)
        await at(agent, "family", "#received .list__row")
        await seen(agent, "family-offered")
        await agent.page.get_by_role("button", name="接受").click()
        await agent.page.get_by_role("button", name="开始代办").click()
        await agent.page.wait_for_selector(f"{NOW}#acting")
        assert mother.name[0] in await agent.text("#acting")
        await agent.page.click(f"{NOW}[data-service=social-insurance-status]")
        await agent.page.wait_for_selector(f"{NOW}.service__by")
        await seen(agent, "acting")
        await at(agent, "activity", ".list__row--event")
        assert "涉及" in await agent.text("")
    await at(visitor, "activity", ".list__row--event")
    assert daughter.name[0] in await visitor.text("")
    await seen(visitor, "activity-family")
