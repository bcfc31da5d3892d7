"""Whose statements about a card are believed: readers we know, for this reading, in their form."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm

from config.settings import RefusedToStart, Settings
from identity.kiosks.card_reader import TYPE, CardReaders
from identity.kiosks.errors import (
    CardExpired,
    CardReaderAbsent,
    CardStatementInvalid,
)
from tests.conftest import settings_on

NAME, NUMBER = "张三", "11010519491231002X"
KEY = ec.generate_private_key(ec.SECP256R1())


def jwks(key: ec.EllipticCurvePrivateKey = KEY) -> str:
    public: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return json.dumps({"keys": [public | {"kid": "reader-7"}]})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_on("", "", tmp_path, card_reader_keys=jwks())


@pytest.fixture
def readers(settings: Settings) -> CardReaders:
    return CardReaders(settings)


def said(**others: Any) -> dict[str, Any]:
    """Honest claims; ``others`` replace members, None removes one."""
    honest = {
        "iss": "reader-7", "nonce": "n", "iat": int(time.time()), "name": NAME,
        "number": NUMBER, "kind": "resident-id", "valid_until": "2099-01-01",
    }  # fmt: skip
    return {name: one for name, one in (honest | others).items() if one is not None}


def statement(
    claims: dict[str, Any] | None = None, *, key: Any = KEY, algorithm: str = "ES256", **top: Any
) -> str:
    headers = {"kid": "reader-7", "typ": TYPE} | top
    return jwt.encode(claims or said(), key, algorithm=algorithm, headers=headers)


def test_a_readers_own_key_is_believed(readers: CardReaders):
    card = readers.read(statement(), "n")
    assert (card.name, card.number, card.kind) == (NAME, NUMBER, "resident-id")
    assert NAME not in repr(card) and NUMBER not in repr(card)


def test_a_card_without_an_end_is_good(readers: CardReaders):
    assert readers.read(statement(said(valid_until=None)), "n").name == NAME


@pytest.mark.parametrize(
    "changed",
    [{"nonce": "another"}, {"nonce": None}, {"iat": None}, {"iat": 0}, {"iat": "now"},
     {"iat": 4102444800}, {"name": ""}, {"name": 7}, {"number": None}, {"number": ["x"]},
     {"kind": "x" * 201}, {"valid_until": "soon"}, {"valid_until": 20990101}],
    ids=str,
)  # fmt: skip
def test_claims_of_another_form_or_reading_are_refused(
    readers: CardReaders, changed: dict[str, Any]
):
    with pytest.raises(CardStatementInvalid) as refused:
        readers.read(statement(said(**changed)), "n")
    assert NAME not in str(refused.value) and NUMBER not in str(refused.value)


def test_an_expired_card_is_refused(readers: CardReaders):
    with pytest.raises(CardExpired):
        readers.read(statement(said(valid_until="2020-01-01")), "n")


@pytest.mark.parametrize("top", [{"kid": "another"}, {"typ": "JWT"}, {"typ": "at+jwt"}], ids=str)
def test_another_key_or_type_is_refused(readers: CardReaders, top: dict[str, str]):
    """RFC 8725 §3.11: a token of ours, say, is no statement."""
    with pytest.raises(CardStatementInvalid):
        readers.read(statement(**top), "n")


def test_a_key_that_only_bears_the_name_is_refused(readers: CardReaders):
    with pytest.raises(CardStatementInvalid):
        readers.read(statement(key=ec.generate_private_key(ec.SECP256R1())), "n")


def test_no_other_algorithm_is_taken(readers: CardReaders):
    """Unsigned, by a shared secret, or of another kind (RFC 8725 §2.1)."""
    foreign = rsa.generate_private_key(65537, 2048)
    none = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "kid": "reader-7", "typ": TYPE}, said())
    )
    for made in (
        none + ".",
        statement(key="x" * 32, algorithm="HS256"),
        statement(key=foreign, algorithm="RS256"),
    ):
        with pytest.raises(CardStatementInvalid):
            readers.read(made, "n")


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c", "é.é.é", "." * 5000])
def test_rubbish_is_refused(readers: CardReaders, rubbish: str):
    for look in (lambda: readers.read(rubbish, "n"), lambda: readers.nonce(rubbish)):
        with pytest.raises(CardStatementInvalid):
            look()


@pytest.mark.parametrize(
    "keys", ["x", "{}", "[]", '{"keys": [{}]}', '{"keys": [{"kid": "a", "kty": "oct", "k": ""}]}']
)
def test_keys_that_cannot_be_read_stop_the_start(tmp_path: Path, keys: str):
    with pytest.raises(RefusedToStart, match="CARD_READER_KEYS"):
        CardReaders(settings_on("", "", tmp_path, card_reader_keys=keys))


def test_production_without_keys_reads_no_card(settings: Settings):
    bare = settings.model_copy(update={"environment": "production", "card_reader_keys": ""})
    readers = CardReaders(bare)
    assert not readers.offered and bare.card_reader_address == ""
    with pytest.raises(CardReaderAbsent):
        readers.read(statement(), "n")
