"""The staff pages as they are served, and their words."""

import re
from collections.abc import AsyncIterator
from typing import get_args

import aiohttp
import pytest
from mobile_ui.staff_pages import STAFF, staff_pages
from sanic import Sanic

from api.staff_kiosks import KioskSuspension
from api.staff_partners import Refusal
from identity import attacks, documents, ways
from identity.corrections import REASONS_DECLINED, REASONS_MADE
from identity.partners.client import State
from identity.partners.life import SUSPENSIONS
from identity.record_changes.papers import REASONS, Kind
from identity.register import Verdict
from identity.staff.roles import Role
from services import service
from tests.support.house import free_port


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """The pages on a real server of their own."""
    app: Sanic = Sanic("staff-pages-under-test")
    app.config.TOUCHUP = False  # Sanic rewrites itself at a start, which works once a process
    app.blueprint(staff_pages())
    port = free_port()
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    server.close()
    await server.wait_closed()


def words(name: str) -> dict[str, str]:
    """One language by code."""
    found: dict[str, str] = {}
    for file in sorted(STAFF.glob("words*.js")):
        source = file.read_text(encoding="utf-8")
        block = source[source.index(f"const {name} = {{") :]
        block = block[: block.index("\n};")]
        texts = dict(re.findall(r'"?([\w.:-]+)"?: "((?:[^"\\]|\\.)*)"', block))
        assert not found.keys() & texts.keys()
        found |= texts
    return found


async def test_nothing_else_is_given_out(client: aiohttp.ClientSession) -> None:
    document = await (await client.get("/staff/")).text()
    tree = re.findall(r'src="(/staff/assets/[0-9a-f]{16}/)main.js"', document)[0]
    for path in (f"{tree}index.html", f"{tree}..%2Fpages.py", "/staff/assets/0/main.js"):
        assert (await client.get(path)).status == 404


async def test_the_pages_are_under_a_strict_policy(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/staff/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-cache"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", await answer.text())


async def test_files_are_kept_for_ever_under_their_hash(client: aiohttp.ClientSession) -> None:
    document = await (await client.get("/staff/")).text()
    linked = re.findall(r'(?:src|href)="(/[^"]+)"', document)
    assert len(linked) == 4
    for address in linked:
        answer = await client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]


async def test_the_address_without_a_slash_leads_there(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/staff", allow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (308, "/staff/")


def test_both_languages_have_the_same_words() -> None:
    chinese, english = words("ZH"), words("EN")
    assert len(chinese) > 100
    assert chinese.keys() == english.keys()
    for code, text in chinese.items():
        assert set(re.findall(r"\{\d\}", text)) == set(re.findall(r"\{\d\}", english[code])), code


def test_every_word_a_page_says_is_there() -> None:
    known, said = words("EN"), set()
    for file in STAFF.glob("*.js"):
        said |= set(re.findall(r'say\("([\w.-]+)"', file.read_text(encoding="utf-8")))
    assert len(said) > 60
    assert said <= known.keys()


def test_roles_documents_and_verdicts_have_words() -> None:
    known = words("EN")
    assert {f"role.{role}" for role in Role} | {f"role-does.{role}" for role in Role} <= set(known)
    kinds = {code.removeprefix("document.") for code in known if code.startswith("document.")}
    assert kinds == set(documents.KINDS)
    alarms = {f"alarms.{event}" for event in attacks.ALARMS}
    sources = {f"sources.{source}" for source in attacks.SOURCES}
    ways_said = {f"way.{way.id}" for way in ways.WAYS}
    reasons = {f"reason.{one}" for one in (*REASONS_MADE, *REASONS_DECLINED)}
    assert alarms | sources | ways_said | reasons <= set(known)
    denied = {f"verdict.{verdict}" for verdict in Verdict if verdict is not Verdict.MATCH}
    assert denied <= set(known)
    assert {"register.match", "register.not-asked"} <= set(known)


def test_kinds_of_services_have_words() -> None:
    assert {f"kind.{kind}" for kind in service.Kind} <= set(words("EN"))


def test_changes_of_records_and_their_reasons_have_words() -> None:
    known = words("EN")
    kinds = {f"{prefix}.{kind}" for kind in Kind for prefix in ("change", "change-about")}
    assert kinds | {f"why.{one}" for reasons in REASONS.values() for one in reasons} <= set(known)
    offered = (STAFF / "records.js").read_text(encoding="utf-8")
    for kind, reasons in REASONS.items():
        assert f"{kind}: {str(list(reasons)).replace(chr(39), chr(34))}" in offered


def test_what_is_decided_about_partners_and_kiosks_has_words() -> None:
    known = words("EN")
    refusals = {f"refusal.{why}" for why in get_args(Refusal.model_fields["why"].annotation)}
    suspensions = {f"suspension.{why}" for why in SUSPENSIONS}
    broken = get_args(KioskSuspension.model_fields["why"].annotation)
    states = {f"state.{state}" for state in State}
    assert refusals | suspensions | states | {f"kiosk-why.{why}" for why in broken} <= set(known)
    offered = (STAFF / "partner.js").read_text(encoding="utf-8")
    for whole in (get_args(Refusal.model_fields["why"].annotation), SUSPENSIONS):
        assert str(list(whole)).replace(chr(39), chr(34)) in offered
    assert str(list(broken)).replace(chr(39), chr(34)) in (STAFF / "kiosks.js").read_text()


def test_no_page_writes_markup() -> None:
    for file in STAFF.glob("*.js"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text), file.name


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("#/cases/ZB2611210482913", True),
        ("#/partners/1b4e28ba-2fa1-11d2-883f-0016d3cca427", True),
        ("#/cases/../accounts/1b4e28ba/disable", False),
        ("#/cases/..%2Faccounts", False),
        ("#/tickets/HP1?x=y", False),
    ],
)
def test_a_link_from_outside_makes_a_page_ask_no_other_address(link: str, leads: bool) -> None:
    """What stands in it becomes a part of the address that is asked, and of what is sent there."""
    (pattern,) = re.findall(r"location\.hash\.match\(/(.+)/\)", (STAFF / "main.js").read_text())
    assert bool(re.match(pattern, link)) is leads
