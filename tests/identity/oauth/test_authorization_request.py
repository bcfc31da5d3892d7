"""The checks of an authorization request one by one, each named for its rule."""

from typing import Any

import pytest

from identity.oauth.authorization_request import (
    check_client,
    checked_challenge,
    checked_level,
    checked_max_age,
    checked_prompt,
    checked_redirect_uri,
    checked_scope,
    echoed_state,
)
from identity.oauth.message import Parameters
from identity.oauth.refusals import (
    InvalidRequest,
    InvalidScope,
    UnauthorizedClient,
    UnmetAuthenticationRequirements,
)
from identity.partners.client import Client, ClientKind, State
from identity.partners.metadata import Metadata
from identity.scopes import Scopes
from tests.identity.oauth.test_offers import EPOCH

BACK = "https://hospital.example/callback"
WORDS = {"zh": "医院", "en": "Hospital"}


def a_client(
    *, state: State = State.APPROVED, environment: str = "production", **said: Any
) -> Client:
    honest: dict[str, Any] = {
        "name": WORDS,
        "purpose": WORDS,
        "organisation": WORDS,
        "credit_code": "91350100M000100Y43",
        "redirect_uris": [BACK],
        "scope": "openid profile:name profile:over-18",
    }
    return Client(
        id="c-1",
        kind=ClientKind.PARTNER,
        environment=environment,
        state=state,
        metadata=Metadata.model_validate(honest | said),
        sector="hospital.example",
        rate=1,
        quota=1,
        tokens_from=EPOCH,
    )


def given(**values: str) -> Parameters:
    return Parameters.of(values.items())


@pytest.mark.parametrize("state", [state for state in State if state is not State.APPROVED])
def test_only_approved_clients_ask(state: State):
    with pytest.raises(InvalidRequest):
        check_client(a_client(state=state), production=False)


def test_a_house_in_production_knows_no_client_of_the_sandbox():
    trying = a_client(environment="sandbox")
    with pytest.raises(InvalidRequest):
        check_client(trying, production=True)
    check_client(trying, production=False)


def test_a_client_without_the_grant_asks_for_no_code():
    with pytest.raises(UnauthorizedClient):
        check_client(a_client(grant_types=["client_credentials"]), production=False)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        BACK + "/",
        BACK + "?",
        BACK + "%00",
        BACK[:-1],
        BACK.upper(),
        BACK.replace("https", "http"),
        BACK.replace(".example", ".example:443"),
        "https://hospital.example.evil.example/callback",
        "//hospital.example/callback",
        "http://127.0.0.1:9/back",
    ],
)
def test_a_redirect_uri_is_compared_as_it_is_written(uri: str):
    """RFC 9700 §2.1: exact string matching."""
    with pytest.raises(InvalidRequest):
        checked_redirect_uri(a_client(), given(redirect_uri=uri))


def test_one_registered_address_is_not_chosen_by_itself():
    """OpenID Connect Core §3.1.2.1: required, also where there is but one."""
    with pytest.raises(InvalidRequest):
        checked_redirect_uri(a_client(), given())


def test_a_port_is_free_for_native_clients_on_loopback_only():
    """RFC 8252 §7.3."""
    loopback = "http://127.0.0.1:80/back"
    native = a_client(application_type="native", redirect_uris=[loopback])
    assert checked_redirect_uri(native, given(redirect_uri="http://127.0.0.1:51004/back"))
    web = a_client(redirect_uris=[loopback])
    with pytest.raises(InvalidRequest):
        checked_redirect_uri(web, given(redirect_uri="http://127.0.0.1:51004/back"))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"code_challenge": "A" * 43},
        {"code_challenge": "A" * 43, "code_challenge_method": "plain"},
        {"code_challenge": "A" * 43, "code_challenge_method": "s256"},
        {"code_challenge": "A" * 42, "code_challenge_method": "S256"},
        {"code_challenge": "A" * 44, "code_challenge_method": "S256"},
        {"code_challenge": "+" * 43, "code_challenge_method": "S256"},
        {"code_challenge_method": "S256"},
    ],
)
def test_a_challenge_is_a_sha_256_or_nothing(sent: dict[str, str]):
    """RFC 7636 §4.2, §7.2: no downgrade."""
    with pytest.raises(InvalidRequest):
        checked_challenge(given(**sent))


@pytest.mark.parametrize(
    "scope", ["", "everything", "kiosk", "openid client:read", "profile:phone"]
)
def test_scopes_are_known_registered_and_the_residents_to_give(scope: str):
    registered = a_client(scope="openid profile:name kiosk client:read everything")
    with pytest.raises(InvalidScope):
        checked_scope(registered, given(scope=scope), Scopes())


def test_scopes_keep_their_order_each_once():
    asked = given(scope="profile:name openid profile:name")
    assert checked_scope(a_client(), asked, Scopes()) == ("profile:name", "openid")


def test_a_client_that_proves_nothing_gets_what_names_nobody():
    public = a_client(token_endpoint_auth_method="none")
    assert checked_scope(public, given(scope="openid profile:over-18"), Scopes())
    with pytest.raises(InvalidScope):
        checked_scope(public, given(scope="openid profile:name"), Scopes())


@pytest.mark.parametrize("prompt", ["select_account", "none login", "none none consent", "LOGIN"])
def test_a_prompt_is_known_and_none_stands_alone(prompt: str):
    with pytest.raises(InvalidRequest):
        checked_prompt(given(prompt=prompt))


def test_login_and_consent_may_both_be_asked_for():
    assert checked_prompt(given(prompt="login consent")) == ("login", "consent")


def test_max_age_is_whole_seconds_and_has_a_registered_default():
    """OpenID Connect Registration §2, default_max_age."""
    for wrong in ("-1", "1.5", "1e3", "٣", "9" * 12):
        with pytest.raises(InvalidRequest):
            checked_max_age(a_client(), given(max_age=wrong))
    assert checked_max_age(a_client(default_max_age=60), given()) == 60
    assert checked_max_age(a_client(default_max_age=60), given(max_age="0")) == 0
    assert checked_max_age(a_client(), given()) is None


def test_of_several_levels_the_lowest_will_do_and_one_must_be_ours():
    assert checked_level(given()) == 0
    assert checked_level(given(acr_values="gold 5 4")) == 4
    with pytest.raises(UnmetAuthenticationRequirements):
        checked_level(given(acr_values="gold 6 0"))


def test_a_state_goes_back_as_it_came_or_not_at_all():
    assert echoed_state(given(state=" a&b=c#%")) == " a&b=c#%"
    assert not echoed_state(given(state="a\nb"))
    assert not echoed_state(given(state="a" * 513))
