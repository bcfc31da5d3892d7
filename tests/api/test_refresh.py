"""Refreshing and signing out over HTTP (rotation: CONTRACTS, Proofing, session, token)."""

import asyncio

import pytest

from identity.sessions import GRACE
from tests.support.http import Api


@pytest.mark.parametrize("token", ["zr_unknown", "x", "zr_" + "A" * 200, "汉字"])
async def test_an_unknown_refresh_token_is_refused(api: Api, token: str):
    answer = await api.post("/v1/tokens", {"refresh_token": token})
    assert (answer.status, answer.code) == (401, "refresh-token-invalid")
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": 1}])
async def test_a_refresh_without_a_token_is_a_bad_request(api: Api, body: object):
    assert (await api.post("/v1/tokens", body)).code == "request-invalid"


async def test_a_refresh_gives_the_next_pair(api: Api):
    signed = await api.sign_in()
    answer = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"access_token", "token_type", "expires_in", "refresh_token", "acr"} == set(answer.body)
    renewed = await api.remember(answer.body)
    assert renewed.session == signed.session and renewed.refresh != signed.refresh
    assert (await api.get("/v1/me/sessions", renewed.access)).status == 200


async def test_twenty_at_once_get_one_successor(api: Api):
    signed = await api.sign_in()
    body = {"refresh_token": signed.refresh}
    answers = await asyncio.gather(*(api.post("/v1/tokens", body) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["refresh_token"] for answer in answers}) == 1
    await api.remember(answers[0].body)


async def test_a_refresh_token_shown_again_later_ends_the_session(api: Api):
    signed = await api.sign_in()
    first = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    renewed = await api.remember(first.body)
    await age(signed.session)
    again = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    assert (again.status, again.code) == (401, "refresh-token-reused")
    for token in (signed.access, renewed.access):
        assert (await api.get("/v1/me/sessions", token)).code == "session-ended"
    assert (await api.post("/v1/tokens", {"refresh_token": renewed.refresh})).status == 401


async def test_signing_out_ends_the_token_and_its_refreshing(api: Api):
    signed = await api.sign_in()
    answer = await api.send("DELETE", "/v1/me/sessions/current", signed.access)
    assert (answer.status, answer.raw) == (204, b"")
    assert (await api.get("/v1/me/sessions", signed.access)).code == "session-ended"
    again = await api.post("/v1/tokens", {"refresh_token": signed.refresh})
    assert again.code == "refresh-token-invalid"


async def test_one_device_signs_another_out(api: Api):
    phone = await api.sign_in()
    tablet = await api.sign_in(resident=phone.resident)
    listed = await api.get("/v1/me/sessions", phone.access)
    current = {one["id"]: one["current"] for one in listed.body["sessions"]}
    assert current == {str(phone.session): True, str(tablet.session): False}
    gone = await api.send("DELETE", f"/v1/me/sessions/{tablet.session}", phone.access)
    assert gone.status == 204
    assert (await api.get("/v1/me/sessions", tablet.access)).code == "session-ended"
    assert (await api.get("/v1/me/sessions", phone.access)).status == 200


@pytest.mark.parametrize("session", ["x", "0", "current2"])
async def test_a_session_that_is_no_id_is_missing(api: Api, session: str):
    signed = await api.sign_in()
    answer = await api.send("DELETE", f"/v1/me/sessions/{session}", signed.access)
    assert (answer.status, answer.code) == (404, "session-missing")


async def age(session: object) -> None:
    """As if the grace after the rotation were over."""
    from identity.models import RefreshToken

    for row in await RefreshToken.filter(session_id=session, used_at__isnull=False):
        row.used_at -= 2 * GRACE
        await row.save()
