"""The kiosk's page as it is served, and its words."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from identity.faces.prompts import POSES, steps
from mobile_ui.kiosk_pages import KIOSK, kiosk_pages, policy_with
from mobile_ui.pages import POLICY
from tests.support.served_pages import assert_same_words, scripts, serving, words

READER = "http://127.0.0.1:9999/card-reader"


@pytest.fixture(scope="module")
async def client(packages: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The page on a real server of its own."""
    async with serving(kiosk_pages(["home-dollar"], READER)) as session:
        yield session


async def test_the_page_is_under_a_strict_policy(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/kiosk/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert "connect-src 'self' http://127.0.0.1:9999;" in policy
    assert answer.headers["cache-control"] == "no-cache"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", await answer.text())


@pytest.mark.parametrize("reader", ["", "javascript:x", "not an address"])
def test_without_a_reader_the_page_asks_nobody_else(reader: str) -> None:
    assert policy_with(reader) == f"{POLICY}; frame-src blob:"


async def test_nothing_else_is_given_out(client: aiohttp.ClientSession) -> None:
    document = await (await client.get("/kiosk/")).text()
    tree = re.findall(r'src="(/kiosk/assets/[0-9a-f]{16}/)main.js"', document)[0]
    for path in (f"{tree}index.html", f"{tree}..%2Fpages.py", "/kiosk/assets/0/main.js"):
        assert (await client.get(path)).status == 404
    assert "home-dollar" in await (await client.get(f"{tree}icons.svg")).text()


async def test_files_are_kept_for_ever_under_their_hash(client: aiohttp.ClientSession) -> None:
    document = await (await client.get("/kiosk/")).text()
    linked = re.findall(r'(?:src|href)="(/[^"]+)"', document)
    assert len(linked) == 3
    for address in linked:
        answer = await client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]


async def test_the_address_without_a_slash_leads_there(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/kiosk", allow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (308, "/kiosk/")


def test_both_languages_have_the_same_words() -> None:
    chinese, english = words(KIOSK, "ZH"), words(KIOSK, "EN")
    assert len(chinese) > 60
    assert_same_words(chinese, english)


def test_every_word_the_page_says_is_there() -> None:
    said = set(re.findall(r'say\("([\w.-]+)"', scripts(KIOSK)))
    assert len(said) > 40
    assert said <= words(KIOSK, "EN").keys()


def test_every_movement_of_a_challenge_has_words() -> None:
    asked = {f"pose-{prompt}-{pose}" for prompt, pose in steps(tuple(POSES))}
    assert asked and asked <= words(KIOSK, "EN").keys()


def test_the_page_writes_no_markup_and_keeps_nothing_of_a_visitor() -> None:
    """What it keeps is its own name, and a key that nobody can read."""
    source = scripts(KIOSK)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", source)
    assert "sessionStorage" not in source and "document.cookie" not in source
    assert set(re.findall(r"localStorage\.setItem\((\w+)", source)) == {"ENROLLED"}
    assert re.search(r"generateKey\(CURVE, false,", source)
