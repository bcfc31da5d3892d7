"""Family mandates over HTTP: two residents, one of them acting, both seeing it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import jwt
import pytest

from identity.models import Mandate, Resident, Session
from tests.support.family import (
    FUND,
    INSURANCE,
    TODAY,
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


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_on": str(TODAY - timedelta(days=1))}, "mandate-dates"),
        ({"ends_on": str(TODAY - timedelta(days=1))}, "mandate-dates"),
        ({"ends_on": str(TODAY + timedelta(days=367))}, "mandate-dates"),
        ({"services": ["no-such-service"]}, "service-unknown"),
        ({"services": []}, "request-invalid"),
        ({"agent": {"name": "李雷", "id_number": "44010119900101123"}}, "id-number-length"),
        ({"agent": {"name": "", "id_number": "11010519491231002X"}}, "name-invalid"),
    ],
)
async def test_an_offer_that_cannot_be_is_refused(
    api: Api, mother: Somebody, son: Somebody, change: dict[str, Any], code: str
) -> None:
    refused = await api.post("/v1/me/mandates", wanted(son.named()) | change, mother.token)
    assert refused.code == code
    assert not await Mandate.filter(principal_id=mother.signed_in.resident).exists()


async def test_nobody_is_their_own_agent(api: Api, mother: Somebody) -> None:
    refused = await api.post("/v1/me/mandates", wanted(mother.named()), mother.token)
    assert refused.code == "mandate-self"


async def test_an_offer_needs_a_fresh_proof_at_level_four(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    returned = await api.sign_in(resident=mother.signed_in.resident, acr="3")
    refused = await api.post("/v1/me/mandates", wanted(son.named()), returned.access)
    assert (refused.status, refused.code) == (401, "step-up-needed")


async def test_an_acceptance_needs_a_proof_of_the_agents_own(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await offered(api, mother, son)
    returned = await api.sign_in(resident=son.signed_in.resident, acr="3")
    refused = await api.post(f"/v1/me/mandates/{mandate}/acceptance", {}, returned.access)
    assert refused.code == "step-up-needed"
    assert (await mine(api, son))[0]["state"] == "offered"


async def test_an_offer_to_somebody_unknown_here_is_answered_alike(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    known = await api.post("/v1/me/mandates", wanted(son.named()), mother.token)
    unknown = await api.new_resident()
    other = {"name": unknown.name, "id_number": unknown.number}
    alike = await api.post("/v1/me/mandates", wanted(other), mother.token)
    assert (alike.status, set(alike.body)) == (known.status, set(known.body))


@pytest.mark.parametrize("doing", ["acceptance", "refusal"])
async def test_only_the_person_who_is_named_can_answer(
    api: Api, mother: Somebody, son: Somebody, doing: str
) -> None:
    mandate = await offered(api, mother, son)
    for stranger in (mother, await somebody(api, "赵六")):
        refused = await api.post(f"/v1/me/mandates/{mandate}/{doing}", {}, stranger.token)
        assert (refused.status, refused.code) == (404, "mandate-missing")


async def test_the_right_number_under_another_name_is_not_shown(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    await api.post("/v1/me/mandates", wanted(son.named(name="张冠李")), mother.token)
    assert await mine(api, son) == []


async def test_an_agent_uses_the_named_service_and_both_see_it(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await accepted(api, mother, son)
    token = await acting(api, mandate, son)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == str(mother.signed_in.resident)
    assert claims["act"] == {"sub": str(son.signed_in.resident)}
    assert claims["scope"] == f"{FUND}:read"
    answer, own = await asked(api, FUND, token), await asked(api, FUND, mother.token)
    assert answer.status == 200, answer.body
    assert answer.body["answer"] == own.body["answer"]
    for who, other in ((mother, son), (son, mother)):
        events = (await api.get("/v1/me/activity", who.token)).body["events"]
        done = [one for one in events if one["event"] == "service:answered" and one["other"]]
        assert len(done) == 1
        name = other.known.name
        assert (done[0]["other"][0], name not in str(events)) == (name[0], True)


@pytest.mark.parametrize("path", ["/v1/me", "/v1/me/activity", "/v1/me/mandates"])
async def test_an_agent_does_not_reach_the_principals_own_record(
    api: Api, mother: Somebody, son: Somebody, path: str
) -> None:
    token = await acting(api, await accepted(api, mother, son), son)
    assert (await api.get(path, token)).code == "own-app-only"


async def test_a_service_that_is_not_named_is_refused(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    token = await acting(api, await accepted(api, mother, son), son)
    refused = await asked(api, INSURANCE, token)
    assert (refused.status, refused.code) == (403, "scope-missing")


@pytest.mark.parametrize("side", ["mother", "son"])
async def test_either_side_ends_it_and_its_tokens_at_once(
    api: Api, mother: Somebody, son: Somebody, side: str
) -> None:
    mandate = await accepted(api, mother, son)
    token = await acting(api, mandate, son)
    ender = mother if side == "mother" else son
    assert (await api.send("DELETE", f"/v1/me/mandates/{mandate}", ender.token)).status == 204
    assert (await asked(api, FUND, token)).code == "session-ended"
    again = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, son.token)
    assert again.code == "mandate-not-in-force"
    assert (await asked(api, FUND, mother.token)).status == 200


async def test_signing_the_agent_out_ends_what_they_do_for_others(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    token = await acting(api, await accepted(api, mother, son), son)
    await api.send("DELETE", "/v1/me/sessions/current", son.token)
    assert (await asked(api, FUND, token)).code == "session-ended"


@pytest.mark.parametrize("days", [-1, 1])
async def test_outside_its_days_nobody_acts(
    api: Api, mother: Somebody, son: Somebody, days: int
) -> None:
    mandate = await accepted(api, mother, son)
    edge = TODAY + timedelta(days=days)
    await Mandate.filter(id=mandate).update(starts_on=edge, ends_on=edge)
    refused = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, son.token)
    assert (refused.status, refused.code) == (403, "mandate-not-in-force")
    shown = next(one for one in await mine(api, mother) if one["id"] == mandate)
    assert shown["state"] == ("over" if days < 0 else "accepted")


async def test_a_token_to_act_lives_no_longer_than_its_day(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await accepted(api, mother, son)
    await acting(api, mandate, son)
    row = await Session.get(mandate_id=UUID(mandate), ended_at__isnull=True)
    last = await Mandate.get(id=mandate)
    assert row.expires_at.astimezone(ZoneInfo("Asia/Shanghai")).date() <= (
        last.ends_on + timedelta(days=1)
    )
    assert row.parent_id == son.signed_in.session


async def test_a_sensitive_level_is_the_agents_own(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await accepted(api, mother, son)
    low = await api.sign_in(resident=son.signed_in.resident, acr="3")
    made = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, low.access)
    claims = jwt.decode(made.body["access_token"], options={"verify_signature": False})
    assert claims["acr"] == "3"


async def test_there_is_no_agent_of_somebody_who_is_gone(
    api: Api, mother: Somebody, son: Somebody
) -> None:
    mandate = await accepted(api, mother, son)
    await Resident.filter(id=mother.signed_in.resident).update(
        closed_at=datetime.now(ZoneInfo("UTC"))
    )
    refused = await api.post(f"/v1/me/mandates/{mandate}/tokens", {}, son.token)
    assert refused.code == "resident-missing"


async def test_a_mandate_is_answered_once(api: Api, mother: Somebody, son: Somebody) -> None:
    mandate = await accepted(api, mother, son)
    again = await api.post(f"/v1/me/mandates/{mandate}/refusal", {}, son.token)
    assert (again.status, again.code) == (409, "mandate-answered")
