"""What the ways by an outside identity and a bank card leave behind: no number, no digest of one,
no card, no telephone; not in a table, a key or a log line."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config import cache as cache_room
from identity import consent
from identity.outside import logins
from tests.support import faces as pictures
from tests.support import traces
from tests.support.engines import Engines
from tests.support.http import Api
from tests.support.log_capture import run as captured
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import Browser, messages, without_faces

CARD = {"purpose": consent.BANK_CARD, "version": consent.VERSIONS[consent.BANK_CARD]}


@pytest.fixture(scope="module")
async def api(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    async with without_faces(engines, run_folder, sandbox) as running:
        yield running


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    return await api.new_resident(pictures.OBAMA)


async def left_behind(api: Api, *values: str) -> list[object]:
    """Where any of these stands, in the clear or in hex."""
    written = [value.encode() for value in values]
    sought = frozenset([*written, *(one.hex().encode() for one in written)])
    cache = cache_room.connect(api.settings)
    try:
        found: list[object] = [*await traces.in_keys(cache, sought)]
    finally:
        await cache.aclose()
    found += await traces.in_tables(api.settings.database_url.get_secret_value(), sought)
    return found + [line for line in captured.lines if any(one in line for one in values)]


async def test_an_outside_login_leaves_neither_the_number_nor_its_digest(
    api: Api, person: SandboxResident, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    honest = logins.identity_digest

    def heard(salt: bytes, name: str, number: str) -> str:
        made = honest(salt, name, number)
        sent.extend((made, salt.hex()))
        return made

    monkeypatch.setattr(logins, "identity_digest", heard)
    browser = Browser(api)
    begun = (await browser.begin(person)).body
    assert len(sent) == 2
    private = [person.number, person.name, *sent]
    assert await left_behind(api, *private) == []
    back = await browser.confirm(begun["url"], person)
    await browser.bring(back)
    assert await left_behind(api, *private) == []
    done = await browser.finish(begun)
    assert done.status == 201, done.body
    code = re.search(r"code=([^&]+)", back)
    assert code
    assert await left_behind(api, *private, code[1], begun["secret"]) == []


async def test_a_refused_outside_login_leaves_nothing_either(
    api: Api, person: SandboxResident
) -> None:
    other = await api.new_resident(pictures.BIDEN)
    browser = Browser(api)
    refused = await browser.finish(await browser.confirmed(person, other))
    assert refused.code == "identity-not-matched"
    assert await left_behind(api, person.number, other.number) == []


async def test_two_logins_of_one_person_send_two_digests(
    api: Api, person: SandboxResident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh salt each time: the provider cannot keep a list of digests to look people up in."""
    sent: list[str] = []
    honest = logins.identity_digest

    def heard(salt: bytes, name: str, number: str) -> str:
        sent.append(honest(salt, name, number))
        return sent[-1]

    monkeypatch.setattr(logins, "identity_digest", heard)
    for _ in range(2):
        assert (await Browser(api).begin(person)).status == 201
    assert len(set(sent)) == 2


async def test_a_card_check_leaves_neither_card_nor_telephone(
    api: Api, person: SandboxResident
) -> None:
    private = [person.number, person.name, person.card, person.phone]
    wanted = {
        "name": person.name,
        "id_number": person.number,
        "card": person.card,
        "phone": person.phone,
        "device": "a-device-of-the-resident",
        "consent": CARD,
    }
    begun = (await api.post("/v1/card-checks", wanted)).body
    assert await left_behind(api, *private) == []
    found = re.search(r"\d{6}", (await messages(api.sandbox, person.phone))[0])
    assert found
    typed = {"secret": begun["secret"], "device": wanted["device"], "code": found[0]}
    done = await api.post(f"/v1/card-checks/{begun['id']}/tokens", typed)
    assert done.status == 201, done.body
    assert await left_behind(api, *private, begun["secret"]) == []


async def test_the_search_would_find_what_is_there(api: Api, person: SandboxResident) -> None:
    cache = cache_room.connect(api.settings)
    await cache.set("left:behind", person.number)
    assert await left_behind(api, person.number) == [b"left:behind"]
    await cache.delete("left:behind")
    await cache.aclose()
