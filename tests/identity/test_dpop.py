"""Proofs of possession over several workers, and when Valkey forgets or is gone."""

import asyncio
import json
import string
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from config import cache as cache_room
from config import embedded
from config.embedded import Valkey
from config.errors import CacheUnavailable
from identity.dpop import DpopProofInvalid, Proof, Proofs
from identity.nonces import Nonces
from identity.replays import Replays
from identity.vault import Vault
from tests.conftest import settings_on
from tests.support import engines as engines_room
from tests.support.device_key import DeviceKey

ROOT = "https://zhiban.example"
PATH = "/v1/tokens"
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


@dataclass
class Alone:
    """Two workers on a Valkey that a test may stop."""

    one: Proofs
    two: Proofs
    valkey: Valkey
    key: DeviceKey

    def proof(self, method: str = "POST", **claims: object) -> Proof:
        return Proof(self.key.proof(method, PATH, **claims), method, PATH)


@pytest.fixture
async def alone() -> AsyncIterator[Alone]:
    async with engines_room.short_folder() as folder:
        home = embedded.open_folder(folder / "e")
        valkey = Valkey(home, home / "logs" / "valkey.log")
        await valkey.start()
        given = settings_on("", embedded.valkey_url(home), folder, public_url=f"{ROOT}/")
        clients = [cache_room.connect(given) for _ in range(2)]
        try:
            yield Alone(
                *(
                    Proofs(Replays(one), Nonces(Vault.from_settings(given)), given)
                    for one in clients
                ),
                valkey,
                DeviceKey(ROOT),
            )
        finally:
            for client in clients:
                await client.aclose()
            await valkey.stop()


async def test_a_proof_is_good_once_on_all_workers(alone: Alone):
    proof = alone.proof()
    answers = await asyncio.gather(
        *(worker.key(proof) for worker in (alone.one, alone.two) * 4), return_exceptions=True
    )
    assert answers.count(alone.key.thumbprint) == 1
    assert sum(isinstance(answer, DpopProofInvalid) for answer in answers) == 7


async def test_without_valkey_nothing_that_changes_something_is_believed(alone: Alone):
    await alone.valkey.stop()
    with pytest.raises(CacheUnavailable):
        await alone.one.key(alone.proof())


async def test_without_valkey_reading_goes_on(alone: Alone):
    await alone.valkey.stop()
    assert await alone.one.key(alone.proof("GET")) == alone.key.thumbprint


async def test_a_proof_that_a_restarted_valkey_has_forgotten_is_refused(alone: Alone):
    old = alone.proof(iat=int(time.time()) - 5)
    await alone.valkey.stop()
    await alone.valkey.start()
    with pytest.raises(DpopProofInvalid, match="older"):
        await alone.one.key(old)


async def test_a_proof_made_now_is_believed_after_a_restart(alone: Alone):
    await alone.valkey.stop()
    await alone.valkey.start()
    assert await alone.two.key(alone.proof()) == alone.key.thumbprint


async def test_the_public_address_is_what_is_signed_for(alone: Alone):
    other = DeviceKey("http://127.0.0.1:8000")
    with pytest.raises(DpopProofInvalid, match="address"):
        await alone.one.key(Proof(other.proof("GET", PATH), "GET", PATH))


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
CLAIMS = st.dictionaries(
    st.sampled_from(["jti", "htm", "htu", "iat", "ath", "exp", "nbf", "aud", "sub", "iss"]), JSONS
)
HEADERS = st.dictionaries(st.sampled_from(["typ", "jwk", "crit", "kid", "b64"]), JSONS)


@settings(deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(claims=CLAIMS, header=HEADERS)
async def test_whatever_a_proof_holds_it_is_judged_or_refused(
    alone: Alone, claims: dict[str, object], header: dict[str, object]
):
    proof = Proof(_signed(alone.key, header, claims), "GET", PATH)
    try:
        assert await alone.one.key(proof) == alone.key.thumbprint
    except DpopProofInvalid as refused:
        assert refused.status == 401


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize("number", ["1e999", "9" * 500, "NaN"])
async def test_numbers_without_end_are_refused(alone: Alone, claim: str, number: str):
    claims = f'{{"jti":"a","htm":"GET","htu":"{ROOT}{PATH}","iat":{int(time.time())}}}'
    written = claims[:-1] + f',"{claim}":{number}' + "}"
    value = _signed(alone.key, {}, written)
    with pytest.raises(DpopProofInvalid):
        await alone.one.key(Proof(value, "GET", PATH))


@pytest.mark.parametrize("deep", ["[" * 1500, '{"a":' * 700])
async def test_json_without_bottom_is_refused(alone: Alone, deep: str):
    with pytest.raises(DpopProofInvalid):
        await alone.one.key(Proof(_signed(alone.key, {}, deep), "GET", PATH))


def _signed(key: DeviceKey, header: dict[str, object], claims: dict[str, object] | str) -> str:
    """A proof that says what it likes, under a true signature."""
    top = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk} | header
    said = claims if isinstance(claims, str) else json.dumps(claims)
    signed = b".".join(base64url_encode(part.encode()) for part in (json.dumps(top), said))
    algorithm = ECAlgorithm(ECAlgorithm.SHA256)
    return (signed + b"." + base64url_encode(algorithm.sign(signed, key.private))).decode()


async def test_two_spellings_of_one_key_are_one_key(alone: Alone):
    """Base64url leaves the last character two bits to choose: 32 bytes have four spellings."""
    jwk = alone.key.jwk
    last = _ALPHABET.index(jwk["x"][-1])
    spelled = jwk | {"x": jwk["x"][:-1] + _ALPHABET[last ^ 1]}
    proof = alone.proof("GET", header={"jwk": spelled})
    assert await alone.one.key(proof) == alone.key.thumbprint
