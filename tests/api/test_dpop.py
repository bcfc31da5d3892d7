"""Proofs of possession over HTTP (RFC 9449): forged, borrowed, shown twice; then honest ones."""

import asyncio
import time
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.dpop import SKEW
from identity.models import Session
from tests.api.test_refresh import age
from tests.support.device_key import DeviceKey
from tests.support.http import Answer, Api, SignedIn

REFRESH = "/v1/tokens"
LIST = "/v1/me/sessions"


@pytest.fixture
def key(api: Api) -> DeviceKey:
    return DeviceKey(api.url)


@pytest.fixture
async def bound(api: Api, key: DeviceKey) -> SignedIn:
    return await api.sign_in(key=key.thumbprint)


async def refreshed(api: Api, signed: SignedIn, *proofs: str) -> Answer:
    headers = [("DPoP", proof) for proof in proofs]
    return await api.send("POST", REFRESH, json={"refresh_token": signed.refresh}, heads=headers)


def private_jwk(key: DeviceKey) -> dict[str, Any]:
    return dict(ECAlgorithm.to_jwk(key.private, as_dict=True))


def now(after: float) -> int:
    return int(time.time() + after)


WRONG: dict[str, Any] = {
    "another type": {"header": {"typ": "JWT"}},
    "no type": {"header": {"typ": None}},
    "no key": {"header": {"jwk": None}},
    "a key that is text": {"header": {"jwk": "key"}},
    "a symmetric key": {"header": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}},
    "half a key": {"header": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA"}}},
    "an extension to understand": {"header": {"crit": ["exp"]}},
    "another method": {"htm": "GET"},
    "a method in small letters": {"htm": "post"},
    "another path": {"htu": "/v1/sessions"},
    "another host": {"htu": "https://elsewhere.example/v1/tokens"},
    "an address with a query": {"htu": "/v1/tokens?a=b"},
    "an address with a fragment": {"htu": "/v1/tokens#a"},
    "no address": {"htu": None},
    "an address that is a number": {"htu": 1},
    "no method": {"htm": None},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "a very long id": {"jti": "x" * 257},
    "no time": {"iat": None},
    "a time in words": {"iat": "now"},
    "too old": {"iat": -SKEW - 2},
    "too new": {"iat": SKEW + 3},
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_proof_with_a_fault_is_refused(
    api: Api, key: DeviceKey, bound: SignedIn, what: str
):
    changes = dict(WRONG[what])
    if isinstance(changes.get("iat"), int):
        changes["iat"] = now(changes["iat"])
    if str(changes.get("htu", "")).startswith("/"):
        changes["htu"] = api.url + changes["htu"]
    answer = await refreshed(api, bound, key.proof("POST", REFRESH, **changes))
    assert (answer.status, answer.code) == (401, "dpop-proof-invalid"), what
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    honest = await refreshed(api, bound, key.proof("POST", REFRESH))
    assert honest.status == 200, "a faulty proof ends no session"
    await api.remember(honest.body)


@pytest.mark.parametrize("rubbish", ["x", "a.b.c", "...", "e" * 5000])
async def test_rubbish_is_no_proof(api: Api, bound: SignedIn, rubbish: str):
    assert (await refreshed(api, bound, rubbish)).code == "dpop-proof-invalid"


async def test_a_proof_that_carries_the_private_key_is_refused(
    api: Api, key: DeviceKey, bound: SignedIn
):
    proof = key.proof("POST", REFRESH, header={"jwk": private_jwk(key)})
    assert (await refreshed(api, bound, proof)).code == "dpop-proof-invalid"


async def test_a_key_of_another_curve_is_refused(api: Api, bound: SignedIn):
    other = DeviceKey(api.url, ec.generate_private_key(ec.SECP384R1()))
    jwk = dict(ECAlgorithm.to_jwk(other.private.public_key(), as_dict=True))
    proof = other.proof("POST", REFRESH, header={"jwk": jwk}, algorithm="ES384")
    assert (await refreshed(api, bound, proof)).code == "dpop-proof-invalid"


async def test_a_proof_signed_by_another_key_than_it_names_is_refused(
    api: Api, key: DeviceKey, bound: SignedIn
):
    thief = DeviceKey(api.url)
    proof = thief.proof("POST", REFRESH, header={"jwk": key.jwk})
    assert (await refreshed(api, bound, proof)).code == "dpop-proof-invalid"


async def test_two_proofs_at_once_are_refused(api: Api, key: DeviceKey, bound: SignedIn):
    proofs = [key.proof("POST", REFRESH) for _ in range(2)]
    assert (await refreshed(api, bound, *proofs)).code == "dpop-proof-invalid"


async def test_a_proof_is_good_once_however_many_show_it(api: Api, key: DeviceKey, bound: SignedIn):
    proof = key.proof("POST", REFRESH)
    answers = await asyncio.gather(*(refreshed(api, bound, proof) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 7
    assert {answer.code for answer in answers} == {None, "dpop-proof-invalid"}


async def test_a_refused_proof_tells_the_time_so_that_a_wrong_clock_can_be_set(
    api: Api, key: DeviceKey, bound: SignedIn
):
    answer = await refreshed(api, bound, key.proof("POST", REFRESH, iat=now(-3600)))
    told = int(parsedate_to_datetime(answer.headers["Date"]).timestamp())
    again = await refreshed(api, bound, key.proof("POST", REFRESH, iat=told))
    assert again.status == 200


async def test_a_bound_refresh_token_without_its_proof_ends_the_session(
    api: Api, key: DeviceKey, bound: SignedIn
):
    assert (await refreshed(api, bound)).code == "refresh-token-reused"
    assert (await refreshed(api, bound, key.proof("POST", REFRESH))).status == 401


async def test_a_bound_refresh_token_with_another_key_ends_the_session(
    api: Api, key: DeviceKey, bound: SignedIn
):
    thief = DeviceKey(api.url)
    assert (await refreshed(api, bound, thief.proof("POST", REFRESH))).code == (
        "refresh-token-reused"
    )
    row = await Session.get(id=bound.session)
    assert row.ended_why == "reuse"


async def test_a_bound_pair_is_renewed_with_its_key_again_and_again(
    api: Api, key: DeviceKey, bound: SignedIn
):
    for _ in range(3):
        answer = await refreshed(api, bound, key.proof("POST", REFRESH))
        assert (answer.status, answer.body["token_type"]) == (200, "DPoP")
        bound = await api.remember(answer.body)
    headers = key.headers("GET", LIST, bound.access)
    assert (await api.get(LIST, headers=headers)).status == 200


async def test_a_lost_answer_costs_nobody_their_session(api: Api, key: DeviceKey, bound: SignedIn):
    answers = [await refreshed(api, bound, key.proof("POST", REFRESH)) for _ in range(2)]
    assert answers[0].body["refresh_token"] == answers[1].body["refresh_token"]
    await age(bound.session)
    late = await refreshed(api, bound, key.proof("POST", REFRESH))
    assert late.code == "refresh-token-reused"


async def test_a_bound_token_is_no_bearer_token(api: Api, bound: SignedIn):
    answer = await api.get(LIST, bound.access)
    assert (answer.status, answer.code) == (401, "token-invalid")


async def test_a_bound_token_needs_its_proof(api: Api, bound: SignedIn):
    answer = await api.get(LIST, headers={"Authorization": f"DPoP {bound.access}"})
    assert (answer.status, answer.code) == (401, "dpop-proof-invalid")
    assert answer.headers["WWW-Authenticate"].startswith("DPoP")


async def test_a_bearer_token_is_not_taken_for_a_bound_one(api: Api, key: DeviceKey):
    signed = await api.sign_in()
    headers = key.headers("GET", LIST, signed.access)
    assert (await api.get(LIST, headers=headers)).code == "token-invalid"
    assert (await api.get(LIST, signed.access)).status == 200


@pytest.mark.parametrize(
    "changes", [{"ath": None}, {"ath": "x"}, {"htm": "POST"}, {"iat": 0}], ids=str
)
async def test_a_proof_beside_a_token_is_for_that_token(
    api: Api, key: DeviceKey, bound: SignedIn, changes: dict[str, Any]
):
    headers = {
        "Authorization": f"DPoP {bound.access}",
        "DPoP": key.proof("GET", LIST, bound.access, **changes),
    }
    assert (await api.get(LIST, headers=headers)).code == "dpop-proof-invalid"


async def test_a_proof_by_another_key_does_not_open_a_bound_token(api: Api, bound: SignedIn):
    headers = DeviceKey(api.url).headers("GET", LIST, bound.access)
    assert (await api.get(LIST, headers=headers)).code == "dpop-proof-invalid"


async def test_a_read_may_be_repeated_and_a_change_may_not(
    api: Api, key: DeviceKey, bound: SignedIn
):
    """RFC 9449 §11.1: what is only read is not remembered."""
    read = key.headers("GET", LIST, bound.access)
    assert [(await api.get(LIST, headers=read)).status for _ in range(2)] == [200, 200]
    other = await api.sign_in(resident=bound.resident)
    path = f"/v1/me/sessions/{other.session}"
    change = key.headers("DELETE", path, bound.access)
    assert (await api.send("DELETE", path, headers=change)).status == 204
    assert (await api.send("DELETE", path, headers=change)).code == "dpop-proof-invalid"


async def test_a_query_is_not_part_of_what_is_signed(api: Api, key: DeviceKey, bound: SignedIn):
    headers = key.headers("GET", "/v1/me/activity", bound.access)
    assert (await api.get("/v1/me/activity?cursor=9", headers=headers)).status == 200


async def test_an_address_is_compared_after_normalising(api: Api, key: DeviceKey, bound: SignedIn):
    upper = replace(key, root=api.url.replace("http", "HTTP"))
    answer = await refreshed(api, bound, upper.proof("POST", "/v1/%74okens"))
    assert answer.status == 200


async def test_a_proof_at_a_route_that_issues_nothing_is_not_looked_at(api: Api):
    answer = await api.get("/v1/services", headers={"DPoP": "rubbish"})
    assert answer.status == 200
