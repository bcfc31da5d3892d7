"""The list of issuers, and what it says of another province: signed, never older, never forged."""

import base64
from contextlib import asynccontextmanager
from datetime import timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from config.outbound import Outbound
from services.issuers.errors import TrustListUnavailable
from services.issuers.trust import Trust
from services.models import TrustList

BUREAU = "market-regulation"


def trust(api) -> Trust:
    """As a process that has just started knows it."""
    return Trust(api.parts.ground.outbound, api.settings)


async def test_a_department_nobody_knows_has_no_keys(api):
    answer = await api.get("/.well-known/jwt-vc-issuer/issuers/no-such-office")
    assert (answer.status, answer.code) == (404, "issuer-unknown")


async def test_keys_stand_where_the_issuers_name_leads(api):
    """Draft SD-JWT VC: the well-known part stands between host and path of ``iss``."""
    name = api.parts.launch.issuers.address(BUREAU)
    answer = await api.get(f"/.well-known/jwt-vc-issuer{name.removeprefix(api.url)}")
    assert answer.status == 200 and answer.body["issuer"] == name
    (key,) = answer.body["jwks"]["keys"]
    assert not {"d", "p", "q"} & key.keys()
    leaf = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    assert leaf.public_key() == ECAlgorithm.from_jwk(key)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [name]


async def test_our_departments_and_the_other_province_are_listed_alike(api):
    answer = await api.get("/v1/issuers")
    kinds = {one["iss"]: one["kind"] for one in answer.body["issuers"]}
    assert kinds[f"{api.url}/issuers/{BUREAU}"] == "own"
    assert kinds[f"{api.sandbox.url}/other-province"] == "recognised"
    (theirs,) = [one for one in answer.body["issuers"] if one["kind"] == "recognised"]
    assert theirs["title"]["en"] == "Linjiang Province" and theirs["roots"]
    everybody = api.parts.launch.everybody
    for one in answer.body["issuers"]:
        assert {key["kid"] for key in one["keys"]} == (await everybody.keys(one["iss"])).keys()
    assert not await everybody.keys("https://elsewhere.example")


async def test_a_list_under_another_key_changes_nothing(api):
    known = await trust(api).recognised()
    await TrustList.all().update(read_at=(await TrustList.first()).read_at - timedelta(hours=2))
    async with ailing(api, "malformed"):
        assert await trust(api).recognised() == known


async def test_while_the_keeper_is_away_the_list_we_have_counts_until_it_says_it_is_over(api):
    await trust(api).recognised()
    row = await TrustList.first()
    await TrustList.all().update(read_at=row.read_at - timedelta(hours=2))
    async with ailing(api, "error"):
        assert await trust(api).recognised()
        over = sandbox_list(api, exp=1_700_000_000)
        await TrustList.all().update(signed=over)
        with pytest.raises(TrustListUnavailable):
            await trust(api).recognised()
    await TrustList.all().update(signed=row.signed)


async def test_an_older_list_that_is_played_again_changes_nothing(api):
    await trust(api).recognised()
    row = await TrustList.first()
    later = row.number + 1_000_000
    long_ago = row.read_at - timedelta(hours=2)
    await TrustList.all().update(number=later, read_at=long_ago)
    assert await trust(api).recognised()
    assert (await TrustList.first()).number == later
    await TrustList.all().delete()


async def test_without_a_list_nobody_elses_signatures_count(api):
    alone = api.settings.model_copy(update={"environment": "production"})
    async with Outbound(alone) as outbound:
        assert await Trust(outbound, alone).recognised() == ()


@asynccontextmanager
async def ailing(api, fault: str):
    """While the keeper has this fault."""
    await api.sandbox.fault("trust-list", fault)
    try:
        yield
    finally:
        await api.sandbox.fault("trust-list", "none")


def sandbox_list(api, exp: int) -> str:
    """As the keeper would have signed it long ago."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    secret = int.from_bytes(api.settings.sandbox_secret("trust-list"), "big")
    key = ec.derive_private_key(secret % (order - 1) + 1, ec.SECP256R1())
    claims = {"number": 1, "iat": exp - 60, "exp": exp, "issuers": []}
    return jwt.encode(claims, key, algorithm="ES256", headers={"typ": "trust-list+jwt"})
