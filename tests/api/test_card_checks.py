"""Being known by a bank card over HTTP, against the sandbox's office: refusals first."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config import cache as cache_room
from identity import consent
from identity.cards import checks
from identity.models import Resident, Session, Try
from tests.support import faces as pictures
from tests.support import people
from tests.support.engines import Engines
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.upstream import Browser, messages, without_faces

OFFICE = "card-checker"
AGREED = {"purpose": consent.BANK_CARD, "version": consent.VERSIONS[consent.BANK_CARD]}


@pytest.fixture(scope="module")
async def api(engines: Engines, run_folder: Path, sandbox: Sandbox) -> AsyncIterator[Api]:
    async with without_faces(engines, run_folder, sandbox) as running:
        yield running


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    made = await api.new_resident(pictures.OBAMA)
    personal(made.card), personal(made.phone)
    return made


async def begin(api: Api, person: SandboxResident, **others: Any) -> Answer:
    wanted = {
        "name": person.name,
        "id_number": person.number,
        "card": person.card,
        "phone": person.phone,
        "device": "a-device-of-the-resident",
        "consent": AGREED,
    }
    return await api.post("/v1/card-checks", wanted | others)


async def code_of(api: Api, phone: str) -> str:
    found = re.search(r"\d{6}", (await messages(api.sandbox, phone))[0])
    assert found
    return found[0]


async def finish(api: Api, begun: Any, code: str, token: str = "", **others: Any) -> Answer:
    wanted = {"secret": begun["secret"], "device": "a-device-of-the-resident", "code": code}
    return await api.post(f"/v1/card-checks/{begun['id']}/tokens", wanted | others, token)


async def checked(api: Api, person: SandboxResident, token: str = "", **others: Any) -> Answer:
    """A whole check with the code that came."""
    begun = await begin(api, person, **others)
    assert begun.status == 201, begun.body
    code = await code_of(api, others.get("phone", person.phone))
    device = {"device": others["device"]} if "device" in others else {}
    return await finish(api, begun.body, code, token, **device)


async def spent() -> int:
    return await Try.filter(spent=True).count()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": None}, "consent-missing"),
        ({"consent": AGREED | {"purpose": "network-identity"}}, "consent-missing"),
        ({"card": "9999000000000000000"}, "card-number-invalid"),
        ({"card": "99990000"}, "card-number-invalid"),
        ({"card": "card of mine"}, "card-number-invalid"),
        ({"phone": "12345678901"}, "card-phone-invalid"),
        ({"phone": "1990000"}, "card-phone-invalid"),
        ({"id_number": "11010519491231002"}, "id-number-length"),
        ({"name": "1"}, "name-invalid"),
        ({"cvv": "123"}, "request-invalid"),
    ],
)
async def test_what_cannot_be_begun_is_named_and_rings_nobody(
    api: Api, person: SandboxResident, change: dict[str, Any], code: str
):
    answer = await begin(api, person, **change)
    assert (answer.status, answer.code) == (422, code)
    assert await messages(api.sandbox, person.phone) == []


async def test_a_child_needs_a_guardian_first(api: Api, healthy_sandbox: Sandbox):
    child = await api.sandbox.new_resident(pictures.portrait(pictures.OBAMA), born="2020-02-02")
    assert (await begin(api, child)).code == "guardian-consent-needed"


async def test_a_wrong_code_may_be_mended_twice(api: Api, person: SandboxResident):
    before, begun = await spent(), (await begin(api, person)).body
    right = await code_of(api, person.phone)
    wrong = "000000" if right != "000000" else "111111"
    for left in (2, 1, 0):
        answer = await finish(api, begun, wrong)
        assert (answer.status, answer.code, answer.body["left"]) == (403, "card-code-wrong", left)
    assert (await finish(api, begun, right)).code == "card-check-unknown"
    assert await spent() == before


@pytest.mark.parametrize("change", [{"secret": "x" * 43}, {"device": "another-device"}])
async def test_only_who_began_may_finish(api: Api, person: SandboxResident, change: dict[str, str]):
    begun = (await begin(api, person)).body
    code = await code_of(api, person.phone)
    assert (await finish(api, begun, code, **change)).code == "card-check-foreign"
    assert (await finish(api, begun, code)).status == 201


@pytest.mark.parametrize("wrong", ["name", "id_number", "card", "phone"])
async def test_what_does_not_belong_together_is_not_matched_and_a_try_is_spent(
    api: Api, person: SandboxResident, wrong: str
):
    other = await api.new_resident(pictures.BIDEN)
    change = {
        "name": {"name": "欧阳甲乙"},
        "id_number": {"id_number": other.number},
        "card": {"card": other.card},
        "phone": {"phone": other.phone},
    }[wrong]
    before = await spent()
    device = secrets.token_hex(8)
    answer = await checked(api, person, device=device, **change)
    assert (answer.status, answer.code) == (403, "identity-not-matched")
    assert await spent() > before


async def test_a_spent_budget_closes_the_card_and_no_other_way(api: Api, person: SandboxResident):
    other = await api.new_resident(pictures.BIDEN)
    codes = []
    for _ in range(3):
        device = secrets.token_hex(8)
        codes.append(
            (await checked(api, person, device=device, card=other.card, phone=other.phone)).code
        )
    assert codes[0] == "identity-not-matched" and codes[-1] in {"try-too-soon", "try-budget-spent"}
    browser = Browser(api)
    assert (await browser.finish(await browser.confirmed(person, person))).status == 201


async def test_one_telephone_is_not_rung_all_night(api: Api, person: SandboxResident):
    answers = [await begin(api, person) for _ in range(checks.CODES_AN_HOUR + 1)]
    assert [one.status for one in answers] == [201] * checks.CODES_AN_HOUR + [429]
    assert answers[-1].code == "card-codes-too-many"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(await messages(api.sandbox, person.phone)) == checks.CODES_AN_HOUR


@pytest.mark.parametrize("kind", ["error", "malformed", "closed"])
async def test_an_office_that_fails_costs_no_try_and_the_check_waits_on(
    api: Api, person: SandboxResident, kind: str
):
    before, begun = await spent(), (await begin(api, person)).body
    code = await code_of(api, person.phone)
    await api.sandbox.fault(OFFICE, kind, times=1)
    away = await finish(api, begun, code)
    assert (away.status, away.code) == (503, "card-office-unavailable")
    assert await spent() == before
    if kind != "malformed":  # there the verdict was given before its answer broke
        assert (await finish(api, begun, code)).status == 201
    await api.sandbox.fault(OFFICE, kind, times=1)
    assert (await begin(api, person)).code == "card-office-unavailable"


async def test_an_emptied_valkey_is_a_check_to_begin_anew(api: Api, person: SandboxResident):
    begun = (await begin(api, person)).body
    client = cache_room.connect(api.settings)
    await client.flushdb()
    await client.aclose()
    answer = await finish(api, begun, await code_of(api, person.phone))
    assert (answer.status, answer.code) == (422, "card-check-unknown")


async def test_twenty_at_once_open_one_session(api: Api, person: SandboxResident):
    before, begun = await Session.all().count(), (await begin(api, person)).body
    code = await code_of(api, person.phone)
    answers = await asyncio.gather(*(finish(api, begun, code) for _ in range(20)))
    assert sorted(one.status for one in answers) == [201] + [422] * 19
    assert await Session.all().count() == before + 1


async def test_a_check_is_level_three(api: Api, person: SandboxResident):
    begun = await begin(api, person)
    assert begun.body["phone"] == person.phone[0] + "*" * 9 + person.phone[-1]
    done = await finish(api, begun.body, await code_of(api, person.phone))
    assert done.status == 201, done.body
    signed = await api.remember(done.body)
    assert done.body["acr"] == "3" and done.body["resident"]["proofed"] == 3
    assert (await Session.get(id=signed.session)).amr == "card"


@pytest.mark.parametrize("level", [4, 5])
async def test_a_card_lowers_no_proofing_that_holds(api: Api, person: SandboxResident, level: int):
    known = await people.admit(api.settings, person.name, person.number, level)
    before = await Resident.get(id=known.resident)
    done = await checked(api, person)
    assert done.body["acr"] == "3" and done.body["resident"]["proofed"] == level
    after = await Resident.get(id=before.id)
    assert (after.proofed, after.proofed_until) == (before.proofed, before.proofed_until)
    assert done.body["resident"]["id"] == str(known.resident)


async def test_a_card_takes_nothing_from_a_session_that_holds_more(
    api: Api, person: SandboxResident
):
    browser = Browser(api)
    first = await browser.finish(await browser.confirmed(person, person))
    signed = await api.remember(first.body)
    before = await Session.get(id=signed.session)
    done = await checked(api, person, signed.access)
    assert done.status == 201 and done.body["acr"] == "5"
    after = await Session.get(id=signed.session)
    assert (after.acr, after.auth_time) == (before.acr, before.auth_time)


async def test_who_must_wait_need_not_ask_for_another_code(api: Api, person: SandboxResident):
    begun = (await begin(api, person)).body
    code = await code_of(api, person.phone)
    other = await api.new_resident(pictures.BIDEN)
    for _ in range(2):
        device = secrets.token_hex(8)
        await checked(api, person, device=device, card=other.card, phone=other.phone)
    waits = await finish(api, begun, code)
    assert (waits.status, waits.code) == (429, "try-too-soon")
    await Try.all().delete()  # the wait is over
    assert (await finish(api, begun, code)).status == 201
