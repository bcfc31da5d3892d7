"""Broken and stale forms, queries and cookies at the staff pages: a page says what is wrong."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from identity.staff.roles import Role
from mobile_ui.staff import site
from mobile_ui.staff.page import Page
from tests.support.cases import FUND
from tests.support.desk import Reader
from tests.support.http import Api
from tests.support.staff import PASSWORD, Colleague, code_again, room_of

ODD = ("\0", "\r\nSet-Cookie: a=b", "9" * 300, "2026-99-99")
SENT = """
    id key number version newest revision ids colleague department region login name roles words
    document_type id_number country code decision job why site address rate quota how outcome
    answer wanted reasons kind environment present rows password one_time_password
    edition.0.region
"""
ASKED = "cursor view department region q state day office by months days hours kind chosen still"


@pytest.fixture(scope="module")
async def clerk(api: Api) -> Colleague:
    return await room_of(api).hire(Role.CLERK)


@pytest.fixture(scope="module")
async def readers(api: Api) -> dict[str, Reader]:
    hired = {role: await room_of(api).hire(role, departments=[FUND]) for role in Role}
    return {role: await Reader.signed_in(api, one) for role, one in hired.items()}


def reader_of(page: Page, readers: dict[str, Reader], api: Api) -> Reader:
    return Reader(api) if page.door else readers[page.roles[0] if page.roles else Role.CLERK]


def address_of(page: Page) -> str:
    return re.sub(r"{\w+}", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", page.path)


@pytest.mark.parametrize("page", site.PAGES, ids=lambda page: page.path)
async def test_no_value_of_a_form_or_query_is_a_fault_of_ours(
    api: Api, readers: dict[str, Reader], page: Page
):
    one, where = reader_of(page, readers, api), address_of(page)
    await one.open("sign-in" if page.door else "leaving")
    assert one.last is not None
    token = one.last.hidden("speak")["form-token"]
    for odd in ODD:
        form = dict.fromkeys(SENT.split(), odd) | {"form-token": token, "sure": "yes"}
        for act in set(page.acts) - {"leave"}:
            assert (await one.send(where, {**form, "act": act})).status < 500, (act, odd)
    for odd in ("%00", "%FF", "%0D%0AX:y", "9" * 300, "2026-99-99", "0001-01-01"):
        asked = "&".join(f"{name}={odd}" for name in ASKED.split())
        assert (await one.open(f"{where.removeprefix('/desk/')}?{asked}")).status < 500, odd


async def test_a_number_too_long_for_any_is_none_of_a_dead_letter(
    api: Api, readers: dict[str, Reader]
):
    one = readers[Role.OPERATOR]
    token = (await one.open("jobs")).hidden("speak")["form-token"]
    form = {"act": "revive", "form-token": token, "ids": "9" * 5000}
    assert (await one.send("/desk/jobs", form)).status == 422


@pytest.mark.parametrize("path", ["/desk/window", "/staff/me"])
async def test_a_cookie_that_is_no_text_is_nobodys(api: Api, path: str):
    """A header may hold any byte (RFC 9110 §5.5, obs-text)."""
    at = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    head = f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\nCookie: staff="
    writer.write(head.encode() + b"\xff\r\n\r\n")
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status in {b"303", b"401"}


async def test_a_door_that_was_shown_to_who_is_signed_in_leads_home(api: Api, clerk: Colleague):
    """A link from another site brings no SameSite=Strict cookie; the form of the door then does."""
    shown = (await Reader(api).open("sign-in")).hidden("sign-in")
    reader = await Reader.signed_in(api, clerk)
    cookies = dict(reader.cookies)
    given = {"login": clerk.login, "password": PASSWORD, "code": await code_again(clerk)}
    sheet = await reader.send("/desk/sign-in", {**shown, **given})
    assert (sheet.status, sheet.address) == (200, "/desk/window")
    assert reader.cookies == cookies  # and no other session has begun
    sheet = await reader.send("/desk/sign-in", {**shown, "form-token": "x", **given})
    assert sheet.status == 403


async def test_a_form_whose_session_the_browser_has_forgotten_leads_to_the_door(
    api: Api, clerk: Colleague
):
    reader = await Reader.signed_in(api, clerk)
    held = (await reader.open("window")).hidden("take")
    reader.cookies.clear()
    sheet = await reader.send("/desk/window", {**held, "code": "ABCD2345"})
    assert (sheet.status, sheet.address) == (200, "/desk/sign-in")


async def test_the_other_language_can_be_chosen_where_something_was_refused(
    api: Api, clerk: Colleague
):
    reader = await Reader.signed_in(api, clerk)
    for page in ("nothing", "window/x/more"):
        assert (await reader.open(page)).status == 404
        sheet = await reader.submit("speak", "/desk/language")
        assert (sheet.status, sheet.address) == (200, "/desk/window")


async def test_the_second_best_language_is_heard_too(api: Api):
    asked = {"Accept-Language": "fr-FR, en;q=0.8, zh;q=0.5"}
    assert '<html lang="en">' in (await Reader(api).open("sign-in", **asked)).text
    asked = {"Accept-Language": "ug, zh-TW;q=0.8"}  # these pages are in two languages
    assert '<html lang="zh-CN">' in (await Reader(api).open("sign-in", **asked)).text


async def test_what_is_wrong_with_a_field_is_said_beside_it(readers: dict[str, Reader]):
    """WCAG 2.2 §3.3.1: the item in error is identified."""
    one = readers[Role.OPERATOR]
    await one.open("kiosks")
    sheet = await one.submit("code", site="a hall", address="", region="44")
    assert sheet.status == 422
    field = re.search(r'<input[^>]*name="address"[^>]*>', sheet.text)
    assert field and 'aria-invalid="true"' in field[0]
    beside = re.search(r'aria-describedby="([\w-]+)"', field[0])
    assert beside and f'id="{beside[1]}">太短了' in sheet.text
    assert sheet.text.count("aria-invalid") == 1
