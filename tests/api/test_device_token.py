"""What a kiosk is given: five minutes at most, no refresh, one service, nobody's name."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from identity.models import AuditEvent, Notice, RefreshToken, Session
from tests.support.http import Api
from tests.support.kiosk import (
    SCOPE,
    SERVICE,
    SITE,
    KioskPage,
    Phone,
    a_kiosk,
    agreed,
    let_in,
)


@pytest.fixture(scope="module")
async def kiosk(api: Api) -> KioskPage:
    return await a_kiosk(api)


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


async def test_the_token_is_short_narrow_bound_and_not_refreshed(
    api: Api, kiosk: KioskPage, phone: Phone
):
    done = await let_in(api, kiosk, phone)
    assert done.status == 200, done.body
    assert (done.body["token_type"], done.body["scope"]) == ("DPoP", SCOPE)
    assert done.body["expires_in"] <= 300
    assert "refresh_token" not in done.body
    claims = jwt.decode(done.body["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 300
    assert claims["cnf"] == {"jkt": kiosk.key.thumbprint}
    assert (claims["client_id"], claims["scope"], claims["acr"]) == (kiosk.id, SCOPE, "4")
    session = await Session.get(id=done.body["visit"])
    assert session.expires_at <= datetime.now(UTC) + timedelta(minutes=5)
    assert (session.channel, session.client) == ("kiosk", kiosk.id)
    assert not await RefreshToken.filter(session_id=session.id).exists()


async def test_a_kiosk_knows_nobody_again(api: Api, kiosk: KioskPage, phone: Phone):
    """The name in a token is the visit's: two visits of one resident have nothing in common."""
    names = set()
    for _ in range(2):
        done = await let_in(api, kiosk, phone)
        said = jwt.decode(done.body["access_token"], options={"verify_signature": False})
        names.add(said["sub"])
        assert str(phone.resident) not in str(said)
    assert len(names) == 2


async def test_a_kiosk_reads_the_one_service_and_no_other(api: Api, kiosk: KioskPage):
    phone = Phone(api, await api.registered())
    done = await let_in(api, kiosk, phone)
    token = done.body["access_token"]
    path = f"/v1/services/{SERVICE}/answers"
    answered = await kiosk.call(api, "POST", path, token, json={})
    assert answered.status == 200, answered.body
    other = await kiosk.call(
        api, "POST", "/v1/services/social-insurance-status/answers", token, json={}
    )
    assert (other.status, other.code) == (403, "scope-missing")
    own = await kiosk.call(api, "GET", "/v1/me", token)
    assert (own.status, own.code) == (403, "own-app-only")
    read = await AuditEvent.filter(resident_id=phone.resident, event="service:answered").get()
    assert (read.actor_kind, read.client, read.service) == ("kiosk", kiosk.id, SERVICE)


async def test_a_kiosk_is_told_nothing_about_its_visitor(api: Api, kiosk: KioskPage, phone: Phone):
    token = (await let_in(api, kiosk, phone)).body["access_token"]
    refused = await kiosk.call(api, "GET", "/oauth/userinfo", token)
    assert (refused.status, refused.code) == (403, "scope-missing")
    refreshed = await kiosk.post(
        api, "/oauth/token", grant_type="refresh_token", refresh_token="zr_x"
    )
    assert (refreshed.status, refreshed.body["error"]) == (400, "unauthorized_client")


async def test_a_visit_ends_when_its_telephone_signs_out(api: Api, kiosk: KioskPage, phone: Phone):
    done = await let_in(api, kiosk, phone)
    await api.send("DELETE", "/v1/me/sessions/current", phone.who.access)
    over = await kiosk.call(
        api, "POST", f"/v1/services/{SERVICE}/answers", done.body["access_token"], json={}
    )
    assert (over.status, over.code) == (401, "session-ended")


async def test_a_telephone_that_signed_out_lets_nobody_in_any_more(
    api: Api, kiosk: KioskPage, phone: Phone
):
    code, number = await agreed(api, kiosk, phone)
    await api.send("DELETE", "/v1/me/sessions/current", phone.who.access)
    refused = await kiosk.poll(api, code, number)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")


async def test_the_resident_sees_the_visit_and_is_told(api: Api, kiosk: KioskPage, phone: Phone):
    done = await let_in(api, kiosk, phone)
    listed = (await api.get("/v1/me/sessions", phone.who.access)).body["sessions"]
    (visit,) = [one for one in listed if one["id"] == done.body["visit"]]
    assert (visit["device"], visit["channel"]) == (SITE, "kiosk")
    notice = await Notice.get(resident_id=phone.resident, kind="kiosk-visited")
    assert str(notice.session_id) == done.body["visit"]
    events = await AuditEvent.filter(resident_id=phone.resident).values_list("event", flat=True)
    assert {"handoff:given", "kiosk:visited"} <= set(events)
    ended = await api.send("DELETE", f"/v1/me/sessions/{visit['id']}", phone.who.access)
    assert ended.status == 204
    path = f"/v1/services/{SERVICE}/answers"
    over = await kiosk.call(api, "POST", path, done.body["access_token"], json={})
    assert (over.status, over.code) == (401, "session-ended")
