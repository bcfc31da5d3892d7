"""What a client says of itself, rule by rule (RFC 7591 §2, OpenID Connect Registration §2)."""

from typing import Any

import pytest

from identity.oauth.refusals import InvalidClientMetadata, InvalidRedirectUri
from identity.partners import checks
from identity.partners.metadata import CREDENTIALS, DEVICE, EXCHANGE
from tests.support.partner_parts import said, to_judge

SERVER = {"grant_types": [CREDENTIALS], "redirect_uris": None}
PUBLIC = {"token_endpoint_auth_method": "none", "jwks": None}
ELSEWHERE = "https://hospital.example/elsewhere"


def member(**changed: Any) -> str:
    with pytest.raises(InvalidClientMetadata) as refused:
        checks.check(to_judge(**changed))
    return refused.value.cause


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": None}, "name"),
        ({"name": {"zh": "示范医院"}}, "name"),
        ({"name": {"zh": "示范医院", "en": "x" * 121}}, "name"),
        ({"name": {"zh": "示范医院", "en": "Demo", "fr": "Démo"}}, "name"),
        ({"purpose": "to book"}, "purpose"),
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
        ({"credit_code": 91350100}, "credit_code"),
        ({"scope": ["openid"]}, "scope"),
        ({"response_types": ["token"]}, "response_types"),
        ({"response_types": ["code id_token"]}, "response_types"),
        ({"grant_types": ["implicit"]}, "grant_types"),
        ({"grant_types": ["password"]}, "grant_types"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_signing_alg": "RS256"}, "token_endpoint_auth_signing_alg"),
        ({"token_endpoint_auth_signing_alg": "HS256"}, "token_endpoint_auth_signing_alg"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"id_token_encrypted_response_alg": "RSA1_5"}, "id_token_encrypted_response_alg"),
        ({"id_token_encrypted_response_enc": "A128CBC"}, "id_token_encrypted_response_enc"),
        ({"subject_type": "public"}, "subject_type"),
        ({"application_type": "desktop"}, "application_type"),
        ({"default_max_age": -1}, "default_max_age"),
        ({"default_max_age": 10**400}, "default_max_age"),
        ({"grant_days": 0}, "grant_days"),
        ({"grant_days": 366}, "grant_days"),
        ({"jwks": []}, "jwks"),
    ],
)
def test_a_member_of_no_form_is_named(changed: dict[str, Any], told: str):
    assert member(**changed) == told


def test_the_credit_code_is_kept_in_its_canonical_form():
    found = checks.parsed(said(credit_code="91350100-m000100y43"))
    assert found.credit_code == "91350100M000100Y43"


def test_a_member_nobody_knows_is_passed_over():
    checks.check(to_judge(logo_uri="https://hospital.example/logo.png", tos="?"))


@pytest.mark.parametrize("hidden", ["a\u202eb", "a\u200bb", "a\nb", "a\x00b", " a", "a\ue000"])
@pytest.mark.parametrize("place", ["name", "purpose", "organisation"])
def test_words_for_residents_hide_nothing(place: str, hidden: str):
    assert member(**{place: {"zh": "甲", "en": hidden}}) == place


def test_whoever_asks_who_lives_there_says_where():
    scope = "openid profile:resident-here"
    assert member(scope=scope, region="") == "region"
    checks.check(to_judge(scope=scope, region="4401"))


@pytest.mark.parametrize("region", ["4", "44010", "4401001", "cn", "四四"])
def test_a_region_is_a_prefix_of_two_four_or_six_digits(region: str):
    assert member(region=region) == "region"


def test_a_native_app_keeps_no_secret():
    assert member(application_type="native") == "application_type"
    checks.check(to_judge(application_type="native", **PUBLIC))


def test_a_department_proves_itself():
    assert member(kind="department", **PUBLIC) == "token_endpoint_auth_method"


@pytest.mark.parametrize(
    ("kind", "grants"),
    [
        ("partner", []),
        ("partner", ["refresh_token"]),
        ("partner", ["authorization_code", "authorization_code"]),
        ("partner", ["authorization_code", DEVICE]),
        ("partner", ["authorization_code", EXCHANGE]),
        ("department", ["authorization_code", DEVICE]),
        ("kiosk", ["authorization_code"]),
        ("kiosk", [DEVICE, "refresh_token"]),
    ],
)
def test_grants_fit_the_kind_of_client(kind: str, grants: list[str]):
    assert member(kind=kind, grant_types=grants) == "grant_types"


@pytest.mark.parametrize("grant", [CREDENTIALS, EXCHANGE, DEVICE])
def test_a_public_client_acts_only_with_a_resident_who_signs_in(grant: str):
    assert member(grant_types=["authorization_code", grant], **PUBLIC) == "grant_types"


def test_a_code_needs_its_response_type():
    assert member(response_types=[]) == "response_types"


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        ["https://hospital.example/cb", "https://hospital.example/cb"],
        [f"https://hospital.example/{n}" for n in range(21)],
        ["https://hospital.example/*"],
        ["https://hospital.example/cb#part"],
        ["http://hospital.example/cb"],
        ["http://127.0.0.1/cb"],
        ["com.example.app:/cb"],
        "https://hospital.example/cb",
        [7],
    ],
)
def test_redirect_uris_are_exact_and_https(given: Any):
    with pytest.raises(InvalidRedirectUri) as refused:
        checks.check(to_judge(redirect_uris=given))
    assert refused.value.cause == "redirect_uris"


def test_who_gets_no_codes_has_no_redirect_uri():
    with pytest.raises(InvalidRedirectUri):
        checks.check(to_judge(grant_types=[CREDENTIALS]))
    checks.check(to_judge(**SERVER))


def test_loopback_will_do_outside_production():
    checks.check(to_judge(strict=False, redirect_uris=["http://127.0.0.1:3000/cb"]))


@pytest.mark.parametrize(
    "given", [["http://hospital.example/bye"], ["https://hospital.example/bye#x"], ["bye"]]
)
def test_post_logout_uris_obey_the_same_rules(given: list[str]):
    assert member(post_logout_redirect_uris=given) == "post_logout_redirect_uris"


@pytest.mark.parametrize(
    "place",
    ["client_uri", "policy_uri", "jwks_uri", "sector_identifier_uri", "backchannel_logout_uri"],
)
@pytest.mark.parametrize(
    "address",
    ["http://hospital.example/x", "https://169.254.169.254/x", "https://127.0.0.1/x", "file:///x"],
)
def test_every_address_is_https_at_a_name_in_production(place: str, address: str):
    changed = {place: address} | ({"jwks": None} if place == "jwks_uri" else {})
    assert member(**changed) == place


def test_keys_stand_in_one_place():
    assert member(jwks_uri=ELSEWHERE) == "jwks"
    assert member(jwks=None) == "jwks"
    checks.check(to_judge(jwks=None, jwks_uri=ELSEWHERE))
    checks.check(to_judge(**PUBLIC))


def test_only_departments_answer_at_resources_of_their_own():
    assert member(resources=[ELSEWHERE]) == "resources"
    assert member(kind="department", resources=[ELSEWHERE + "#x"]) == "resources"
    assert member(kind="department", resources=["urn:x"]) == "resources"
    checks.check(to_judge(kind="department", resources=[ELSEWHERE]))


def test_what_is_encrypted_is_signed_before():
    encrypted = {"userinfo_encrypted_response_alg": "ECDH-ES"}
    assert member(**encrypted) == "userinfo_signed_response_alg"
    checks.check(to_judge(**encrypted, userinfo_signed_response_alg="ES256"))


def test_the_refusal_tells_the_member_and_no_value():
    with pytest.raises(InvalidClientMetadata) as refused:
        checks.parsed(said(scope=["13800138000"]))
    assert refused.value.told.endswith("Look at: scope.")
    assert "13800138000" not in f"{refused.value.told} {refused.value.cause}"
