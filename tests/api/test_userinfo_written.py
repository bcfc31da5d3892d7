"""Userinfo in the form the client registered: signed, or signed and then encrypted."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.jwk import ECKey
from jwt.algorithms import ECAlgorithm

from identity.models import Partner
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.userinfo import FIELDS, Somebody, a_somebody, told


@pytest.fixture(scope="module")
async def somebody(api: Api) -> Somebody:
    return await a_somebody(api)


async def test_signed_it_says_by_whom_and_for_whom(api: Api, somebody: Somebody):
    """OpenID Connect Core §5.3.2."""
    app = await an_approved_partner(
        api.settings.public_url, scope=FIELDS, userinfo_signed_response_alg="ES256"
    )
    answer = await told(api, app, somebody, "openid profile:over-18")
    assert answer.headers["Content-Type"] == "application/jwt"
    said = await verified(api, answer.raw.decode(), app)
    assert said["over_18"] is True
    assert said["sub"]


async def test_encrypted_it_is_signed_first_and_only_the_partner_reads_it(
    api: Api, somebody: Somebody
):
    """RFC 7519 §11.2; RFC 7516."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(ECAlgorithm.to_jwk(private.public_key()))
    key = public | {"kid": "enc", "use": "enc", "alg": "ECDH-ES+A256KW"}
    app = await with_key(api, key)
    answer = await told(api, app, somebody, "openid profile:name")
    assert answer.headers["Content-Type"] == "application/jwt"
    own = ECKey.import_key(json.loads(ECAlgorithm.to_jwk(private)))
    opened = jwe.decrypt_compact(answer.raw.decode(), own, algorithms=["ECDH-ES+A256KW", "A256GCM"])
    assert opened.headers()["cty"] == "JWT"
    assert opened.plaintext
    said = await verified(api, opened.plaintext.decode(), app)
    assert said["name"] == somebody.person.name


async def test_without_a_key_to_encrypt_to_nothing_leaves_in_the_clear(
    api: Api, somebody: Somebody
):
    app = await with_key(api, None)
    answer = await told(api, app, somebody, "openid profile:name")
    assert (answer.status, answer.code) == (503, "encryption-key-missing")


async def with_key(api: Api, key: dict[str, Any] | None) -> PartnerApp:
    """A partner that wants its answers encrypted, and the key it publishes for that."""
    app = await an_approved_partner(
        api.settings.public_url,
        scope=FIELDS,
        userinfo_signed_response_alg="ES256",
        userinfo_encrypted_response_alg="ECDH-ES+A256KW",
    )
    row = await Partner.get(id=app.id)
    said = json.loads(row.metadata)
    said["jwks"]["keys"] += [key] if key else []
    await Partner.filter(id=app.id).update(metadata=json.dumps(said))
    await api.parts.ground.registry.changed(app.id)
    return app


async def verified(api: Api, token: str, app: PartnerApp) -> dict[str, Any]:
    """By the public keys of the house, as the partner checks it."""
    personal(token)
    keys = jwt.PyJWKSet.from_dict((await api.get("/oauth/jwks")).body)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    root = api.settings.public_url
    return jwt.decode(token, key, algorithms=["ES256"], audience=app.id, issuer=root)
