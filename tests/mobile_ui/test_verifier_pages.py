"""The page that checks licences, as it is served, and its words."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from mobile_ui.verifier_pages import VERIFIER, verifier_pages
from tests.support.served_pages import assert_same_words, scripts, serving, words


@pytest.fixture(scope="module")
async def client(packages: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The page on a real server of its own."""
    async with serving(verifier_pages()) as session:
        yield session


async def test_the_page_is_under_a_strict_policy(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/verify/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", await answer.text())


async def test_the_worker_is_asked_for_each_time_and_serves_this_page_alone(
    client: aiohttp.ClientSession,
) -> None:
    answer = await client.get("/verify/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert "service-worker-allowed" not in answer.headers


async def test_everything_the_worker_keeps_is_there(client: aiohttp.ClientSession) -> None:
    tree = re.findall(r'data-tree="([^"]+)"', await (await client.get("/verify/")).text())[0]
    names = await (await client.get(f"{tree}files.json")).json()
    assert {"main.js", "judge.js", "qr/decode.js", "icons.svg"} <= set(names)
    for name in names:
        answer = await client.get(tree + name)
        assert answer.status == 200 and "immutable" in answer.headers["cache-control"], name


async def test_nothing_else_is_given_out(client: aiohttp.ClientSession) -> None:
    tree = re.findall(r'data-tree="([^"]+)"', await (await client.get("/verify/")).text())[0]
    for path in (f"{tree}index.html", f"{tree}..%2Fpages.py", "/verify/assets/0/main.js"):
        assert (await client.get(path)).status == 404


def test_both_languages_have_the_same_words() -> None:
    chinese, english = words(VERIFIER, "ZH"), words(VERIFIER, "EN")
    assert len(chinese) > 40
    assert_same_words(chinese, english)


def test_every_word_the_page_says_is_there() -> None:
    said = set(re.findall(r'say\("([\w.-]+)"', scripts(VERIFIER)))
    why = {f"why-{one}" for one in re.findall(r'NotGood\("([\w-]+)"\)', scripts(VERIFIER))}
    assert len(said) > 25 and len(why) > 5
    assert said | why <= words(VERIFIER, "EN").keys()


def test_the_page_writes_no_markup_and_keeps_nothing_of_what_was_shown() -> None:
    """What it keeps is public (keys, lists, words), a language, and digests of codes."""
    source = scripts(VERIFIER)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|sessionStorage", source)
    assert "document.cookie" not in source
    kept = set(re.findall(r'localStorage\.setItem\(("[\w-]+"|\w+)', source))
    assert kept == {"KEY", '"verifier-locale"'}
