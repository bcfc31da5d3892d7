"""Clients' keys at work: what they signed, what is encrypted to them, where they are read."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web

from config.outbound import Outbound
from config.settings import Settings
from identity.oauth.refusals import InvalidClient, TemporarilyUnavailable
from identity.partners import keys as keys_room
from identity.partners.keys import ClientKeys
from identity.partners.published import MOST_BYTES
from tests.conftest import settings_on
from tests.support.log_capture import personal
from tests.support.partner_parts import (
    EC_KEY,
    RSA_KEY,
    PartnerServer,
    a_client,
    a_partner_server,
    jwk,
)

CLAIMS = {"iss": "c-1", "sub": "c-1"}


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return settings_on("", "", tmp_path)


@pytest.fixture
async def keys(house: Settings) -> AsyncIterator[ClientKeys]:
    async with Outbound(house) as outbound:
        yield ClientKeys(outbound)


@pytest.fixture
async def server() -> AsyncIterator[PartnerServer]:
    async with a_partner_server() as running:
        yield running


def signed(key: Any = EC_KEY, alg: str = "ES256", **header: Any) -> str:
    return personal(jwt.encode(CLAIMS, key, algorithm=alg, headers=header))


def unsigned(header: dict[str, Any]) -> str:
    parts = [json.dumps(header), json.dumps(CLAIMS)]
    return ".".join(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts) + "."


def at(server: PartnerServer, **changed: Any) -> Any:
    return a_client(jwks=None, jwks_uri=f"{server.url}/jwks", **changed)


async def test_what_it_signed_is_believed(keys: ClientKeys):
    assert await keys.verify(a_client(), signed(kid="sign")) == CLAIMS
    assert await keys.verify(a_client(), signed()) == CLAIMS
    both = a_client(jwks={"keys": [jwk(RSA_KEY, kid="r"), jwk(kid="e")]})
    assert await keys.verify(both, signed(RSA_KEY, "PS256", kid="r")) == CLAIMS


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        unsigned({"alg": "none"}),
        unsigned({"alg": "ES256", "kid": "sign"}),
        unsigned({"alg": ["ES256"]}),
        signed(kid="another"),
        signed(RSA_KEY, "PS256"),
        signed(RSA_KEY, "RS256"),
        signed("a shared secret of thirty-two byte", "HS256"),
        signed(crit=["x"], x="y"),
    ],
)
async def test_what_it_did_not_sign_is_not(keys: ClientKeys, token: str):
    with pytest.raises(InvalidClient):
        await keys.verify(a_client(), token)


async def test_another_algorithm_than_it_registered_is_refused(keys: ClientKeys):
    both = {"keys": [jwk(RSA_KEY), jwk()]}
    client = a_client(jwks=both, token_endpoint_auth_signing_alg="PS256")
    with pytest.raises(InvalidClient, match="registered"):
        await keys.verify(client, signed())
    assert await keys.verify(client, signed(RSA_KEY, "PS256")) == CLAIMS


async def test_a_key_for_encryption_signs_nothing(keys: ClientKeys):
    with pytest.raises(InvalidClient):
        await keys.verify(a_client(jwks={"keys": [jwk(use="enc")]}), signed())


async def test_a_client_that_was_read_again_has_the_keys_it_has_now(keys: ClientKeys):
    assert await keys.verify(a_client(), signed())
    with pytest.raises(InvalidClient):
        await keys.verify(a_client(jwks={"keys": [jwk(RSA_KEY)]}), signed())


async def test_keys_at_its_address_are_read_once(keys: ClientKeys, server: PartnerServer):
    server.says = {"/jwks": {"keys": [jwk(kid="1")]}}
    client, token = at(server), signed(kid="1")
    await asyncio.gather(*(keys.verify(client, token) for _ in range(20)))
    assert server.asked == ["/jwks"]


async def test_an_unknown_key_is_looked_for_again_but_not_each_time(
    keys: ClientKeys, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
):
    server.says = {"/jwks": {"keys": [jwk(kid="1")]}}
    client = at(server)
    await keys.verify(client, signed(kid="1"))
    for _ in range(5):
        with pytest.raises(InvalidClient):
            await keys.verify(client, signed(kid="2"))
    assert len(server.asked) == 1, "it was read a moment ago"
    server.says = {"/jwks": {"keys": [jwk(kid="2")]}}
    monkeypatch.setattr(keys_room, "UNKNOWN_AGAIN", 0.0)
    assert await keys.verify(client, signed(kid="2")) == CLAIMS
    assert len(server.asked) == 2
    with pytest.raises(InvalidClient):
        await keys.verify(client, signed(kid="1"))


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: web.Response(status=500),
        lambda _: web.Response(status=302, headers={"Location": "/elsewhere"}),
        lambda _: web.Response(body=b"not json"),
        lambda _: web.Response(body=b"[" * 50_000),
        lambda _: web.Response(body=b'{"keys": [], "x": "' + b"x" * MOST_BYTES + b'"}'),
        {"keys": [jwk(kid="2", d="AQAB")]},
        {"keys": "none"},
    ],
)
async def test_while_its_address_fails_the_keys_before_stay_for_a_while_only(
    keys: ClientKeys, server: PartnerServer, monkeypatch: pytest.MonkeyPatch, answer: Any
):
    server.says = {"/jwks": {"keys": [jwk(kid="1")]}}
    client, token = at(server), signed(kid="1")
    await keys.verify(client, token)
    server.says = {"/jwks": answer}
    monkeypatch.setattr(keys_room, "READ_AGAIN", 0.0)
    assert await keys.verify(client, token) == CLAIMS
    assert len(server.asked) == 2 and "/elsewhere" not in server.asked
    monkeypatch.setattr(keys_room, "OLDEST", 0.0)
    with pytest.raises(InvalidClient):
        await keys.verify(client, token)


async def test_one_that_hangs_holds_nobody_for_long(
    keys: ClientKeys, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
):
    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    monkeypatch.setattr("identity.partners.published.SECONDS", 0.2)
    monkeypatch.setattr(server, "answer", hang)
    began = time.monotonic()
    with pytest.raises(InvalidClient):
        await keys.verify(at(server), signed())
    assert time.monotonic() - began < 10


async def test_keys_of_kinds_we_do_not_take_are_passed_over(
    keys: ClientKeys, server: PartnerServer
):
    other = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    server.says = {"/jwks": {"keys": [other, jwk(kid="1")]}}
    assert await keys.verify(at(server), signed(kid="1")) == CLAIMS


async def test_what_is_encrypted_goes_to_the_key_meant_for_it(keys: ClientKeys):
    ours = [jwk(kid="any"), jwk(kid="sign", use="sig"), jwk(kid="enc", use="enc", alg="ECDH-ES")]
    client = a_client(jwks={"keys": [*ours, jwk(RSA_KEY, kid="rsa")]})
    assert (await keys.encryption_key(client, "ECDH-ES")).kid == "enc"
    assert (await keys.encryption_key(client, "ECDH-ES+A256KW")).kid == "any"
    assert (await keys.encryption_key(client, "RSA-OAEP-256")).kid == "rsa"


async def test_without_a_key_to_encrypt_to_nothing_leaves(keys: ClientKeys):
    for alg in ("RSA-OAEP-256", "dir", "ECDH-ES"):
        with pytest.raises(TemporarilyUnavailable):
            await keys.encryption_key(a_client(), alg)
