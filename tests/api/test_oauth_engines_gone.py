"""PostgreSQL or Valkey restarts in the middle: clear errors, and never two successes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.api.test_engines_gone import House
from tests.api.test_engines_gone import house as house  # noqa: PLC0414  the fixture
from tests.support.http import Answer, Api
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import TOKEN, a_code, exchange

CLEAR = {"temporarily_unavailable", "invalid_grant", "invalid_dpop_proof", "invalid_client"}
CLEAR |= {"use_dpop_nonce"}


@pytest.fixture(scope="module")
async def app(house: House) -> AsyncIterator[PartnerApp]:
    made = await an_approved_partner(house.api.url)
    await until_served(house.api, made)
    yield made


async def until_served(api: Api, app: PartnerApp) -> None:
    """Ask until an honest exchange is judged again: proofs from before a start are refused."""
    async with asyncio.timeout(30):
        while True:
            done = await exchange(api, app, await asked(lambda: a_code(api, app)))
            if done.status == 200:
                return
            await asyncio.sleep(0.1)


async def asked(make: Callable[[], Awaitable[object]]) -> object:
    """Until the engine is back."""
    while True:
        try:
            return await make()
        except Exception:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("engine", ["postgres", "valkey"])
async def test_a_restart_in_the_middle_gives_clear_errors_and_one_success_at_most(
    house: House, app: PartnerApp, engine: str
):
    api, one = house.api, getattr(house, engine)
    code = await a_code(api, app)
    asking = [asyncio.create_task(exchange(api, app, code)) for _ in range(20)]
    await asyncio.sleep(0)
    await one.stop()
    during = [asyncio.create_task(exchange(api, app, code)) for _ in range(5)]
    answers: list[Answer] = list(await asyncio.gather(*asking, *during))
    await one.start()
    await until_served(api, app)
    answers += [await exchange(api, app, code) for _ in range(3)]
    good = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert len(good) <= 1
    assert {answer.status for answer in refused} <= {400, 401, 503}
    assert {answer.body["error"] for answer in refused} <= CLEAR
    for answer in refused:
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0


async def test_while_valkey_is_away_no_token_is_given(house: House, app: PartnerApp):
    """What remembers what was shown cannot be asked: nothing is believed (CONTRACTS, "State")."""
    api = house.api
    code = await a_code(api, app)
    await house.valkey.stop()
    try:
        refused = await app.post(api, TOKEN, **code.parameters)
    finally:
        await house.valkey.start()
    assert (refused.status, refused.body["error"]) == (503, "temporarily_unavailable")
    await until_served(api, app)
    assert (await exchange(api, app, code)).status == 200
