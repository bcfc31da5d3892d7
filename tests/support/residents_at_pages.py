"""Residents before the pages: what they press in each way, whichever test they are in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext

from config.texts import OFFERED
from tests.support import journey
from tests.support.browser import browsing
from tests.support.house import ROOT, House
from tests.support.sandbox import SandboxResident
from tests.support.visitor import NOW, Visitor

PICTURES = ROOT / "build" / "screenshots"
CODE = re.compile(r"\b(\d{6})\b")
PATIENCE = 20  # looks at the telephone


@asynccontextmanager
async def somebody(one: House, video: Path | None = None) -> AsyncIterator[Visitor]:
    """A browser with an empty profile: a device that nobody has used before."""
    async with browsing(video) as context:
        visitor = Visitor(await context.new_page(), one.url, PICTURES)
        yield visitor
        assert not visitor.complaints


async def a_resident(one: House, **details: str) -> SandboxResident:
    """``details``: name, born, as the sandbox takes them."""
    return await journey.new_resident(one.sandbox_url, None, **details)


async def seen(visitor: Visitor, name: str) -> None:
    """Pictures in every size and scheme, and nobody shut out (WCAG 2.2 AA)."""
    await visitor.picture(name)
    found = await visitor.barriers()
    assert not found, (name, found)


async def in_every_language(visitor: Visitor, name: str) -> None:
    """As ``seen``, once a language; nothing is wider than the phone, and Uyghur runs leftwards."""
    page = visitor.page
    for locale in OFFERED[::-1]:
        await page.click(f"{NOW}.languages__one[lang={locale}]")
        await page.wait_for_selector(
            f"html[lang={locale}][dir={'rtl' if locale == 'ug' else 'ltr'}]"
        )
        await page.wait_for_selector(f"{NOW}.languages__one--now[lang={locale}]")
        await page.wait_for_function(
            "!document.querySelector('main:not([hidden]) [aria-busy=true]')"
        )
        await seen(visitor, f"{name}-{locale}")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), locale


async def confirm(visitor: Visitor) -> None:
    """Yes to the question that is asked."""
    await visitor.page.click(".dialog .button >> nth=1")


async def by_network_identity(
    visitor: Visitor, person: SandboxResident, guardian_code: str = ""
) -> None:
    """From the choice of ways to the result, without a face."""
    await proven_by_network_identity(visitor, person, guardian_code)
    await visitor.verified()


async def proven_by_network_identity(
    visitor: Visitor, person: SandboxResident, guardian_code: str = ""
) -> None:
    """From the choice of ways until the outside provider lets one back."""
    page = visitor.page
    await visitor.choose("network-identity")
    await visitor.agree()
    await page.fill(f"{NOW}#number", person.number)
    if guardian_code:
        await page.fill(f"{NOW}#guardian-code", guardian_code)
    await visitor.say_who(person.name, person.number)
    await page.click(f"{NOW}#go-outside")
    await page.fill("#number", person.number)
    await page.fill("#pin", person.pin)
    await page.click("button[value=confirm]")


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
    for _ in range(PATIENCE):
        await page.goto(f"{one.sandbox_url}/messages")
        await page.fill("#phone", phone)
        await page.click("button")
        if found := CODE.search(await page.inner_text("main")):
            await page.close()
            return found[1]
        await page.wait_for_timeout(500)
    raise AssertionError("no message came")


async def at(visitor: Visitor, page: str, shows: str) -> None:
    """Open a page of one's own and wait for what it shows."""
    await visitor.open(f"#/pages/{page}/{page}")
    await visitor.page.wait_for_selector(f"{NOW}{shows}")
