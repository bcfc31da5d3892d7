"""The unified identity token, forged and read from outside with PyJWT (RFC 9068, RFC 8725)."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.caller import CallerKind
from identity.errors import TokenExpired, TokenInvalid
from identity.models import SigningKey
from tests.support.session_parts import SessionParts, a_resident, a_worker


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


async def issued(worker: SessionParts) -> str:
    opened = await worker.sign_in(await a_resident())
    return (await worker.tokens.issue(opened.session)).value


async def forged(worker: SessionParts, key: Any = None, **changes: Any) -> str:
    """A token of ours with some claims or header members changed (None removes one)."""
    token = await issued(worker)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    for name, value in changes.items():
        target = header if name in ("typ", "kid") else claims
        target[name] = value
    claims = {name: value for name, value in claims.items() if value is not None}
    private = key or (await worker.keys.signer()).private
    return jwt.encode(claims, private, algorithm="ES256", headers=header)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example/v1"},
        {"iss": "https://elsewhere.example"},
        {"typ": "JWT"},
        {"kid": "unknown"},
        {"sub": None},
        {"sid": None},
        {"jti": None},
        {"exp": None},
        {"sid": "not-a-uuid"},
        {"scope": 7},
        {"auth_time": "yesterday"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(
    worker: SessionParts, changes: dict[str, Any]
) -> None:
    with pytest.raises(TokenInvalid):
        await worker.tokens.read(await forged(worker, **changes))


async def test_an_expired_token_is_refused(worker: SessionParts) -> None:
    with pytest.raises(TokenExpired):
        await worker.tokens.read(await forged(worker, exp=int(time.time()) - 1))


async def test_a_token_known_to_a_worker_still_expires_there(worker: SessionParts) -> None:
    token = await forged(worker, exp=int(time.time()) + 2)
    await worker.tokens.read(token)
    await asyncio.sleep(2.1)
    with pytest.raises(TokenExpired):
        await worker.tokens.read(token)


async def test_a_token_signed_by_another_key_under_our_kid_is_refused(
    worker: SessionParts,
) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(TokenInvalid):
        await worker.tokens.read(await forged(worker, key=stranger))


async def test_alg_none_is_refused(worker: SessionParts) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = jwt.decode(await issued(worker), options={"verify_signature": False})
    kid = (await worker.keys.signer()).kid
    with pytest.raises(TokenInvalid):
        await worker.tokens.read(
            f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': kid})}.{part(claims)}."
        )


async def test_our_public_key_used_as_an_hmac_secret_is_refused(worker: SessionParts) -> None:
    claims = jwt.decode(await issued(worker), options={"verify_signature": False})
    row = await SigningKey.all().first()
    assert row is not None
    secret = base64.b64encode(row.public_pem.encode()).decode()  # PyJWT refuses the PEM itself
    token = jwt.encode(claims, secret, "HS256", headers={"kid": row.kid, "typ": "at+jwt"})
    with pytest.raises(TokenInvalid):
        await worker.tokens.read(token)


@pytest.mark.parametrize("rubbish", ["", ".", "a.b.c", "é" * 9, "x" * 100_000])
async def test_rubbish_is_refused(worker: SessionParts, rubbish: str) -> None:
    with pytest.raises(TokenInvalid):
        await worker.tokens.read(rubbish)


async def test_a_token_carries_the_claims_of_the_contract(
    worker: SessionParts, settings: Settings
) -> None:
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    token = await worker.tokens.issue(opened.session)
    keys = jwt.PyJWKSet.from_dict(await worker.keys.jwks())
    header = jwt.get_unverified_header(token.value)
    claims = jwt.decode(
        token.value,
        keys[header["kid"]].key,
        algorithms=["ES256"],
        audience=settings.audience,
        issuer=settings.public_url,
    )
    assert header["typ"] == "at+jwt"
    assert claims["sub"] == str(resident) and claims["sid"] == str(opened.session.id)
    assert claims["acr"] == "4" and claims["amr"] == ["face"]
    assert claims["client_id"] == "zhiban-app"
    assert claims["exp"] - claims["iat"] == token.expires_in <= 600


async def test_a_caller_is_who_the_token_says(worker: SessionParts) -> None:
    resident = await a_resident()
    opened = await worker.sign_in(resident)
    caller = await worker.tokens.read((await worker.tokens.issue(opened.session)).value)
    assert caller.kind is CallerKind.RESIDENT
    assert (caller.resident, caller.session) == (resident, opened.session.id)


async def test_the_jwks_holds_no_private_half(worker: SessionParts) -> None:
    for key in (await worker.keys.jwks())["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_the_private_key_is_sealed_in_the_database(worker: SessionParts) -> None:
    pair = await worker.keys.signer()
    row = await SigningKey.get(kid=pair.kid)
    secret = pair.private.private_numbers().private_value.to_bytes(32, "big")
    assert secret not in row.private_sealed


async def test_two_workers_that_start_at_once_make_one_first_key(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one, a_worker(settings) as two:
        pairs = await asyncio.gather(one.keys.signer(), two.keys.signer())
    assert pairs[0].kid == pairs[1].kid
    assert await SigningKey.all().count() == 1


async def test_after_a_rotation_old_tokens_verify_and_another_worker_reads_the_new_ones(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as one, a_worker(settings) as two:
        old = await issued(one)
        await two.tokens.read(old)
        await one.keys.rotate(lead=timedelta(0))
        new = await issued(one)
        assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
        two.keys._read_at = float("-inf")  # as if five seconds had passed
        await two.tokens.read(new)
        await one.tokens.read(old)


async def test_a_new_key_is_published_before_it_signs(worker: SessionParts) -> None:
    now_signing = (await worker.keys.signer()).kid
    made = await worker.keys.rotate()
    assert made in {key["kid"] for key in (await worker.keys.jwks())["keys"]}
    assert (await worker.keys.signer()).kid == now_signing
