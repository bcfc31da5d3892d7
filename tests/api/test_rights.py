"""A resident's own rights over HTTP: wards, the copy, corrections, erasure."""

import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from identity import consent
from identity.models import AuditEvent, Resident, Session
from tests.support.everything_held import fill
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import Admitted, admit
from tests.support.session_parts import SessionParts

GUARDIAN = {"purpose": consent.GUARDIAN, "version": consent.VERSIONS[consent.GUARDIAN]}
NAME = "欧阳修远"
EXPORT = "/v1/me/export"
_orders = iter(range(1, 400))


async def somebody(api: Api) -> Admitted:
    number = number_of(born_years_ago(40), next(_orders)).value
    return await admit(api.settings, NAME, number)


async def signed(api: Api, acr: str = "4") -> SignedIn:
    return await api.sign_in(resident=(await somebody(api)).resident, acr=acr)


async def filled(api: Api) -> tuple[SignedIn, Admitted]:
    """Somebody about whom everything is held, with a device name that tries to be HTML."""
    who, other = await somebody(api), await somebody(api)
    parts = api.parts
    ground, core = parts.ground, parts.core
    worker = SessionParts(
        vault=ground.vault,
        keys=ground.keys,
        news=ground.news,
        revocations=ground.revocations,
        registry=ground.registry,
        sessions=core.sessions,
        tokens=core.tokens,
        cache=ground.cache,
    )
    session = await fill(worker, who, other)
    await Session.filter(id=session).update(device_name="<script>alert(1)</script>")
    return await api.sign_in(resident=who.resident), who


class Tags(HTMLParser):
    """What a page is made of, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            value or ""
            for name, value in attrs
            if name in ("src", "href", "srcset", "action") and not (value or "").startswith("#")
        ]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("acr", ["2", "3"])
async def test_a_low_assurance_gets_no_copy(api: Api, acr: str) -> None:
    low = await signed(api, acr)
    answer = await api.get(EXPORT, low.access)
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert not await AuditEvent.filter(resident_id=low.resident, event="copy:taken").exists()


async def test_the_copy_holds_what_is_held_in_plain_words(api: Api) -> None:
    mine, who = await filled(api)
    answer = await api.get(EXPORT, mine.access, headers={"Accept-Language": "en"})
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="zhiban-my-data-')
    assert answer.headers["Cache-Control"] == "no-store"
    sections = {one["name"]: one for one in answer.body["sections"]}
    assert set(sections) == {holding.name for holding in api.parts.own.holdings}
    (document,) = sections["documents"]["records"]
    told = {field["name"]: field for field in document}
    assert told["number"]["value"] == who.person.number.value
    assert (told["name"]["value"], told["name"]["title"]) == (NAME, "Name")
    assert all(one["title"] and one["about"] for one in sections.values())
    assert answer.body["after_erasure"]
    assert await AuditEvent.filter(resident_id=mine.resident, event="copy:taken").count() == 1


async def test_no_secret_leaves_with_the_copy(api: Api) -> None:
    mine, who = await filled(api)
    raw = (await api.get(EXPORT, mine.access)).raw.decode()
    vault = api.parts.core.admission.vault
    digests = [*vault.digests("document", who.person.number.canonical).values()]
    digests += [vault.digest("f", str(mine.resident)), vault.digest("s", str(mine.resident))]
    for secret in (*digests, f"credential-{mine.resident}", "司马清平", mine.refresh):
        assert secret not in raw
    assert not re.search(r'"(?:[a-z_]*_sealed|digest|mark|public_key|key)"', raw)


async def test_the_copy_is_of_nobody_else(api: Api) -> None:
    _, theirs = await filled(api)
    mine = await signed(api)
    raw = (await api.get(EXPORT, mine.access)).raw.decode()
    assert theirs.person.number.value not in raw and str(theirs.resident) not in raw


@pytest.mark.parametrize(
    ("locale", "title"), [("zh-CN", "我的全部资料"), ("en", "Everything held")]
)
async def test_the_page_stands_alone_and_runs_nothing(api: Api, locale: str, title: str) -> None:
    mine, who = await filled(api)
    headers = {"Accept": "text/html", "Accept-Language": locale}
    answer = await api.get(EXPORT, mine.access, headers=headers)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '.html"' in answer.headers["Content-Disposition"]
    page = answer.raw.decode()
    seen = Tags()
    seen.feed(page)
    assert not {"script", "img", "link", "iframe", "form", "object", "base"} & set(seen.tags)
    assert seen.loads == []
    assert title in page and who.person.number.value in page and NAME in page
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert not re.search(r"\$\w+|{\w+}|url\(|@import", page)
    policy = answer.headers["Content-Security-Policy"]
    assert "script" not in policy and "'unsafe-inline'" not in policy


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"field": "name"},
        {"field": "colour", "wanted": "x"},
        {"field": "name", "wanted": ""},
        {"field": "name", "wanted": "  "},
        {"field": "other", "wanted": "x" * 501},
        {"field": "other", "wanted": "x", "more": 1},
    ],
)
async def test_a_malformed_correction_is_refused(api: Api, body: dict[str, Any]) -> None:
    mine = await signed(api)
    assert (await api.post("/v1/me/corrections", body, mine.access)).status == 422


async def test_a_correction_is_shown_to_its_resident_only(api: Api) -> None:
    mine, other = await signed(api), await signed(api)
    made = await api.post(
        "/v1/me/corrections", {"field": "other", "wanted": personal("Wrong street")}, mine.access
    )
    assert (made.status, made.body["state"], made.body["reason"]) == (201, "open", None)
    listed = await api.get("/v1/me/corrections", mine.access)
    assert listed.body["corrections"] == [made.body]
    assert (await api.get("/v1/me/corrections", other.access)).body["corrections"] == []


async def test_an_erasure_needs_a_fresh_proof(api: Api) -> None:
    low = await signed(api, "3")
    answer = await api.send("DELETE", "/v1/me", low.access)
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert (await api.get("/v1/me/erasure", low.access)).code == "erasure-missing"
    assert (await api.send("DELETE", "/v1/me/erasure", low.access)).code == "erasure-missing"


async def test_an_erasure_names_what_is_kept_and_is_cancelled(api: Api) -> None:
    mine = await signed(api)
    asked = await api.send("DELETE", "/v1/me", mine.access, headers={"Accept-Language": "en"})
    assert asked.status == 202
    assert datetime.fromisoformat(asked.body["erase_after"]) > datetime.now().astimezone()
    assert {one["code"] for one in asked.body["keeps"]} >= {"activity", "department-ledgers"}
    assert all(one["text"] for one in asked.body["keeps"])
    again = await api.get("/v1/me/erasure", mine.access, headers={"Accept-Language": "en"})
    assert again.body == asked.body
    assert (await api.get("/v1/me", mine.access)).status == 200
    assert (await api.send("DELETE", "/v1/me/erasure", mine.access)).status == 204
    assert (await Resident.get(id=mine.resident)).erase_after is None


async def test_after_it_was_carried_out_the_token_opens_nothing(api: Api) -> None:
    mine = await signed(api)
    assert (await api.send("DELETE", "/v1/me", mine.access)).status == 202
    await Resident.filter(id=mine.resident).update(erase_after=datetime.now().astimezone())
    assert await api.parts.own.erasures.carry_out(mine.resident)
    assert (await api.get("/v1/me", mine.access)).code == "session-ended"
    refreshed = await api.post("/v1/tokens", {"refresh_token": mine.refresh})
    assert refreshed.code == "refresh-token-invalid"
