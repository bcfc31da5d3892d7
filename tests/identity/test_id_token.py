"""ID tokens, signed by another JOSE library: what is not an answer to our request is refused."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from identity.outside.errors import OutsideAnswerRefused
from identity.outside.id_token import Expected, Said, key_named, public_key, read
from tests.support.relying_party import fresh_key

ISSUER, CLIENT = "https://id.example.gov.cn", "https://zhiban.example.gov.cn"
EXPECTED = Expected(ISSUER, CLIENT, "our nonce", matching=True)
KEY = fresh_key("k1")
KEYS = [KEY.as_dict(private=False)]
ABSENT = "(absent)"


@dataclass(frozen=True)
class At:
    """Seconds from the moment a token is made: a run may take a quarter of an hour to get there."""

    seconds: int
    kind: type = int

    def now(self) -> object:
        return self.kind(int(time.time()) + self.seconds)


def claims(**others: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "a name made for us",
        "aud": CLIENT,
        "nonce": "our nonce",
        "iat": At(0),
        "exp": At(120),
        "auth_time": At(-5),
        "acr": "high",
        "identity_matched": True,
    }
    made = {name: value for name, value in (good | others).items() if value is not ABSENT}
    return {name: value.now() if isinstance(value, At) else value for name, value in made.items()}


def token(key: Any = KEY, header: dict[str, Any] | None = None, **others: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k1"} | (header or {}), claims(**others), key)


def judged(sent: str, expected: Expected = EXPECTED) -> Said:
    key = public_key(KEYS, key_named(sent))
    assert key
    return read(sent, key, expected)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": ABSENT},
        {"aud": "https://elsewhere.example"},
        {"aud": [CLIENT, "https://elsewhere.example"]},
        {"aud": []},
        {"aud": ABSENT},
        {"azp": "https://elsewhere.example"},
        {"azp": None},
        {"nonce": "another"},
        {"nonce": ""},
        {"nonce": 7},
        {"nonce": ABSENT},
        {"exp": At(-60)},
        {"exp": "soon"},
        {"exp": ABSENT},
        {"iat": At(600)},
        {"iat": At(-3600)},
        {"iat": ABSENT},
        {"nbf": At(600)},
        {"auth_time": At(-3600)},
        {"auth_time": At(600)},
        {"auth_time": True},
        {"auth_time": At(0, str)},
        {"auth_time": ABSENT},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": ABSENT},
        {"acr": 5},
        {"acr": ABSENT},
        {"identity_matched": "true"},
        {"identity_matched": 1},
        {"identity_matched": None},
        {"identity_matched": ABSENT},
    ],
    ids=str,
)
def test_a_claim_that_does_not_fit_is_refused(change: dict[str, Any]):
    with pytest.raises(OutsideAnswerRefused):
        judged(token(**change))


def test_another_key_of_the_same_name_is_refused():
    with pytest.raises(OutsideAnswerRefused):
        judged(token(fresh_key("k1")))


@pytest.mark.parametrize("header", [{"alg": "ES384"}, {"kid": 7}, {"kid": None}])
def test_a_header_that_names_no_key_of_ours_is_refused(header: dict[str, Any]):
    parts = [json.dumps(one).encode() for one in ({"alg": "ES256", "kid": "k1"} | header, claims())]
    sent = ".".join([*(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts), "c2ln"])
    with pytest.raises(OutsideAnswerRefused):
        judged(sent)


@pytest.mark.parametrize("sent", ["", "nonsense", "a.b.c", "." * 20, "é.é.é", "{}", "x" * 100_000])
def test_what_is_no_token_is_refused(sent: str):
    with pytest.raises(OutsideAnswerRefused):
        judged(sent)


def test_an_unsigned_token_is_refused():
    parts = [json.dumps(one).encode() for one in ({"alg": "none", "kid": "k1"}, claims())]
    sent = ".".join([*(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts), ""])
    with pytest.raises(OutsideAnswerRefused):
        judged(sent)


def test_the_public_key_is_no_shared_secret():
    """RFC 8725 §2.1: a symmetric signature made with what everybody can read."""
    secret = KEY.as_pem(private=False)
    head = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "k1"}, claims())]
    signed = ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in head)
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    sent = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    with pytest.raises(OutsideAnswerRefused):
        judged(sent)


def test_an_extension_that_must_be_understood_is_refused():
    header = {"crit": ["b64"], "b64": True}
    head = [json.dumps(one).encode() for one in ({"alg": "ES256", "kid": "k1"} | header, claims())]
    body = token().split(".")
    forged = base64.urlsafe_b64encode(head[0]).rstrip(b"=").decode()
    with pytest.raises(OutsideAnswerRefused):
        judged(".".join([forged, body[1], body[2]]))


@pytest.mark.parametrize(
    "published",
    [
        RSAKey.generate_key(2048, {"kid": "k1"}).as_dict(private=False),
        ECKey.generate_key("P-384", {"kid": "k1"}).as_dict(private=False),
        OctKey.generate_key(256, {"kid": "k1"}).as_dict(),
        KEYS[0] | {"use": "enc"},
        KEYS[0] | {"alg": "ES384"},
        KEYS[0] | {"x": "AAAA"},
        KEYS[0] | {"x": 7},
        {"kid": "k1"},
    ],
    ids=["rsa", "p-384", "oct", "enc", "es384", "off the curve", "not text", "empty"],
)
def test_a_published_key_of_another_kind_is_refused(published: dict[str, Any]):
    with pytest.raises(OutsideAnswerRefused):
        public_key([published], "k1")


def test_a_key_that_is_not_published_is_none():
    assert public_key([], "k1") is None
    assert public_key(KEYS, "k2") is None


@given(some.data())
def test_no_changed_character_gets_through(data: some.DataObject):
    """The last one is left out: it carries bits that base64url does not use."""
    sent = token()
    place = data.draw(some.integers(0, len(sent) - 2))
    put = data.draw(some.sampled_from("ABCDEFGHabcdefgh0123456789-_."))
    if put == sent[place]:
        return
    with pytest.raises(OutsideAnswerRefused):
        read(sent[:place] + put + sent[place + 1 :], public_key(KEYS, "k1"), EXPECTED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"azp": CLIENT},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "https://elsewhere.example"], "azp": CLIENT},
        {"name": "张三", "id_number": "left unread"},
    ],
    ids=str,
)
def test_an_answer_is_believed_and_three_things_are_read(change: dict[str, Any]):
    said = judged(token(**change))
    assert said == Said("a name made for us", "high", True)


def test_what_was_not_asked_is_not_heard():
    plain = Expected(ISSUER, CLIENT, "our nonce", matching=False)
    assert judged(token(), plain).matched is None
    assert judged(token(identity_matched=ABSENT), plain).matched is None


def test_what_is_said_prints_no_name():
    assert "made for us" not in repr(judged(token()))
    assert "our nonce" not in repr(EXPECTED)
