"""Tokens are asked for while what they hang on ends: whichever comes first, nothing lives on."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from identity.caller import NOBODY
from identity.models import Session
from identity.partners.client import Client
from tests.support.http import Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import Code, a_code, a_grant, exchange, lives, refresh

ROUNDS = 6
Ending = Callable[[Api, Code], Awaitable[None]]


async def withdrawn(api: Api, code: Code) -> None:
    await api.parts.core.grants.withdraw(code.signed.resident, code.grant.id, NOBODY)


async def signed_out(api: Api, code: Code) -> None:
    await api.parts.sessions.end(code.signed.session, code.signed.resident)


async def signed_out_everywhere(api: Api, code: Code) -> None:
    await api.parts.own.sign_outs.everywhere(code.signed.resident, NOBODY)


ENDINGS = [withdrawn, signed_out, signed_out_everywhere]


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    made = await an_approved_partner(api.settings.public_url)
    await exchange(api, made, await a_code(api, made))  # learns the nonce
    return made


async def check_nothing_lives(api: Api, app: PartnerApp, code: Code) -> None:
    left = Session.filter(resident_id=code.signed.resident, client=app.id, ended_at__isnull=True)
    assert await left.count() == 0


@pytest.mark.parametrize("ends", ENDINGS, ids=lambda each: each.__name__)
async def test_a_code_exchanged_at_the_moment_of_an_end_gives_nothing_that_lives(
    api: Api, app: PartnerApp, ends: Ending
):
    for _ in range(ROUNDS):
        code = await a_code(api, app)
        answer, _ = await asyncio.gather(exchange(api, app, code), ends(api, code))
        assert answer.status in (200, 400)
        await check_nothing_lives(api, app, code)
        if answer.status == 200:
            assert not await lives(api, answer.body["access_token"])
            again = await refresh(api, app, answer.body["refresh_token"])
            assert again.body["error"] == "invalid_grant"


@pytest.mark.parametrize("ends", ENDINGS, ids=lambda each: each.__name__)
async def test_a_refresh_at_the_moment_of_an_end_gives_nothing_that_lives(
    api: Api, app: PartnerApp, ends: Ending
):
    for _ in range(ROUNDS):
        code = await a_code(api, app)
        tokens = (await exchange(api, app, code)).body
        answer, _ = await asyncio.gather(
            refresh(api, app, tokens["refresh_token"]), ends(api, code)
        )
        assert answer.status in (200, 400)
        if answer.status == 200:
            assert not await lives(api, answer.body["access_token"])
        await check_nothing_lives(api, app, code)


async def test_a_code_exchanged_while_the_grant_is_given_anew_stays_within_it(
    api: Api, app: PartnerApp
):
    """A narrower grant at the same moment: what the code gives is narrowed, or refused."""
    for _ in range(ROUNDS):
        code = await a_code(api, app)
        answer, grant = await asyncio.gather(
            exchange(api, app, code),
            a_grant(api, app, code.signed, "profile:name", ""),
        )
        living = Session.filter(client=app.id, resident_id=code.signed.resident)
        for session in await living.filter(ended_at__isnull=True):
            assert set(session.scope.split()) <= set(grant.scopes.split())
            assert session.grant_id == grant.id
        assert answer.status in (200, 400)


async def test_two_clients_of_one_resident_do_not_wait_for_ever(api: Api, app: PartnerApp):
    """All locks are taken in one order: nobody is left with a deadlock."""
    other = await an_approved_partner(api.settings.public_url)
    await exchange(api, other, await a_code(api, other))
    for _ in range(ROUNDS):
        signed = await api.sign_in()
        pair: list[tuple[PartnerApp, Code]] = [
            (who, await a_code(api, who, signed=signed)) for who in (app, other)
        ]
        answers = await asyncio.gather(
            *(exchange(api, who, code) for who, code in pair),
            withdrawn(api, pair[0][1]),
            signed_out(api, pair[1][1]),
        )
        assert {answers[0].status, answers[1].status} <= {200, 400}
        for who, code in pair:
            await check_nothing_lives(api, who, code)


async def test_a_suspension_at_the_moment_of_an_exchange_leaves_nothing(api: Api):
    """Sessions end in one UPDATE; one that opens beside it is older than ``tokens_from``."""
    from datetime import UTC, datetime

    from identity.models import Partner

    gone = await an_approved_partner(api.settings.public_url)
    code = await a_code(api, gone)
    tokens = (await exchange(api, gone, code)).body
    client: Client | None = await api.parts.ground.registry.client(gone.id)
    assert client is not None
    await Partner.filter(id=gone.id).update(state="suspended", tokens_from=datetime.now(UTC))
    await api.parts.ground.registry.changed(gone.id)
    assert not await lives(api, tokens["access_token"])
    await Partner.filter(id=gone.id).update(state="approved")
    await api.parts.ground.registry.changed(gone.id)
    assert not await lives(api, tokens["access_token"])
    again = await refresh(api, gone, tokens["refresh_token"])
    assert again.body["error"] == "invalid_grant"
