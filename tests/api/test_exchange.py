"""Token exchange (RFC 8693): a department goes on for a resident, with less and never more."""

from collections.abc import Mapping

import pytest

from identity.caller import NOBODY
from identity.models import AuditEvent, Partner
from identity.oauth.exchange import ACCESS_TOKEN
from identity.partners.life import By
from identity.partners.metadata import EXCHANGE
from identity.staff.accounts import COMMAND
from tests.support.http import Answer, Api
from tests.support.partner_app import SCOPES, PartnerApp, an_approved_partner
from tests.support.partner_codes import (
    TOKEN,
    Code,
    a_code,
    claims,
    exchange,
    lives,
    remember,
    session_of,
    tokens_of,
)

FUND = "https://fund.example/api"
BALANCE = "provident-fund-balance:read"


@pytest.fixture(scope="module")
async def app(api: Api) -> PartnerApp:
    return await an_approved_partner(api.settings.public_url)


async def a_department(api: Api, resource: str = FUND, scope: str = SCOPES) -> PartnerApp:
    return await an_approved_partner(
        api.settings.public_url,
        kind="department",
        grant_types=[EXCHANGE, "authorization_code", "client_credentials"],
        scope=f"{scope} client:read",
        resources=[resource],
    )


@pytest.fixture(scope="module")
async def fund(api: Api) -> PartnerApp:
    return await a_department(api)


async def trade(api: Api, who: PartnerApp, token: str, **changed: str) -> Answer:
    honest = {
        "grant_type": EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
    }
    return remember(await who.post(api, TOKEN, **(honest | changed)))


async def shown(api: Api, app: PartnerApp, **others: str) -> tuple[Code, Mapping[str, str]]:
    """A sign-in whose access token is for the fund."""
    code = await a_code(api, app, **({"resource": FUND} | others))
    answer = await exchange(api, app, code)
    assert answer.status == 200, answer.body
    return code, answer.body


def refused(answer: Answer, error: str) -> bool:
    return (answer.status, answer.body["error"]) == (400, error)


async def test_a_partner_exchanges_nothing(api: Api, app: PartnerApp):
    """Even one that was registered for it by mistake, and with its own token."""
    bold = await an_approved_partner(
        api.settings.public_url, grant_types=[EXCHANGE, "authorization_code"]
    )
    tokens = await tokens_of(api, bold)
    for who in (bold, app):
        answer = await trade(api, who, tokens["access_token"])
        assert refused(answer, "unauthorized_client")


@pytest.mark.parametrize(
    "changed",
    [
        {"subject_token": ""},
        {"subject_token_type": ""},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": "x", "actor_token_type": ACCESS_TOKEN},
        {"subject_token": "rubbish"},
        {"subject_token": "zo_unknown"},
    ],
    ids=str,
)
async def test_what_is_not_an_exchange_of_access_tokens_is_refused(
    api: Api, app: PartnerApp, fund: PartnerApp, changed: dict[str, str]
):
    """RFC 8693 §2.1, §2.2.2."""
    _, tokens = await shown(api, app)
    assert refused(await trade(api, fund, tokens["access_token"], **changed), "invalid_request")


async def test_a_token_that_is_not_for_the_department_is_refused(
    api: Api, app: PartnerApp, fund: PartnerApp
):
    """Our own app's, a partner's for our own API, and one for another department."""
    other = await a_department(api, "https://other.example/api")
    _, theirs = await shown(api, app)
    own = (await api.sign_in()).access
    partners = (await tokens_of(api, app))["access_token"]
    for who, token in ((fund, own), (fund, partners), (other, theirs["access_token"])):
        assert refused(await trade(api, who, token), "invalid_request")


async def test_to_register_our_own_api_as_a_resource_gives_nothing(api: Api, app: PartnerApp):
    greedy = await a_department(api, api.settings.audience)
    tokens = await tokens_of(api, app)
    assert refused(await trade(api, greedy, tokens["access_token"]), "invalid_request")
    own = (await api.sign_in()).access
    assert refused(await trade(api, greedy, own), "invalid_request")


async def test_a_clients_own_token_has_no_resident_to_act_for(api: Api, fund: PartnerApp):
    mine = await fund.post(api, TOKEN, grant_type="client_credentials", scope="client:read")
    token = remember(mine).body["access_token"]
    assert refused(await trade(api, fund, token), "invalid_request")


@pytest.mark.parametrize("scope", ["profile:birthdate", "openid", f"{BALANCE} profile:phone"])
async def test_a_scope_beyond_the_subject_token_is_refused(
    api: Api, app: PartnerApp, fund: PartnerApp, scope: str
):
    """And the result is no sign-in: ``openid`` goes to nobody."""
    _, tokens = await shown(api, app)
    answer = await trade(api, fund, tokens["access_token"], scope=scope)
    assert refused(answer, "invalid_scope")


async def test_a_scope_beyond_the_department_is_refused(api: Api, app: PartnerApp):
    narrow = await a_department(api, FUND, scope=f"openid {BALANCE}")
    _, tokens = await shown(api, app)
    token = tokens["access_token"]
    assert refused(await trade(api, narrow, token, scope="profile:name"), "invalid_scope")
    assert (await trade(api, narrow, token)).body["scope"] == BALANCE


async def test_an_unknown_target_is_refused(api: Api, app: PartnerApp, fund: PartnerApp):
    _, tokens = await shown(api, app)
    token = tokens["access_token"]
    for target in ({"resource": "https://nobody.example/api"}, {"audience": app.id}):
        assert refused(await trade(api, fund, token, **target), "invalid_target")


async def test_a_dead_subject_token_gives_nothing(api: Api, app: PartnerApp, fund: PartnerApp):
    """Withdrawn, signed out, or of a client that was suspended."""
    code, tokens = await shown(api, app)
    await api.parts.core.grants.withdraw(code.signed.resident, code.grant.id, NOBODY)
    assert refused(await trade(api, fund, tokens["access_token"]), "invalid_request")
    gone = await an_approved_partner(api.settings.public_url)
    _, tokens = await shown(api, gone)
    await Partner.filter(id=gone.id).update(state="suspended")
    await api.parts.ground.registry.changed(gone.id)
    assert refused(await trade(api, fund, tokens["access_token"]), "invalid_request")


async def test_departments_one_behind_the_other_have_an_end(api: Api, app: PartnerApp):
    """Each names the one before (RFC 8693 §4.1); after three it is refused."""
    _, tokens = await shown(api, app)
    chain, token = await a_department(api), tokens["access_token"]
    for _ in range(3):
        answer = await trade(api, chain, token)
        assert answer.status == 200, answer.body
        token = answer.body["access_token"]
    first = {"sub": chain.id}
    assert claims(token)["act"] == first | {"act": first | {"act": first}}
    assert refused(await trade(api, chain, token), "invalid_request")


async def test_a_department_acts_for_the_resident_and_says_so(
    api: Api, app: PartnerApp, fund: PartnerApp
):
    """RFC 8693 §4.1: the same resident and session, the department's own key, and who acts."""
    _, tokens = await shown(api, app)
    answer = await trade(api, fund, tokens["access_token"], scope=BALANCE)
    assert set(answer.body) == {
        "access_token", "token_type", "expires_in", "scope", "issued_token_type"
    }  # fmt: skip
    assert answer.body["issued_token_type"] == ACCESS_TOKEN
    before, said = claims(tokens["access_token"]), claims(answer.body["access_token"])
    assert said["act"] == {"sub": fund.id} and said["client_id"] == fund.id
    for name in ("sub", "sid", "acr", "amr", "auth_time"):
        assert said[name] == before[name]
    assert said["aud"] == api.settings.audience and said["scope"] == BALANCE
    assert said["cnf"] == {"jkt": fund.key.thumbprint} != before["cnf"]
    assert said["exp"] <= before["exp"]


async def test_a_department_speaks_at_the_gate_as_itself(
    api: Api, app: PartnerApp, fund: PartnerApp
):
    code, tokens = await shown(api, app)
    token = (await trade(api, fund, tokens["access_token"], scope=BALANCE)).body["access_token"]
    caller = await api.parts.tokens.read(token)
    assert (caller.kind.value, caller.client, caller.actor) == ("department", fund.id, fund.id)
    assert caller.resident == code.signed.resident and caller.scopes == {BALANCE}
    assert caller.purpose == code.grant.purpose
    assert (await fund.call(api, "GET", "/v1/me", token)).code == "own-app-only"
    assert (await app.call(api, "GET", "/v1/me", token)).code == "dpop-proof-invalid"


async def test_another_departments_resource_can_be_the_target(api: Api, app: PartnerApp):
    registry = "https://registry.example/api"
    fund, _ = await a_department(api), await a_department(api, registry)
    _, tokens = await shown(api, app)
    answer = await trade(api, fund, tokens["access_token"], resource=registry)
    assert claims(answer.body["access_token"])["aud"] == registry


async def test_it_ends_with_the_residents_consent_and_is_on_their_record(
    api: Api, app: PartnerApp, fund: PartnerApp
):
    """The resident sees every department that went on for them."""
    code, tokens = await shown(api, app)
    token = (await trade(api, fund, tokens["access_token"])).body["access_token"]
    seen = await AuditEvent.get(resident_id=code.signed.resident, event="token:exchanged")
    session = await session_of(dict(tokens))
    assert (seen.actor_kind, seen.actor, seen.client) == ("department", fund.id, fund.id)
    assert seen.session_id == session.id and seen.purpose == code.grant.purpose
    activity = await api.get("/v1/me/activity", code.signed.access)
    assert "token:exchanged" in {one["event"] for one in activity.body["events"]}
    assert await lives(api, token)
    await api.parts.core.grants.withdraw(code.signed.resident, code.grant.id, NOBODY)
    assert not await lives(api, token)


async def test_it_ends_with_the_suspension_of_each_through_whose_hands_it_came(api: Api):
    """The partner whom the resident let in, the department it was shown to, or the one that acts
    now; a reinstatement revives nothing.
    """
    life, registry = api.parts.partners.life, "https://registry.example/api"
    for which in range(3):
        app = await an_approved_partner(api.settings.public_url)
        chain = app, await a_department(api), await a_department(api, registry)
        _, tokens = await shown(api, app)
        first = await trade(api, chain[1], tokens["access_token"], resource=registry)
        token = (await trade(api, chain[2], first.body["access_token"])).body["access_token"]
        assert await lives(api, token)
        assert (await api.parts.tokens.read(token)).client == chain[2].id  # and is remembered
        await life.suspend(By(COMMAND), chain[which].id, "misuse")
        assert not await lives(api, token)
        await life.reinstate(By(COMMAND), chain[which].id)
        assert not await lives(api, token)
