"""ID tokens: what they hash, whom they are for, and the two envelopes of a nested one."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from joserfc import jwe
from joserfc.errors import DecodeError
from joserfc.jwk import ECKey, RSAKey
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity.models import Session
from identity.oauth.id_tokens import LIFE, IdTokens, SignIn, at_hash
from identity.oauth.refusals import TemporarilyUnavailable
from identity.partners.client import Client
from identity.partners.keys import ClientKeys
from identity.signer import Signer
from identity.tokens import AccessToken
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import SessionParts, a_worker

ACCESS = AccessToken("an-access-token", 600, "DPoP")


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


@pytest.fixture
async def ids(worker: SessionParts, settings: Settings) -> AsyncIterator[IdTokens]:
    async with Outbound(settings) as outbound:
        yield IdTokens(Signer(worker.keys), ClientKeys(outbound), settings)


@pytest.fixture
async def client(worker: SessionParts, settings: Settings) -> Client:
    app = await an_approved_partner(settings.public_url)
    found = await worker.registry.client(app.id)
    assert found
    return found


def registered(client: Client, **metadata: Any) -> Client:
    return replace(client, metadata=client.metadata.model_copy(update=metadata))


def a_sign_in(**others: Any) -> SignIn:
    session = Session(id=uuid4(), resident_id=uuid4(), amr="face sms", auth_time=datetime.now(UTC))
    return SignIn(session, "a-pairwise-name", 3, **others)


def test_at_hash_is_the_left_half_of_the_tokens_hash():
    """OpenID Connect Core §3.1.3.6, with the example of its Appendix A.3."""
    assert at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"


async def test_an_id_token_is_for_one_client_and_is_no_access_token(
    ids: IdTokens, client: Client, worker: SessionParts, settings: Settings
):
    """OpenID Connect Core §2; RFC 8725 §3.11: its type is not that of an access token."""
    sign_in = a_sign_in(nonce="n")
    made = await ids.issue(client, sign_in, ACCESS)
    pair = await worker.keys.signer()
    said = jwt.decode(made, pair.public, algorithms=["ES256"], audience=client.id)
    assert jwt.get_unverified_header(made)["typ"] == "JWT"
    assert said["iss"] == settings.public_url and said["sub"] == "a-pairwise-name"
    assert (said["acr"], said["amr"], said["nonce"]) == ("3", ["face", "sms"], "n")
    assert said["auth_time"] == int(sign_in.session.auth_time.timestamp())
    assert said["exp"] - said["iat"] == LIFE and said["at_hash"] == at_hash(ACCESS.value)
    with pytest.raises(Exception, match="another type"):
        await worker.tokens.living(made)


async def test_a_sign_in_without_a_nonce_gets_none(ids: IdTokens, client: Client):
    made = await ids.issue(client, a_sign_in(), ACCESS)
    assert "nonce" not in jwt.decode(made, options={"verify_signature": False})


KEYS = {
    "ECDH-ES": lambda: ECKey.generate_key("P-256"),
    "ECDH-ES+A256KW": lambda: ECKey.generate_key("P-256"),
    "RSA-OAEP-256": lambda: RSAKey.generate_key(2048),
}


@pytest.mark.parametrize("enc", ["A256GCM", "A128GCM"])
@pytest.mark.parametrize("alg", KEYS)
async def test_a_registered_key_gets_a_token_within_a_token(
    ids: IdTokens, client: Client, alg: str, enc: str
):
    """RFC 7519 §5.2: signed, then encrypted; only the holder of the key reads it."""
    key, other = KEYS[alg](), KEYS[alg]()
    jwk = key.as_dict(private=False) | {"use": "enc", "kid": "enc-1", "alg": alg}
    encrypting = registered(
        client,
        jwks={"keys": [jwk]},
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=enc,
    )
    made = await ids.issue(encrypting, a_sign_in(nonce="n"), ACCESS)
    assert made.count(".") == 4
    header = json.loads(base64.urlsafe_b64decode(made.split(".")[0] + "=="))
    assert (header["alg"], header["enc"], header["cty"]) == (alg, enc, "JWT")
    assert header["kid"] == "enc-1"
    opened = jwe.decrypt_compact(made, key, algorithms=[alg, enc]).plaintext
    assert opened is not None
    assert jwt.decode(opened, options={"verify_signature": False})["nonce"] == "n"
    with pytest.raises((DecodeError, ValueError)):
        jwe.decrypt_compact(made, other, algorithms=[alg, enc])


async def test_without_its_key_nothing_leaves_in_the_clear(ids: IdTokens, client: Client):
    """A client that registered for encryption and publishes a signing key only."""
    encrypting = registered(client, id_token_encrypted_response_alg="ECDH-ES")
    with pytest.raises(TemporarilyUnavailable):
        await ids.issue(encrypting, a_sign_in(), ACCESS)
