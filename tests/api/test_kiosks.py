"""Kiosks: enrolled by an operator's code, bound to a key and a site, suspended at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.kiosks.codes import LENGTH
from identity.models import AuditEvent, Kiosk, KioskCode, Partner, Session
from tests.support.device_key import DeviceKey
from tests.support.http import Api
from tests.support.kiosk import (
    ADDRESS,
    REGION,
    SCOPE,
    SERVICE,
    SITE,
    KioskPage,
    Phone,
    a_code,
    a_kiosk,
    an_operator,
    enrol,
    let_in,
)
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.staff import Desk, at_work

ANSWERS = f"/v1/services/{SERVICE}/answers"


@pytest.fixture(scope="module")
async def operator(api: Api) -> Desk:
    return await an_operator(api)


@pytest.fixture(scope="module")
async def kiosk(api: Api, operator: Desk) -> KioskPage:
    return await a_kiosk(api, operator)


@pytest.fixture
def page(api: Api) -> KioskPage:
    return KioskPage(api.url, "")


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


@pytest.fixture(autouse=True)
async def fresh_pace(api: Api) -> None:
    """Every test comes from one address."""
    keys = [key async for key in api.parts.cache.scan_iter("kiosk-codes:*")]
    if keys:
        await api.parts.cache.delete(*keys)


# Enrolment.


@pytest.mark.parametrize("role", ["clerk", "supervisor", "administrator"])
async def test_nobody_but_an_operator_gives_codes(api: Api, role: str):
    desk = await at_work(api, role)
    wanted = {"site": SITE, "address": ADDRESS, "region": REGION}
    refused = await desk.post("/staff/kiosks/codes", wanted)
    assert (refused.status, refused.code) == (403, "staff-role-missing")
    assert (await desk.send("GET", "/staff/kiosks")).code == "staff-role-missing"


@pytest.mark.parametrize("region", ["", "11", "4", "440a"])
async def test_a_code_is_for_a_region_of_ones_own(operator: Desk, region: str):
    wanted = {"site": SITE, "address": ADDRESS, "region": region}
    refused = await operator.post("/staff/kiosks/codes", wanted)
    assert (refused.status, refused.code) == (403, "staff-region-beyond")


@pytest.mark.parametrize("site", ["", " ", "a\nb", "x" * 81])
async def test_a_site_is_a_line_that_people_can_read(operator: Desk, site: str):
    wanted = {"site": site, "address": ADDRESS, "region": REGION}
    assert (await operator.post("/staff/kiosks/codes", wanted)).code == "request-invalid"


async def test_a_code_has_enough_bits_lives_a_quarter_of_an_hour_and_is_kept_as_a_digest(
    operator: Desk,
):
    wanted = {"site": SITE, "address": ADDRESS, "region": REGION}
    given = (await operator.post("/staff/kiosks/codes", wanted)).body
    assert len(personal(given["code"])) == LENGTH >= 10
    until = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert until <= timedelta(minutes=15)
    rows = await KioskCode.all()
    assert rows and all(given["code"] not in str(vars(row)) for row in rows)


async def test_a_kiosk_is_what_its_code_was_given_for(api: Api, operator: Desk, page: KioskPage):
    done = await enrol(api, page, await a_code(operator))
    assert done.status == 201
    assert done.body == {
        "client_id": page.id, "site": SITE, "address": ADDRESS, "region": REGION,
    }  # fmt: skip
    row, client = await Kiosk.get(client=page.id), await Partner.get(id=page.id)
    assert (client.kind, client.state, str(row.enrolled_by)) == (
        "kiosk", "approved", str(client.decided_by),
    )  # fmt: skip
    events = await AuditEvent.filter(event="kiosk:enrolled", client=page.id)
    assert len(events) == 1


@pytest.mark.parametrize("typed", [str.lower, lambda c: f"{c[:5]} - {c[5:]}"])
async def test_a_code_is_understood_however_it_is_typed(
    api: Api, operator: Desk, page: KioskPage, typed: Any
):
    assert (await enrol(api, page, typed(await a_code(operator)))).status == 201


async def test_a_code_enrols_one_kiosk_whoever_comes_at_once(api: Api, operator: Desk):
    code = await a_code(operator)
    pages = [KioskPage(api.url, "") for _ in range(8)]
    said = await asyncio.gather(*(enrol(api, one, code) for one in pages))
    assert sorted(one.status for one in said) == [201] + [403] * 7
    assert {one.code for one in said if one.status == 403} == {"kiosk-code-unknown"}


async def test_a_code_that_is_too_old_enrols_nobody(api: Api, operator: Desk, page: KioskPage):
    code = await a_code(operator)
    await KioskCode.filter(used_at__isnull=True).update(expires_at=datetime.now(UTC))
    assert (await enrol(api, page, code)).code == "kiosk-code-unknown"


async def test_guessing_codes_is_slow_for_an_address(api: Api, operator: Desk, page: KioskPage):
    said = [await enrol(api, page, "2345678923") for _ in range(11)]
    assert [one.status for one in said] == [403] * 10 + [429]
    assert int(said[-1].headers["Retry-After"]) > 60
    assert (await enrol(api, page, await a_code(operator))).code == "kiosk-codes-too-many"


async def test_good_codes_are_not_counted_as_guesses(api: Api, operator: Desk):
    for _ in range(11):
        assert (await enrol(api, KioskPage(api.url, ""), await a_code(operator))).status == 201


async def test_a_key_that_was_not_proven_is_not_enrolled(api: Api, operator: Desk, page: KioskPage):
    code = await a_code(operator)
    other = DeviceKey(api.url)
    for refused in (
        await enrol(api, page, code, proof=""),
        await enrol(api, page, code, proof=other.proof("POST", "/v1/kiosks")),
        await enrol(api, page, code, jwk=other.jwk),
        await enrol(api, page, code, jwk={"kty": "oct", "k": "AA"}),
        await enrol(api, page, code, jwk=page.key.jwk | {"x": "AA"}),
        await enrol(api, page, code, jwk={}),
    ):
        assert (refused.status, refused.code) == (422, "kiosk-key-unproven")
    assert (await enrol(api, page, code)).status == 201


# What a kiosk is, and who is none.


async def test_a_kiosk_sees_where_it_stands_and_counts_as_seen(api: Api, kiosk: KioskPage):
    shown = await kiosk.ask(api, "GET", "/v1/kiosks/current")
    assert shown.status == 200, shown.body
    assert (shown.body["client_id"], shown.body["site"]) == (kiosk.id, SITE)
    assert shown.body["card_reader"] == f"{api.sandbox.url}/card-reader"
    row = await kiosk.row
    assert row.last_seen_at and datetime.now(UTC) - row.last_seen_at < timedelta(minutes=5)


async def test_a_kiosk_offers_what_is_offered_at_kiosks(api: Api, kiosk: KioskPage):
    shown = (await kiosk.ask(api, "GET", "/v1/kiosks/services")).body["services"]
    services = api.parts.catalogue.services.values()
    assert {one["id"] for one in shown} == {s.id for s in services if "kiosk" in s.channels}
    assert SCOPE in {one["scope"] for one in shown}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/kiosks/current"), ("GET", "/v1/kiosks/services"),
     ("POST", "/v1/kiosks/readings"), ("DELETE", "/v1/kiosks/visits/x")],
)  # fmt: skip
async def test_a_kiosks_routes_are_for_kiosks(api: Api, phone: Phone, method: str, path: str):
    assert (await api.send(method, path)).code == "sign-in-needed"
    assert (await api.send(method, path, phone.who.access)).code == "token-invalid"
    partner = await an_approved_partner(
        api.url, grant_types=["client_credentials"], scope="client:read"
    )
    done = await partner.post(api, "/oauth/token", grant_type="client_credentials")
    refused = await partner.call(api, method, path, done.body["access_token"])
    assert (refused.status, refused.code) == (403, "scope-missing")


async def test_a_partner_that_names_itself_kiosk_is_none(api: Api):
    partner = await an_approved_partner(api.url, grant_types=["client_credentials"], scope="kiosk")
    done = await partner.post(api, "/oauth/token", grant_type="client_credentials", scope="kiosk")
    refused = await partner.call(api, "GET", "/v1/kiosks/current", done.body["access_token"])
    assert (refused.status, refused.code) == (403, "kiosk-only")


async def test_a_kiosks_own_token_answers_no_service(api: Api, kiosk: KioskPage):
    refused = await kiosk.ask(api, "POST", ANSWERS, json={})
    assert (refused.status, refused.code) == (401, "sign-in-needed")


async def test_a_copy_of_the_client_id_without_the_key_is_nobody(api: Api, kiosk: KioskPage):
    thief = PartnerApp(api.url, kiosk.id)
    refused = await thief.post(api, "/oauth/token", grant_type="client_credentials")
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


# Visits end.


async def test_a_visit_is_ended_by_its_kiosk(api: Api, kiosk: KioskPage, phone: Phone):
    done = await let_in(api, kiosk, phone)
    ended = await kiosk.ask(api, "DELETE", f"/v1/kiosks/visits/{done.body['visit']}")
    assert ended.status == 204
    over = await kiosk.call(api, "POST", ANSWERS, done.body["access_token"], json={})
    assert (over.status, over.code) == (401, "session-ended")
    again = await kiosk.ask(api, "DELETE", f"/v1/kiosks/visits/{done.body['visit']}")
    assert (again.status, again.code) == (404, "visit-missing")


@pytest.mark.parametrize("id", ["x", "é", "00000000-0000-4000-8000-000000000000"])
async def test_no_other_session_is_ended_by_a_kiosk(
    api: Api, kiosk: KioskPage, phone: Phone, id: str
):
    for named in (id, str(phone.who.session)):
        refused = await kiosk.ask(api, "DELETE", f"/v1/kiosks/visits/{named}")
        assert (refused.status, refused.code) == (404, "visit-missing")
    assert (await api.get("/v1/me/sessions", phone.who.access)).status == 200


async def test_another_kiosks_visit_is_not_ended(api: Api, kiosk: KioskPage, phone: Phone):
    other = await a_kiosk(api)
    done = await let_in(api, kiosk, phone)
    refused = await other.ask(api, "DELETE", f"/v1/kiosks/visits/{done.body['visit']}")
    assert refused.code == "visit-missing"


async def test_nothing_of_one_visitor_is_left_for_the_next(
    api: Api, kiosk: KioskPage, phone: Phone
):
    """FIELD: a visit that was not ended is over when the next begins."""
    first = await let_in(api, kiosk, phone)
    second = await let_in(api, kiosk, Phone(api, await api.sign_in()))
    assert second.status == 200
    over = await kiosk.call(api, "POST", ANSWERS, first.body["access_token"], json={})
    assert (over.status, over.code) == (401, "session-ended")
    living = await Session.filter(client=kiosk.id, ended_at__isnull=True)
    assert [str(one.id) for one in living] == [second.body["visit"]]


# Suspension.


async def suspended(api: Api, operator: Desk, kiosk: KioskPage, why: str = "lost") -> str:
    id = str((await kiosk.row).id)
    done = await operator.post(f"/staff/kiosks/{id}/suspension", {"why": why})
    assert done.status == 204, done.body
    return id


async def test_a_suspension_takes_effect_at_once(api: Api, operator: Desk, phone: Phone):
    kiosk = await a_kiosk(api, operator)
    visit = (await let_in(api, kiosk, phone)).body
    assert (await kiosk.ask(api, "GET", "/v1/kiosks/current")).status == 200
    await suspended(api, operator, kiosk)
    for method, path, token in (
        ("POST", ANSWERS, visit["access_token"]),
        ("GET", "/v1/kiosks/current", kiosk.own),
    ):
        over = await kiosk.call(api, method, path, token, **({"json": {}} if token else {}))
        assert (over.status, over.code) == (401, "session-ended")
    refused = await kiosk.post(api, "/oauth/token", grant_type="client_credentials")
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")
    session = await Session.get(id=visit["visit"])
    assert session.ended_why == "kiosk-suspended"


async def test_a_suspended_kiosk_is_let_in_again_with_its_key_and_not_with_old_tokens(
    api: Api, operator: Desk
):
    kiosk = await a_kiosk(api, operator)
    old = await kiosk.signed_on(api)
    id = await suspended(api, operator, kiosk)
    assert (await operator.post(f"/staff/kiosks/{id}/reinstatement")).status == 204
    over = await kiosk.call(api, "GET", "/v1/kiosks/current", old)
    assert (over.status, over.code) == (401, "session-ended")
    await a_second_later(api, kiosk)
    await kiosk.signed_on(api)
    assert (await kiosk.ask(api, "GET", "/v1/kiosks/current")).status == 200


async def a_second_later(api: Api, kiosk: KioskPage) -> None:
    """Tokens are dated by the second: one of the very second of a suspension counts as older."""
    before = (await Partner.get(id=kiosk.id)).tokens_from - timedelta(seconds=2)
    await Partner.filter(id=kiosk.id).update(tokens_from=before)
    await api.parts.ground.registry.changed(kiosk.id)


async def test_the_list_is_of_ones_region_and_says_what_stands_where(api: Api, operator: Desk):
    kiosk = await a_kiosk(api, operator)
    await suspended(api, operator, kiosk, "broken")
    rows = (await operator.send("GET", "/staff/kiosks")).body["kiosks"]
    (row,) = [one for one in rows if one["client_id"] == kiosk.id]
    assert (row["site"], row["region"], row["suspended_why"]) == (SITE, REGION, "broken")
    elsewhere = await an_operator(api, "11")
    assert (await elsewhere.send("GET", "/staff/kiosks")).body["kiosks"] == []
    for act in ("suspension", "reinstatement"):
        refused = await elsewhere.post(f"/staff/kiosks/{row['id']}/{act}", {"why": "lost"})
        assert (refused.status, refused.code) == (404, "kiosk-missing")


@pytest.mark.parametrize("id", ["x", "00000000-0000-4000-8000-000000000000"])
async def test_an_unknown_kiosk_is_missing(operator: Desk, id: str):
    refused = await operator.post(f"/staff/kiosks/{id}/suspension", {"why": "lost"})
    assert (refused.status, refused.code) == (404, "kiosk-missing")
