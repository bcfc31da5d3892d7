"""Asking a provider that is not what it should be; then what it hears from us."""

import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import SecretStr

from config.outbound import Outbound
from config.settings import RefusedToStart, Settings
from identity.keys import SigningKeys
from identity.outside.errors import OutsideAnswerRefused, OutsideLoginUnknown, OutsideUnavailable
from identity.outside.provider import Provider, Request
from identity.vault import Vault
from tests.conftest import settings_on
from tests.support import hostile_provider
from tests.support.hostile_provider import DISCOVERY, HostileProvider
from tests.support.relying_party import ASSERTION, fresh_key, pkce

CLIENT = "http://127.0.0.1:8000"
REQUEST = Request("state", "nonce", "v" * 43)


def pem(key: Any) -> str:
    kind = serialization.PrivateFormat.PKCS8
    none = serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, kind, none).decode())


OWN = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
async def theirs() -> AsyncIterator[HostileProvider]:
    async with hostile_provider.opened() as made:
        yield made


@pytest.fixture
async def ours(theirs: HostileProvider, tmp_path: Path) -> AsyncIterator[Provider]:
    async with asking(tmp_path, outside_issuer=theirs.issuer) as (provider, _):
        yield provider


class asking:  # reads as what it is used for
    """A provider of ours with these settings, its key from OUTSIDE_KEY: no engine is needed."""

    def __init__(self, folder: Path, **others: Any):
        given = {"outside_key": SecretStr(pem(OWN))} | others
        self.settings: Settings = settings_on("", "", folder).model_copy(update=given)

    async def __aenter__(self) -> tuple[Provider, Settings]:
        self.outbound = await Outbound(self.settings).__aenter__()
        keys = SigningKeys(Vault.from_settings(self.settings))
        return Provider(self.outbound, keys, self.settings), self.settings

    async def __aexit__(self, *fault: Any) -> None:
        await self.outbound.__aexit__(*fault)


def answer(theirs: HostileProvider, **others: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": theirs.issuer,
        "sub": "somebody",
        "aud": CLIENT,
        "nonce": "nonce",
        "iat": now,
        "exp": now + 60,
        "auth_time": now,
        "acr": "high",
        "identity_matched": True,
    }
    return {"id_token": theirs.id_token(**(good | others)), "token_type": "Bearer"}


@pytest.mark.parametrize(
    "reply",
    [
        ({"issuer": "https://elsewhere.example"}, 200),
        ({"issuer": "SELF"}, 200),
        (b"not json", 200),
        (b"[]", 200),
        (b"[" * 5000, 200),
        (b"", 302),
        (b"x" * 5_000_000, 200),
        (b"", 500),
    ],
    ids=["another", "no endpoints", "text", "list", "deep", "redirect", "huge", "error"],
)
async def test_a_description_that_is_none_is_not_used(
    theirs: HostileProvider, ours: Provider, reply: tuple[Any, int]
):
    said, status = reply
    if isinstance(said, dict):
        said = {name: theirs.issuer if value == "SELF" else value for name, value in said.items()}
    theirs.replies[DISCOVERY] = said, status
    with pytest.raises(OutsideUnavailable):
        await ours.push(REQUEST, "en", {})
    assert theirs.asked["/par"] == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "jwks_uri",
    ],
)
@pytest.mark.parametrize(
    "address", [None, 7, "", "javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/"]
)
async def test_an_endpoint_we_would_not_speak_to_is_not_used(
    theirs: HostileProvider, ours: Provider, endpoint: str, address: Any
):
    theirs.replies[DISCOVERY] = theirs.description(**{endpoint: address}), 200
    with pytest.raises(OutsideUnavailable):
        await ours.push(REQUEST, "en", {})


@pytest.mark.parametrize(
    "reply",
    [({}, 201), ({"request_uri": 7}, 201), ({"request_uri": ""}, 201), ({"request_uri": "x"}, 200),
     ({"error": "invalid_client"}, 401), (b"", 201)],
)  # fmt: skip
async def test_a_request_that_was_not_taken_sends_nobody_there(
    theirs: HostileProvider, ours: Provider, reply: tuple[Any, int]
):
    theirs.replies["/par"] = reply
    with pytest.raises(OutsideUnavailable):
        await ours.push(REQUEST, "en", {})


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (({"error": "invalid_grant"}, 400), OutsideLoginUnknown),
        (({"error": "invalid_client"}, 401), OutsideUnavailable),
        (({"id_token": 7}, 200), OutsideUnavailable),
        (({}, 200), OutsideUnavailable),
        (({"id_token": "a.b.c"}, 200), OutsideAnswerRefused),
    ],
)
async def test_what_comes_for_a_code_is_judged(
    theirs: HostileProvider, ours: Provider, reply: tuple[Any, int], problem: type[Exception]
):
    theirs.replies["/token"] = reply
    with pytest.raises(problem):
        await ours.redeem("code", "v" * 43, "nonce", matching=True)


async def test_a_provider_that_is_not_there_is_unavailable(tmp_path: Path):
    async with asking(tmp_path, outside_issuer="http://127.0.0.1:1") as (provider, _):
        with pytest.raises(OutsideUnavailable) as caught:
            await provider.push(REQUEST, "en", {})
    assert caught.value.cause == "discovery: refused"


async def test_in_production_no_provider_is_asked_that_nobody_named(tmp_path: Path):
    async with asking(tmp_path, environment="production", outside_issuer="") as (provider, given):
        assert given.outside_address == "" and given.card_office_address == ""
        with pytest.raises(OutsideUnavailable):
            await provider.push(REQUEST, "en", {})


@pytest.mark.parametrize(
    "key",
    [
        "not a key",
        pem(rsa.generate_private_key(65537, 2048)),
        pem(ec.generate_private_key(ec.SECP384R1())),
    ],
    ids=["text", "rsa", "p-384"],
)
async def test_a_key_that_cannot_sign_es256_stops_the_start(tmp_path: Path, key: str):
    with pytest.raises(RefusedToStart, match="OUTSIDE_KEY"):
        async with asking(tmp_path, outside_key=SecretStr(key)):
            pass


async def test_keys_are_read_again_for_a_name_nobody_knows_and_not_more_often(
    theirs: HostileProvider, ours: Provider
):
    async def redeemed() -> str:
        theirs.replies["/token"] = answer(theirs), 200
        return (await ours.redeem("code", "v" * 43, "nonce", matching=True)).subject

    assert await redeemed() == "somebody"
    assert await redeemed() == "somebody"
    assert theirs.asked["/jwks"] == 1 and theirs.asked[DISCOVERY] == 1
    theirs.key = fresh_key("second")
    ours._jwks = (ours._jwks[0] - 6, ours._jwks[1]) if ours._jwks else None  # six seconds later
    assert await redeemed() == "somebody"
    assert theirs.asked["/jwks"] == 2
    theirs.key = fresh_key("third")
    with pytest.raises(OutsideUnavailable):
        await redeemed()
    assert theirs.asked["/jwks"] == 2  # an attacker's made-up names do not make us ask each time


async def test_we_prove_who_we_are_to_this_provider_once_and_for_a_minute(
    theirs: HostileProvider, ours: Provider
):
    await ours.push(REQUEST, "en", {})
    form = theirs.form("/par")
    assert (form["client_id"], form["client_assertion_type"]) == (CLIENT, ASSERTION)
    own = ECKey.import_key(pem(OWN))
    first = jwt.decode(form["client_assertion"], own, algorithms=["ES256"])
    assert first.header["kid"] == own.thumbprint()
    said = first.claims
    assert said["iss"] == said["sub"] == CLIENT and said["aud"] == theirs.issuer
    assert 0 < said["exp"] - said["iat"] <= 60
    await ours.push(REQUEST, "en", {})
    again = jwt.decode(theirs.form("/par")["client_assertion"], own, algorithms=["ES256"])
    assert again.claims["jti"] != said["jti"]


async def test_the_request_carries_what_ties_the_answer_to_it(
    theirs: HostileProvider, ours: Provider
):
    url = await ours.push(REQUEST, "zh-CN", {"identity_digest": "d", "identity_salt": "s"})
    form = theirs.form("/par")
    assert form["state"] == "state" and form["nonce"] == "nonce"
    assert form["code_challenge"] == pkce("v" * 43) and form["code_challenge_method"] == "S256"
    assert form["redirect_uri"] == f"{CLIENT}/v1/outside-logins/callback"
    assert form["prompt"] == "login" and form["scope"] == "openid" and form["acr_values"] == "high"
    assert url.startswith(f"{theirs.issuer}/authorize?") and "identity" not in url


def test_every_word_of_a_request_is_drawn_anew():
    one, other = Request.draw("id"), Request.draw("id")
    words = {*vars(one).values(), *vars(other).values()}
    assert len(words) == 6
    assert one.state.startswith("id.")
    assert len(one.verifier) >= 43  # RFC 7636 §4.1
    assert hashlib.sha256(one.nonce.encode()).hexdigest() not in repr(one)
    assert one.nonce not in repr(one)
