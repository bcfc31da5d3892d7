"""Mandates where somebody is frozen, gone, signed out or not who was meant: nobody acts."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from identity import notices
from identity.agents import Agents
from identity.caller import Caller, CallerKind
from identity.closing import DECEASED, close
from identity.errors import SessionEnded
from identity.mandate_rows import keep_in
from identity.models import Mandate, Notice, Session
from identity.vault import Vault
from tests.support.family import (
    FUND,
    Somebody,
    accepted,
    acting,
    asked,
    mine,
    offered,
    somebody,
    wanted,
)
from tests.support.http import Api


@pytest.fixture
async def mother(api: Api) -> Somebody:
    return await somebody(api, "王淑芬")


@pytest.fixture
async def son(api: Api) -> Somebody:
    return await somebody(api, "李小明")


@pytest.mark.parametrize("path", ["/v1/verifications", "/v1/card-checks", "/v1/outside-logins"])
async def test_no_proof_raises_a_session_in_which_an_agent_acts(
    api: Api, mother: Somebody, son: Somebody, path: str
) -> None:
    """It would be given a refresh token, which an agent has none of."""
    token = await acting(api, await accepted(api, mother, son), son)
    refused = await api.post(path, {}, token)
    assert (refused.status, refused.code) == (403, "own-app-only")


async def test_nobody_acts_for_somebody_whose_identity_is_frozen(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await accepted(api, mother, son)
    token = await acting(api, mandate, son)
    assert (await api.send("POST", "/v1/me/freeze", mother.token)).status == 204
    assert (await asked(api, FUND, token)).code == "session-ended"
    again = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, son.token)
    assert (again.status, again.code) == (403, "mandate-not-in-force")


async def test_an_answer_to_an_offer_tells_the_principal_only_of_a_yes(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await offered(api, mother, son)
    await api.post(f"/v1/me/mandates/{mandate}/refusal", {}, son.token)
    assert await told(mother) == ["mandate-offered"]
    await accepted(api, mother, son)
    assert await told(mother) == ["mandate-offered", "mandate-offered", "mandate-accepted"]
    assert await told(son) == []


async def test_an_offer_that_was_refused_a_fresh_proof_tells_nobody(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    returned = await api.sign_in(resident=mother.signed_in.resident, acr="3")
    await api.post("/v1/me/mandates", wanted(son.named()), returned.access)
    assert await told(mother) == []


async def test_the_word_of_an_offers_notice_ends_the_mandate_and_what_is_done_under_it(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    """A thief with the mother's unlocked telephone makes somebody her agent."""
    mandate = await accepted(api, mother, son)
    token = await acting(api, mandate, son)
    notice = await Notice.get(resident_id=mother.signed_in.resident, kind="mandate-offered")
    assert notice.session_id == mother.signed_in.session
    vault = Vault.from_settings(api.settings)
    word = notices.not_me_word(vault, notice.id)
    await Notice.filter(id=notice.id).update(not_me=notices.not_me_digest(vault, word))
    assert (await api.post("/v1/freezes", {"word": word})).status == 204
    assert (await asked(api, FUND, token)).code == "session-ended"
    assert (await Mandate.get(id=mandate)).state == "revoked"
    assert [one["state"] for one in await mine(api, son)] == ["revoked"]


async def test_nothing_is_offered_in_a_session_that_just_ended(api: Api, mother: Somebody) -> None:
    session = UUID(str(mother.signed_in.session))
    caller = Caller(CallerKind.RESIDENT, mother.signed_in.resident, session=session)
    await Session.filter(id=session).update(ended_at=datetime.now(UTC))
    async with in_transaction() as connection:
        with pytest.raises(SessionEnded):
            await keep_in(connection, mother.signed_in.resident, caller)


async def told(who: Somebody) -> list[str]:
    rows = Notice.filter(resident_id=who.signed_in.resident).order_by("created_at")
    return [row.kind for row in await rows]


async def test_no_agent_begins_on_a_session_that_just_ended(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = UUID(await accepted(api, mother, son))
    caller = await api.parts.tokens.read(son.token)
    await api.parts.sessions.end(son.signed_in.session, son.signed_in.resident)
    with pytest.raises(SessionEnded):
        await Agents(api.parts.residents, api.parts.tokens).act(caller, mandate)
    assert not await Session.filter(mandate_id=mandate).exists()


async def test_an_agent_who_begins_while_their_session_ends_is_not_left_behind(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = UUID(await accepted(api, mother, son))
    caller = await api.parts.tokens.read(son.token)
    for _ in range(5):
        done = await asyncio.gather(
            Agents(api.parts.residents, api.parts.tokens).act(caller, mandate),
            api.parts.sessions.end(son.signed_in.session, son.signed_in.resident),
            return_exceptions=True,
        )
        assert not isinstance(done[1], BaseException)
        assert not await Session.filter(mandate_id=mandate, ended_at__isnull=True).exists()
        await Session.filter(id=son.signed_in.session).update(ended_at=None)


async def test_a_principal_who_died_hides_no_mandate_of_others(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    await accepted(api, mother, son)
    async with in_transaction() as connection:
        await close(connection, api.parts.sessions, mother.signed_in.resident, DECEASED)
    assert [one["other"] for one in await mine(api, son)] == ["*"]


async def test_a_number_that_somebody_only_typed_shows_no_offer(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    """Whoever has the agent's name could otherwise accept in their place."""
    kind, number = "taiwan-travel-permit", f"{uuid4().int % 10**8:08}"
    agent = {"name": son.known.name, "id_number": number, "document_type": kind}
    made = await api.post("/v1/me/mandates", wanted(agent), mother.token)
    assert made.status == 201, made.body
    added = {"document_type": kind, "number": number}
    linked = await api.post("/v1/me/documents", added, son.token)
    assert linked.status == 201, linked.body
    assert await mine(api, son) == []
