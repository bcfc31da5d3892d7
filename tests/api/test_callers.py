"""Every route against every kind of caller: what a route declares is what it lets through."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from api.app import all_routes, create_app
from api.gate import UndeclaredRoute, check_declared, credentials
from api.routes import Access, Route
from identity.errors import TokenInvalid
from services.catalogue import Catalogue
from tests.conftest import settings_on
from tests.support.device_key import DeviceKey
from tests.support.http import Api, SignedIn
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.partner_codes import tokens_of

_CATALOGUE = Catalogue.load()
_TOKEN_FAULTS = {"token-invalid", "token-expired", "session-ended", "sign-in-needed"}


def declared() -> list[Route]:
    return all_routes(_CATALOGUE, settings_on("postgresql://x/x", "redis://x", Path("nowhere")))


ROUTES = declared()
GUARDED = [r for r in ROUTES if r.access in (Access.SIGNED_IN, Access.OWN_APP)]
# Endpoints of the provider judge their clients themselves: tests of their own say how.
_NO_TOKEN = {Access.PUBLIC, Access.STAFF, Access.STAFF_DOOR, Access.CLIENT}
READING = [r for r in ROUTES if r.access not in _NO_TOKEN]
PUBLIC = [r for r in ROUTES if r.access is Access.PUBLIC]
ANSWERS = [r for r in ROUTES if r.access is Access.AT_THE_DESK]


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(route: Route) -> str:
    if route.access is Access.AT_THE_DESK:  # there it is a service that is named
        return route.path.replace("{id}", "tax-income")
    return route.path.replace("{id}", str(uuid4())).replace("{purpose}", "x").replace("{code}", "x")


def body_of(route: Route) -> dict[str, object]:
    return {"json": {}} if route.body else {}


def once(route: Route) -> dict[str, str]:
    return {"Idempotency-Key": "the-same"} if route.idempotent else {}


async def call(api: Api, route: Route, token: str = "") -> tuple[int, str | None]:
    given = {"headers": once(route), **body_of(route)}
    answer = await api.send(route.method, path_of(route), token, **given)
    return answer.status, answer.code


@pytest.fixture(scope="module")
async def resident(api: Api) -> SignedIn:
    return await api.sign_in()


@dataclass
class AtPartner:
    """Somebody signed in at a partner who may see their name and nothing else."""

    app: PartnerApp
    token: str = field(repr=False)

    async def call(self, api: Api, route: Route) -> tuple[int, str | None]:
        given = {"headers": once(route), **body_of(route)}
        answer = await self.app.call(api, route.method, path_of(route), self.token, **given)
        return answer.status, answer.code


@pytest.fixture(scope="module")
async def at_partner(api: Api) -> AtPartner:
    app = await an_approved_partner(api.settings.public_url)
    tokens = await tokens_of(api, app, scope="openid profile:name")
    return AtPartner(app, tokens["access_token"])


async def forged(api: Api, **changed: object) -> str:
    """A token of this house with other claims, signed by the right key."""
    pair = await api.parts.ground.keys.signer()
    signed = await api.sign_in()
    claims = jwt.decode(signed.access, options={"verify_signature": False})
    headers = {"kid": pair.kid, "typ": "at+jwt"}
    made = jwt.encode(claims | changed, pair.private, algorithm="ES256", headers=headers)
    return personal(made)


@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_nobody_is_asked_to_sign_in(api: Api, route: Route):
    assert await call(api, route) == (401, "sign-in-needed")


@pytest.mark.parametrize("route", ANSWERS, ids=named)
async def test_nobody_is_asked_to_sign_in_by_the_desk(api: Api, route: Route):
    assert await call(api, route) == (401, "sign-in-needed")


@pytest.mark.parametrize("route", READING, ids=named)
async def test_an_expired_token_opens_nothing(api: Api, route: Route):
    expired = await forged(api, exp=int(time.time()) - 1)
    assert await call(api, route, expired) == (401, "token-expired")


@pytest.mark.parametrize("route", READING, ids=named)
async def test_a_signed_out_token_opens_nothing(api: Api, route: Route):
    signed = await api.sign_in()
    await api.parts.sessions.end(signed.session, signed.resident)
    assert await call(api, route, signed.access) == (401, "session-ended")


@pytest.mark.parametrize("route", READING, ids=named)
async def test_a_token_for_another_audience_opens_nothing(api: Api, route: Route):
    foreign = await forged(api, aud="https://elsewhere.example/v1")
    assert await call(api, route, foreign) == (401, "token-invalid")


@pytest.mark.parametrize("route", PUBLIC, ids=named)
async def test_a_public_route_does_not_look_at_tokens(api: Api, route: Route):
    _, code = await call(api, route, "rubbish")
    assert code not in _TOKEN_FAULTS


@pytest.mark.parametrize("route", [r for r in ROUTES if r.access is Access.OWN_APP], ids=named)
async def test_a_partner_does_not_reach_the_residents_own_record(
    api: Api, at_partner: AtPartner, route: Route
):
    assert await at_partner.call(api, route) == (403, "own-app-only")


async def test_a_client_has_no_token_in_a_session_that_is_not_its_own(
    api: Api, at_partner: AtPartner
):
    """Though it be signed by the right key."""
    partner = await forged(api, client_id=at_partner.app.id, scope="profile:name")
    assert (await api.get("/v1/me", partner)).code == "token-invalid"
    nobodys = await forged(api, client_id="nobody-knows", scope="profile:name")
    assert (await api.get("/v1/me", nobodys)).code == "session-ended"


@pytest.mark.parametrize("route", [r for r in ROUTES if r.access is Access.OWN_APP], ids=named)
async def test_a_family_agent_does_not_reach_the_residents_own_record(api: Api, route: Route):
    """Nor their own through a token that speaks for somebody else (RFC 8693 §4.1)."""
    agent = await forged(api, act={"sub": str(uuid4())}, scope="provident-fund-balance:read")
    assert await call(api, route, agent) == (403, "own-app-only")


@pytest.mark.parametrize("route", ANSWERS, ids=named)
async def test_a_family_agent_without_the_service_is_not_answered(api: Api, route: Route):
    agent = await forged(api, act={"sub": str(uuid4())}, scope="another-service:read")
    assert await call(api, route, agent) == (403, "scope-missing")


@pytest.mark.parametrize("route", READING, ids=named)
async def test_a_bound_token_without_its_keys_proof_opens_nothing(api: Api, route: Route):
    """Neither as a bearer's nor by the right scheme alone (RFC 9449 §7.1)."""
    bound = await forged(api, cnf={"jkt": DeviceKey(api.settings.public_url).thumbprint})
    assert await call(api, route, bound) == (401, "token-invalid")
    headers = {"Authorization": f"DPoP {bound}"}
    answer = await api.send(route.method, path_of(route), headers=headers, **body_of(route))
    assert (answer.status, answer.code) == (401, "dpop-proof-invalid")


@pytest.mark.parametrize("route", ANSWERS, ids=named)
async def test_a_partner_without_the_scope_is_not_answered(
    api: Api, at_partner: AtPartner, route: Route
):
    assert await at_partner.call(api, route) == (403, "scope-missing")


@pytest.mark.parametrize("route", ANSWERS, ids=named)
async def test_a_low_assurance_is_asked_to_step_up_and_has_a_way_without_a_face(
    api: Api, route: Route
):
    low = await api.sign_in(acr="2")
    given = {"headers": once(route), "json": {}}
    answer = await api.send(route.method, path_of(route), low.access, **given)
    assert (answer.status, answer.code) == (401, "step-up-needed")
    assert set(answer.body["ways"]) - {"face"}
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert f'acr_values="{answer.body["acr_values"]}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"sub": "somebody"},
        {"sid": "none"},
        {"auth_time": "yesterday"},
        {"aud": []},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_a_token_with_a_wrong_claim_is_invalid(api: Api, changed: dict[str, object]):
    answer = await api.get("/v1/me", await forged(api, **changed))
    assert (answer.status, answer.code) == (401, "token-invalid")


async def test_a_token_of_another_key_is_invalid_even_under_our_kid(api: Api, resident: SignedIn):
    header = jwt.get_unverified_header(resident.access)
    claims = jwt.decode(resident.access, options={"verify_signature": False})
    other = ec.generate_private_key(ec.SECP256R1())
    for kid in (header["kid"], "another"):
        headers = {"kid": kid, "typ": "at+jwt"}
        token = personal(jwt.encode(claims, other, algorithm="ES256", headers=headers))
        assert (await api.get("/v1/me", token)).code == "token-invalid"


async def test_an_unsigned_token_is_invalid(api: Api, resident: SignedIn):
    """RFC 8725 §3.2: ``alg: none`` and a public key taken for a shared secret."""
    claims = jwt.decode(resident.access, options={"verify_signature": False})
    kid = jwt.get_unverified_header(resident.access)["kid"]
    headers = {"kid": kid, "typ": "at+jwt"}
    for algorithm, key in (("none", None), ("HS256", "k" * 64)):
        token = personal(jwt.encode(claims, key, algorithm=algorithm, headers=headers))
        assert (await api.get("/v1/me", token)).code == "token-invalid"


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer ", "bearer é", "x"])
async def test_another_scheme_is_no_token(api: Api, header: str):
    answer = await api.get("/v1/me", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "token-invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_who_shows_no_token_hears_no_error_code(api: Api):
    """RFC 6750 §3.1."""
    answer = await api.get("/v1/me")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "error" not in answer.headers["WWW-Authenticate"]


async def test_the_scheme_is_read_in_any_case():
    assert credentials("bEARER abc") == ("bearer", "abc")
    assert credentials("dPoP abc") == ("dpop", "abc")
    with pytest.raises(TokenInvalid):
        credentials("Token abc")


async def test_another_residents_session_is_missing(api: Api, resident: SignedIn):
    other = await api.sign_in()
    answer = await api.send("DELETE", f"/v1/me/sessions/{other.session}", resident.access)
    assert (answer.status, answer.code) == (404, "session-missing")
    assert (await api.get("/v1/me/sessions", other.access)).status == 200


async def test_a_route_that_declares_no_access_stops_the_start(api: Api):
    app = create_app(api.settings, name=f"test-{uuid4().hex[:8]}")
    check_declared(app)

    async def forgotten(_request):
        raise AssertionError

    app.add_route(forgotten, "/forgotten")
    with pytest.raises(UndeclaredRoute, match="forgotten"):
        check_declared(app)


async def test_every_served_address_is_declared_once():
    seen = [(route.method, route.path) for route in ROUTES]
    assert len(seen) == len(set(seen)) and len({r.name for r in ROUTES}) == len(seen)
