"""Kiosks: what they see, how visits end, and that a suspension holds at once."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from identity.models import Partner, Session
from tests.support.http import Api
from tests.support.kiosk import (
    REGION,
    SCOPE,
    SERVICE,
    SITE,
    KioskPage,
    Phone,
    a_kiosk,
    an_operator,
    let_in,
)
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.staff import Desk

ANSWERS = f"/v1/services/{SERVICE}/answers"


@pytest.fixture(scope="module")
async def operator(api: Api) -> Desk:
    return await an_operator(api)


@pytest.fixture(scope="module")
async def kiosk(api: Api, operator: Desk) -> KioskPage:
    return await a_kiosk(api, operator)


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


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


async def test_a_kiosk_with_a_wrong_clock_is_told_the_time(api: Api, kiosk: KioskPage):
    """Its proofs and assertions are judged by ours (RFC 9110 §6.6.1)."""
    ahead = kiosk.assertion(iat=4_102_444_800, exp=4_102_444_860)
    form = kiosk.authenticated(grant_type="client_credentials") | {"client_assertion": ahead}
    headers = {"DPoP": kiosk.proof("POST", "/oauth/token")}
    refused = await api.send("POST", "/oauth/token", headers=headers, data=form)
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")
    told = parsedate_to_datetime(refused.headers["Date"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=5)


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
    first = (await Partner.get(id=kiosk.id)).tokens_from
    assert (await operator.post(f"/staff/kiosks/{id}/reinstatement")).status == 204
    over = await kiosk.call(api, "GET", "/v1/kiosks/current", old)
    assert (over.status, over.code) == (401, "session-ended")
    began = (await Partner.get(id=kiosk.id)).tokens_from
    assert began > first, "what slipped out meanwhile is dead too"
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
