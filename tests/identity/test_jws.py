"""Compact JWS (RFC 7515): read once, strictly; every form but the one is refused."""

import base64
import contextlib
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as some

from identity import jws

KEY = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
CLAIMS = {"iss": "某某", "n": 7, "list": [1, {"a": None}]}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def made(**header: str) -> str:
    return jwt.encode(CLAIMS, KEY, algorithm="ES256", headers=header)


def test_what_another_library_signed_is_read_and_good():
    read = jws.read(made(kid="k1"))
    assert (read.header["kid"], dict(read.claims)) == ("k1", CLAIMS)
    jws.check(read, KEY.public_key())


def test_ps256_of_another_library_is_good():
    jws.check(jws.read(jwt.encode(CLAIMS, RSA, algorithm="PS256")), RSA.public_key(), "PS256")


def test_what_we_sign_another_library_reads():
    signed = jws.sign(jws.encoded({"alg": "ES256", "typ": "at+jwt"}), CLAIMS, KEY)
    assert jwt.decode(signed, KEY.public_key(), algorithms=["ES256"]) == CLAIMS
    assert jwt.get_unverified_header(signed)["typ"] == "at+jwt"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()).public_key(), "ES256"),
        (RSA.public_key(), "ES256"),
        (KEY.public_key(), "PS256"),
        (KEY.public_key(), "none"),
        (KEY.public_key(), "HS256"),
    ],
    ids=["another key", "another kind", "another algorithm", "none", "a shared secret"],
)
def test_another_key_or_algorithm_is_refused(key, algorithm):
    with pytest.raises(jws.NotSigned):
        jws.check(jws.read(made()), key, algorithm)


def test_rs256_is_no_ps256():
    with pytest.raises(jws.NotSigned):
        jws.check(jws.read(jwt.encode(CLAIMS, RSA, algorithm="RS256")), RSA.public_key(), "PS256")


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\1" * 63, b"\1" * 65])
def test_a_signature_of_no_form_is_refused(signature):
    """RFC 7518 §3.4: 64 octets; and CVE-2022-21449: none of the two numbers may be zero."""
    signed = made().rpartition(".")[0]
    with pytest.raises(jws.NotSigned):
        jws.check(jws.read(f"{signed}.{encoded(signature)}"), KEY.public_key())


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("more", ["=", "+", "/", "!", " ", "\n", ".", "é", "A" * 5])
def test_what_is_not_base64url_without_padding_is_refused(place, more):
    """RFC 7515 §2: or one token would have many spellings."""
    parts = made().split(".")
    parts[place] = parts[place][:4] + more + parts[place][4:]
    with pytest.raises((jws.Unreadable, jws.NotSigned)):
        jws.check(jws.read(".".join(parts)), KEY.public_key())


@pytest.mark.parametrize(
    "said", [b"[]", b'"x"', b"7", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b""]
)
def test_what_is_no_object_is_refused(said):
    for parts in ((said, b"{}"), (b"{}", said)):
        with pytest.raises(jws.Unreadable):
            jws.read(".".join([*(encoded(part) for part in parts), "c2ln"]))


@given(some.text(max_size=200) | some.lists(some.text(max_size=40), max_size=5).map(".".join))
def test_whatever_comes_is_read_or_unreadable(value):
    with contextlib.suppress(jws.Unreadable):
        assert isinstance(jws.read(value).claims, dict)


def test_nothing_of_it_is_printed():
    assert "某" not in repr(jws.read(made())) and json.dumps(CLAIMS) not in repr(jws.read(made()))
