"""A passkey in a real browser: added on the devices page, and later a fresh proof without a face.

The browser's own virtual authenticator (WebDriver's WebAuthn extension, by the DevTools protocol)
stands for the phone's lock screen. The pages are opened as localhost: an address has no passkeys.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Page

from identity.models import Passkey, Session
from tests.support.browser import browsing
from tests.support.http import Api, SignedIn
from tests.support.passkey_parts import came_back, somebody
from tests.support.visitor import NOW, Visitor

pytestmark = [pytest.mark.server, pytest.mark.browser]
DEVICES = "#/pages/devices/devices"
LOCK_SCREEN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
async def page(packages: Path, api: Api) -> AsyncIterator[Page]:
    async with browsing() as context:
        yield await context.new_page()


async def lock_screen(page: Page, **others: object) -> None:
    """A device that knows its owner."""
    wire = await page.context.new_cdp_session(page)
    await wire.send("WebAuthn.enable", {"enableUI": False})
    await wire.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK_SCREEN | others})


async def arrive(page: Page, api: Api, who: SignedIn, host: str = "localhost") -> Visitor:
    """The pages, as a browser has them in which this session lives."""
    visitor = Visitor(page, f"http://{host}:{api.settings.port}")
    await visitor.open()
    kept = json.dumps({"value": who.refresh, "type": "Bearer"})
    await page.evaluate("kept => sessionStorage.setItem('session:refresh', kept)", kept)
    return visitor


async def add(visitor: Visitor) -> None:
    await visitor.open(DEVICES)
    await visitor.page.reload()  # the session is read when the program starts
    await visitor.page.click(f"{NOW}#add-passkey")


async def test_a_passkey_is_added_and_raises_a_returned_session(page: Page, api: Api):
    who = await somebody(api)
    await lock_screen(page)
    visitor = await arrive(page, api, who)
    await add(visitor)
    await page.wait_for_selector(f"{NOW}#passkeys .list__act")
    row = await Passkey.get(resident_id=who.resident)
    assert row.bound_at_level == 4

    back = await came_back(api, who)
    await arrive(page, api, back)
    await visitor.open(
        f"#/pages/verify/verify?ways=passkey&back={quote('/pages/devices/devices', '')}"
    )
    await page.reload()
    await visitor.choose("passkey")
    await page.wait_for_selector(f"{NOW}#passkeys")
    session = await Session.get(id=back.session)
    assert (session.acr, session.amr) == ("4", "swk user")
    assert (await Passkey.get(id=row.id)).last_used_at
    assert visitor.complaints == []


async def test_a_device_that_does_not_know_its_owner_adds_nothing(page: Page, api: Api):
    who = await somebody(api)
    await lock_screen(page, isUserVerified=False)
    visitor = await arrive(page, api, who)
    await add(visitor)
    await page.wait_for_selector(f"{NOW}.trouble")
    assert not await Passkey.filter(resident_id=who.resident).exists()


async def test_at_an_address_without_a_name_the_page_offers_no_passkey(page: Page, api: Api):
    who = await somebody(api)
    await lock_screen(page)
    visitor = await arrive(page, api, who, host="127.0.0.1")
    await visitor.open(DEVICES)
    await page.reload()
    await page.wait_for_selector(f"{NOW}#passkeys")
    assert await page.locator(f"{NOW}#add-passkey").count() == 0
