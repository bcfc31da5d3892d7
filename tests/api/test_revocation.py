"""Revocation (RFC 7009): 200 for whatever it was, and dead is dead; others' tokens stay."""

import pytest

from identity.models import AuditEvent, EndedToken
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import a_code, claims, exchange, lives, refresh, tokens_of
from tests.support.session_parts import a_worker

REVOKE = "/oauth/revoke"
PUBLIC_SCOPE = "openid profile:over-18"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


async def revoke(api: Api, app: PartnerApp, token: str, **more: str) -> Answer:
    return await app.post(api, REVOKE, token=token, **more)


def done(answer: Answer) -> bool:
    return (answer.status, answer.raw) == (200, b"")


async def test_nobody_revokes_without_authenticating(api: Api, app: PartnerApp):
    """RFC 7009 §2.1."""
    tokens = await tokens_of(api, app)
    for form in ({}, {"client_id": app.id}):
        answer = await api.send("POST", REVOKE, data={"token": tokens["refresh_token"]} | form)
        assert (answer.status, answer.body["error"]) == (401, "invalid_client")
    assert (await refresh(api, app, tokens["refresh_token"])).status == 200


async def test_a_request_without_a_token_is_malformed(api: Api, app: PartnerApp):
    answer = await app.post(api, REVOKE)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("token", ["x", "a.b.c", "zr_unknown", "zo_unknown", "汉字"])
async def test_an_unknown_token_is_no_error(api: Api, app: PartnerApp, token: str):
    """RFC 7009 §2.2."""
    assert done(await revoke(api, app, token))


async def test_another_clients_token_is_left_alone(api: Api, app: PartnerApp):
    """With the answer of an unknown one, so that nobody learns whose it is."""
    other = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, app)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert done(await revoke(api, other, token))
    assert await lives(api, tokens["access_token"])
    assert (await refresh(api, app, tokens["refresh_token"])).status == 200


async def test_our_own_apps_tokens_are_left_alone(api: Api, app: PartnerApp):
    signed = await api.sign_in()
    for token in (signed.access, signed.refresh):
        assert done(await revoke(api, app, token))
    assert (await api.get("/v1/me/sessions", signed.access)).status == 200


async def test_a_refresh_token_takes_its_session_along(api: Api, app: PartnerApp):
    """RFC 7009 §2.1: the access tokens too; the resident's own session and their record stay."""
    code = await a_code(api, app)
    tokens = (await exchange(api, app, code)).body
    again = (await refresh(api, app, tokens["refresh_token"])).body
    assert done(await revoke(api, app, tokens["refresh_token"], token_type_hint="access_token"))
    for each in (tokens, again):
        assert not await lives(api, each["access_token"])
    assert (await refresh(api, app, tokens["refresh_token"])).body["error"] == "invalid_grant"
    assert await lives(api, code.signed.access)
    noted = AuditEvent.filter(resident_id=code.signed.resident, event="partner:signed-out")
    assert await noted.count() == 1
    assert done(await revoke(api, app, tokens["refresh_token"]))
    assert await noted.count() == 1


async def test_an_access_token_goes_alone(api: Api, app: PartnerApp):
    """RFC 7009 §2.1; with every worker that listens, and for one that could not."""
    tokens = await tokens_of(api, app)
    again = (await refresh(api, app, tokens["refresh_token"])).body
    async with a_worker(api.settings) as elsewhere:
        assert await elsewhere.tokens.living(tokens["access_token"])
        assert done(await revoke(api, app, tokens["access_token"]))
        assert not await lives(api, tokens["access_token"])
    dead = await app.call(api, "GET", "/v1/me", tokens["access_token"])
    assert (dead.status, dead.code) == (401, "session-ended")
    assert await lives(api, again["access_token"])
    row = await EndedToken.get(id=claims(tokens["access_token"])["jti"])
    assert row.client == app.id
    assert int(row.expires_at.timestamp()) == claims(tokens["access_token"])["exp"]
    assert done(await revoke(api, app, tokens["access_token"]))


async def test_a_worker_that_was_deaf_hears_of_it_when_it_begins(api: Api, app: PartnerApp):
    """The row is in PostgreSQL: what was published before it listened is not missed."""
    import asyncio

    from identity.errors import SessionEnded

    tokens = await tokens_of(api, app)
    await revoke(api, app, tokens["access_token"])
    async with a_worker(api.settings) as late:
        with pytest.raises(SessionEnded):  # it asks PostgreSQL while it does not hear
            await late.tokens.living(tokens["access_token"])
        async with asyncio.timeout(20):
            while not late.news.hearing:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        with pytest.raises(SessionEnded):
            await late.tokens.living(tokens["access_token"])


async def test_an_opaque_token_is_revoked_like_another(api: Api):
    opaque = await an_approved_partner(api.settings.public_url, access_tokens="opaque")
    tokens = await tokens_of(api, opaque)
    assert await lives(api, tokens["access_token"])
    assert done(await revoke(api, opaque, tokens["access_token"]))
    assert not await lives(api, tokens["access_token"])


async def test_a_public_client_revokes_its_own(api: Api):
    """RFC 7009 §2.1: by its name; whoever holds the token could use it anyway."""
    public = await an_approved_partner(
        api.settings.public_url, token_endpoint_auth_method="none", scope=PUBLIC_SCOPE
    )
    tokens = await tokens_of(api, public, scope=PUBLIC_SCOPE)
    assert done(await revoke(api, public, tokens["refresh_token"]))
    assert not await lives(api, tokens["access_token"])
