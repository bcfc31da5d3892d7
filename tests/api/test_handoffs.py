"""The telephone's side of a hand-off: what it is shown, and what it cannot do for anybody else."""

import asyncio

import pytest

from identity.models import AuditEvent, Session
from tests.support.http import Api
from tests.support.kiosk import (
    ADDRESS,
    SCOPE,
    SERVICE,
    SITE,
    KioskPage,
    Phone,
    a_kiosk,
    an_operator,
    let_in,
)
from tests.support.partner_app import an_approved_partner


@pytest.fixture(scope="module")
async def kiosk(api: Api) -> KioskPage:
    return await a_kiosk(api)


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


async def claimed(api: Api, kiosk: KioskPage, phone: Phone) -> str:
    shown = await kiosk.begin(api)
    done = await phone.scan(shown["user_code"])
    assert done.status == 201, done.body
    return str(done.body["id"])


async def test_a_code_is_scanned_by_somebody_who_is_signed_in(api: Api, kiosk: KioskPage):
    shown = await kiosk.begin(api)
    refused = await api.post("/v1/handoffs", {"code": shown["user_code"]})
    assert (refused.status, refused.code) == (401, "sign-in-needed")


async def test_a_token_that_is_not_of_our_own_app_scans_nothing(
    api: Api, kiosk: KioskPage, phone: Phone
):
    """A kiosk cannot let another kiosk in."""
    visit = (await let_in(api, kiosk, phone)).body["access_token"]
    shown = await kiosk.begin(api)
    refused = await kiosk.call(
        api, "POST", "/v1/handoffs", visit, json={"code": shown["user_code"]}
    )
    assert (refused.status, refused.code) == (403, "own-app-only")


async def test_the_telephone_shows_site_service_and_data(api: Api, kiosk: KioskPage, phone: Phone):
    """FIELD: site, service and data, in the resident's language."""
    shown = await kiosk.begin(api)
    headers = {"Accept-Language": "en"}
    done = await api.post(
        "/v1/handoffs", {"code": shown["user_code"]}, phone.who.access, headers=headers
    )
    said = done.body
    assert (said["site"], said["address"]) == (SITE, ADDRESS)
    service = api.parts.catalogue.service(SERVICE)
    assert said["service"] == {"id": SERVICE, "title": service.title["en"]}
    (scope,) = said["scopes"]
    assert (scope["id"], scope["title"]) == (SCOPE, service.title["en"])
    assert scope["about"] and scope["level"] == service.level
    assert said["step_up"] is None
    again = await api.get(f"/v1/handoffs/{said['id']}", phone.who.access, headers=headers)
    assert (again.status, again.body) == (200, said)


@pytest.mark.parametrize(
    "written",
    [lambda c: c, str.lower, lambda c: c.replace("-", ""), lambda c: f" {c[:4]} {c[5:]} "],
)
async def test_a_code_is_understood_however_it_is_typed(
    api: Api, kiosk: KioskPage, phone: Phone, written
):
    shown = await kiosk.begin(api)
    assert (await phone.scan(written(shown["user_code"]))).status == 201


@pytest.mark.parametrize("code", ["x", "BCDF-GHJK", "é", "BCDFGHJKLMNP"])
async def test_a_made_up_code_leads_nowhere(api: Api, phone: Phone, code: str):
    refused = await phone.scan(code)
    assert (refused.status, refused.code) == (404, "handoff-unknown")


async def test_guessing_codes_is_slow(api: Api, phone: Phone):
    said = [(await phone.scan("BCDF-GHJK")).status for _ in range(11)]
    assert said == [404] * 10 + [429]


@pytest.mark.parametrize("decision", ["allow", "refuse"])
async def test_only_the_telephone_that_scanned_answers(
    api: Api, kiosk: KioskPage, phone: Phone, decision: str
):
    id = await claimed(api, kiosk, phone)
    stranger = Phone(api, await api.sign_in())
    own_other = Phone(api, await api.sign_in(resident=phone.resident))
    for other in (stranger, own_other):
        refused = await other.answer(id, decision)
        assert (refused.status, refused.code) == (404, "handoff-unknown")
        shown = await api.get(f"/v1/handoffs/{id}", other.who.access)
        assert shown.code == "handoff-unknown"
    assert (await phone.answer(id, decision)).status == 200


@pytest.mark.parametrize("id", ["x", "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b", "é"])
async def test_an_unknown_hand_off_is_missing(api: Api, phone: Phone, id: str):
    assert (await phone.answer(id)).code == "handoff-unknown"


async def test_a_hand_off_is_answered_once(api: Api, kiosk: KioskPage, phone: Phone):
    """Of many answers at once one counts: a yes is no way round a no."""
    id = await claimed(api, kiosk, phone)
    decisions = ["allow", "refuse"] * 10
    said = await asyncio.gather(*(phone.answer(id, one) for one in decisions))
    assert sorted(one.status for one in said) == [200] + [409] * 19
    assert {one.code for one in said if one.status == 409} == {"handoff-answered"}


async def test_an_answer_is_one_of_two(api: Api, kiosk: KioskPage, phone: Phone):
    id = await claimed(api, kiosk, phone)
    refused = await phone.answer(id, "perhaps")
    assert (refused.status, refused.code) == (422, "request-invalid")


async def test_a_refusal_is_recorded_and_opens_nothing(api: Api, kiosk: KioskPage, phone: Phone):
    id = await claimed(api, kiosk, phone)
    assert (await phone.answer(id, "refuse")).body == {"number": None}
    (event,) = await AuditEvent.filter(resident_id=phone.resident)
    assert (event.event, event.service, event.outcome) == ("handoff:refused", SERVICE, "ok")
    assert not await Session.filter(resident_id=phone.resident, client=kiosk.id).exists()


async def test_a_yes_needs_the_level_of_the_service_and_a_no_needs_none(api: Api, kiosk: KioskPage):
    """A returned session at level 2, say: step up first (RFC 9470), or refuse at once."""
    low = Phone(api, await api.sign_in(acr="2"))
    shown = await kiosk.begin(api)
    scanned = await low.scan(shown["user_code"])
    level = str(api.parts.catalogue.service(SERVICE).level)
    assert scanned.body["step_up"]["acr_values"] == level
    assert [way for way in scanned.body["step_up"]["ways"] if way != "face"]
    refused = await low.answer(scanned.body["id"])
    assert (refused.status, refused.code) == (401, "step-up-needed")
    assert (await low.answer(scanned.body["id"], "refuse")).status == 200


async def test_a_code_of_a_suspended_kiosk_leads_nowhere(api: Api, phone: Phone):
    operator = await an_operator(api)
    kiosk = await a_kiosk(api, operator)
    shown = await kiosk.begin(api)
    id = await claimed(api, kiosk, phone)
    row = await kiosk.row
    done = await operator.post(f"/staff/kiosks/{row.id}/suspension", {"why": "tampered"})
    assert done.status == 204, done.body
    assert (await phone.scan(shown["user_code"])).code == "handoff-unknown"
    assert (await phone.answer(id)).code == "handoff-unknown"


async def test_a_partner_never_sees_a_hand_off(api: Api, kiosk: KioskPage, phone: Phone):
    partner = await an_approved_partner(
        api.url, grant_types=["client_credentials"], scope="client:read"
    )
    done = await partner.post(api, "/oauth/token", grant_type="client_credentials")
    token = done.body["access_token"]
    id = await claimed(api, kiosk, phone)
    refused = await partner.call(api, "GET", f"/v1/handoffs/{id}", token)
    assert (refused.status, refused.code) == (403, "own-app-only")


async def test_what_is_kept_of_a_hand_off_is_sealed(api: Api, kiosk: KioskPage, phone: Phone):
    id = await claimed(api, kiosk, phone)
    number = (await phone.answer(id)).body["number"]
    cache = api.parts.cache
    for pattern in ("handoff*",):
        async for key in cache.scan_iter(pattern):
            kept = await cache.get(key) or b""
            for plain in (str(phone.resident), kiosk.id, f'"{number}"', id):
                assert plain.encode() not in kept + key
