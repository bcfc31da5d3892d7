"""What the server says about the pages: policy, caching, hashed addresses."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from mobile_ui import icons, wxss
from mobile_ui.pages import pages
from tests.support.served_pages import serving


@pytest.fixture(scope="module")
async def client(packages: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The pages on a real server of their own."""
    plain = {"accept-encoding": "identity"}
    shown = pages(["coins", "no-such-icon"])
    async with serving(shown, auto_decompress=False, headers=plain) as session:
        yield session


async def tree(client: aiohttp.ClientSession) -> str:
    document = await (await client.get("/")).text()
    return str(re.findall(r'src="(/assets/[0-9a-f]{16}/)h5/host.js"', document)[0])


async def test_a_file_of_another_version_is_not_there(client: aiohttp.ClientSession) -> None:
    assert (await client.get("/assets/0000000000000000/h5/host.js")).status == 404


@pytest.mark.parametrize("path", ["../pages.py", "h5/../../pages.py", "%2e%2e/pages.py", "h5/"])
async def test_nothing_else_is_given_out(client: aiohttp.ClientSession, path: str) -> None:
    assert (await client.get(await tree(client) + path)).status in {404, 400}


async def test_the_policy_allows_no_inline_and_no_eval(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/")
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in answer.headers["permissions-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    text = await answer.text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


async def test_the_document_is_asked_for_again_and_unchanged_costs_nothing(
    client: aiohttp.ClientSession,
) -> None:
    first = await client.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_files_are_kept_for_ever_under_their_hash(client: aiohttp.ClientSession) -> None:
    document = await (await client.get("/")).text()
    linked = re.findall(r'(?:src|href)="(/[^"]+)"', document)
    assert len(linked) >= 5
    for address in linked:
        answer = await client.get(address)
        assert answer.status == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_compressed_is_the_same_file(client: aiohttp.ClientSession) -> None:
    address = await tree(client) + "program.js"
    plain = await (await client.get(address)).read()
    packed = await client.get(address, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(await packed.read()) == plain


async def test_a_service_brings_its_icon_and_an_unknown_one_breaks_nothing(
    client: aiohttp.ClientSession,
) -> None:
    address = await tree(client) + "icons.svg"
    answer = await client.get(address)
    sprite = await answer.text()
    assert 'id="coins"' in sprite
    assert f'id="{icons.FALLBACK}"' in sprite
    assert "no-such-icon" not in sprite
    assert len(sprite) < 60_000


def test_every_icon_named_by_a_page_exists(packages: Path) -> None:
    named = set()
    for file in icons.PROGRAM.rglob("*.wxml"):
        named |= set(re.findall(r'<glyph[^>]*\sname="([a-z0-9-]+)"', file.read_text()))
    assert len(named) > 10
    assert not [name for name in named if not icons.known(name)]


def test_a_pages_rules_stay_within_it() -> None:
    css = wxss.to_css(
        "/* x{ */ .a, .b > .c{width:64rpx} @media (a:b){ page{color:red} .d{top:-8rpx} }", "[p]"
    )
    assert "[p] .a,[p] .b > .c{width:2rem}" in css
    assert "@media (a:b){body{color:red}\n[p] .d{top:-0.25rem}}" in css


def test_a_lost_brace_stops_the_start() -> None:
    with pytest.raises(ValueError, match="brace"):
        wxss.to_css(".a{ .b{ }")


def test_the_lock_names_no_download_address() -> None:
    lock = json.loads((icons.ROOM / "package-lock.json").read_text())
    packages_in_lock = [one for name, one in lock["packages"].items() if name]
    assert packages_in_lock
    assert not [one for one in packages_in_lock if "resolved" in one]
    assert all(one["integrity"].startswith("sha512-") for one in packages_in_lock)
