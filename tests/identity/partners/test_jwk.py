"""Keys of clients: public, strong, of two kinds (FAPI 2.0 Security Profile §5.4.1)."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from identity.partners.jwk import MOST, KeysRefused, keys_of
from tests.support.partner_parts import EC_KEY, RSA_KEY, WEAK_RSA_KEY, jwk


def private(key: Any) -> dict[str, Any]:
    reader = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    made: dict[str, Any] = json.loads(reader.to_jwk(key))
    return made


@pytest.mark.parametrize("jwks", [None, [], "keys", {}, {"keys": {}}, {"keys": ["key"]}])
@pytest.mark.parametrize("every", [True, False])
def test_what_is_no_set_is_refused(jwks: Any, every: bool):
    with pytest.raises(KeysRefused):
        keys_of(jwks, every=every)


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize(
    "key", [private(EC_KEY), private(RSA_KEY), {"kty": "oct", "k": "c2VjcmV0"}, jwk(d="AQAB")]
)
def test_a_private_key_refuses_the_whole_set(key: dict[str, Any], every: bool):
    with pytest.raises(KeysRefused, match="private"):
        keys_of({"keys": [jwk(), key]}, every=every)


@pytest.mark.parametrize("every", [True, False])
def test_more_keys_than_anybody_needs_are_refused(every: bool):
    with pytest.raises(KeysRefused, match="more than"):
        keys_of({"keys": [jwk()] * (MOST + 1)}, every=every)


@pytest.mark.parametrize(
    "key",
    [
        jwk(WEAK_RSA_KEY),
        jwk(ec.generate_private_key(ec.SECP384R1())),
        jwk(ec.generate_private_key(ec.SECP256K1())),
        jwk(crv="P-384"),
        jwk(x="AA"),
        jwk(y=jwk()["x"]),
        jwk(x=None),
        jwk(x=7),
        jwk(kid=7),
        jwk(kid="k" * 4000),
        jwk(RSA_KEY, e="AA"),
        jwk(RSA_KEY, e="Ag"),
        jwk(RSA_KEY, e="AQAAAAAB"),
        jwk(RSA_KEY, n="_" * 1400),
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty": ["EC"]},
        {},
    ],
)
def test_a_weak_or_broken_key_is_refused_where_all_are_ours_and_passed_over_elsewhere(key: Any):
    with pytest.raises(KeysRefused):
        keys_of({"keys": [jwk(), key]}, every=True)
    assert len(keys_of({"keys": [jwk(), key]}, every=False)) == 1


@pytest.mark.parametrize(
    ("members", "alg", "use", "good"),
    [
        (jwk(), "ES256", "sig", True),
        (jwk(use="sig"), "ES256", "sig", True),
        (jwk(use="enc"), "ES256", "sig", False),
        (jwk(alg="ECDH-ES"), "ES256", "sig", False),
        (jwk(), "PS256", "sig", False),
        (jwk(RSA_KEY), "PS256", "sig", True),
        (jwk(RSA_KEY), "ES256", "sig", False),
        (jwk(use="enc"), "ECDH-ES+A256KW", "enc", True),
        (jwk(use="sig"), "ECDH-ES", "enc", False),
        (jwk(RSA_KEY, use="enc"), "RSA-OAEP-256", "enc", True),
        (jwk(), "HS256", "sig", False),
        (jwk(), "none", "sig", False),
    ],
)
def test_a_key_is_good_for_what_it_says_and_what_its_kind_can_do(
    members: dict[str, Any], alg: str, use: str, good: bool
):
    (key,) = keys_of({"keys": [members]}, every=True)
    assert key.good_for(alg, use) is good
