"""Sealed values, seen from outside with ``cryptography`` and ``hmac``."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.errors import DatabaseUnavailable
from config.settings import RefusedToStart
from identity.vault import KeyRing, NotOpened, Vault

ONE, TWO, THREE = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
PLACE = "document.number:row-1"


def ring(*keys: bytes) -> KeyRing:
    return KeyRing(dict(enumerate(keys, 1)), len(keys))


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def vault() -> Vault:
    return Vault(ring(ONE), ring(THREE))


@pytest.mark.parametrize("place", range(29))
def test_a_changed_byte_is_noticed(vault: Vault, place: int) -> None:
    sealed = bytearray(vault.seal(b"", PLACE))
    sealed[place] ^= 1
    with pytest.raises(NotOpened):
        vault.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("cut", [b"", b"\x01", b"\x01" * 12])
def test_a_cut_value_is_refused(vault: Vault, cut: bytes) -> None:
    with pytest.raises(NotOpened):
        vault.open(cut, PLACE)


def test_a_value_moved_to_another_row_does_not_open(vault: Vault) -> None:
    with pytest.raises(NotOpened):
        vault.open(vault.seal(b"secret", PLACE), "document.number:row-2")


def test_a_fault_names_the_column_and_not_the_row(vault: Vault) -> None:
    with pytest.raises(NotOpened, match=r"^document\.number$"):
        vault.open(b"", PLACE)


def test_cryptography_opens_what_the_vault_sealed(vault: Vault) -> None:
    sealed = vault.seal("张三".encode(), PLACE)
    assert sealed[0] == 1
    plain = AESGCM(ONE).decrypt(sealed[1:13], sealed[13:], f"{PLACE}|1".encode())
    assert plain.decode() == "张三"


def test_no_nonce_is_used_twice(vault: Vault) -> None:
    assert len({vault.seal(b"same", PLACE)[1:13] for _ in range(1000)}) == 1000


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key(vault: Vault) -> None:
    rotated = Vault(ring(ONE, TWO), ring(THREE))
    assert rotated.open(vault.seal(b"old", PLACE), PLACE) == b"old"
    assert rotated.seal(b"new", PLACE)[0] == 2
    with pytest.raises(NotOpened):
        vault.open(rotated.seal(b"new", PLACE), PLACE)


def test_the_index_is_hmac_sha256_over_kind_and_value(vault: Vault) -> None:
    outside = hmac.new(THREE, b"number\0value", hashlib.sha256).hexdigest()
    assert vault.digest("number", "value") == "01" + outside[:62]
    assert vault.digest("name", "value") != outside


def test_the_index_is_searched_under_every_key_version() -> None:
    vault = Vault(ring(ONE), ring(TWO, THREE))
    assert set(vault.digests("number", "v")) == {1, 2}
    assert vault.digests("number", "v")[2] == vault.digest("number", "v")


def test_a_new_index_key_is_a_link_added_to_the_chain() -> None:
    before, after = Vault(ring(ONE), ring(TWO)), Vault(ring(ONE), ring(TWO, THREE))
    kept = before.digest("number", "v")
    outside = hmac.new(THREE, kept.encode(), hashlib.sha256).hexdigest()
    assert after.digest("number", "v") == after.redigest(kept) == "02" + outside[:62]
    assert after.redigest(after.redigest(kept)) == after.redigest(kept)
    assert before.anchor("number", "v") == after.anchor("number", "v") == kept


def test_a_retired_index_key_is_searched_no_more() -> None:
    vault = Vault(ring(ONE), KeyRing({1: TWO, 2: THREE}, 2, frozenset({1})))
    assert set(vault.digests("number", "v")) == {2}


def test_keys_that_were_not_read_lately_are_not_used(vault: Vault) -> None:
    kept = vault.seal(b"secret", PLACE)
    vault.trust(0.0)
    for use in (
        lambda: vault.seal(b"", PLACE),
        lambda: vault.digest("number", "v"),
        lambda: vault.digests("number", "v"),
        lambda: vault.open(b"\x09" + kept[1:], PLACE),
    ):
        with pytest.raises(DatabaseUnavailable):
            use()
    assert vault.open(kept, PLACE) == b"secret"  # what can be opened was sealed by a known key


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        "1:",
        "1:short",
        "one:" + encoded(ONE),
        "0:" + encoded(ONE),
        "256:" + encoded(ONE),
        "1:" + encoded(b"\0" * 32),
        "1:" + encoded(ONE[:16]),
        "1:" + encoded(ONE) + ",",
    ],
)
def test_a_key_ring_of_absent_short_or_default_keys_refuses_to_start(value: str) -> None:
    with pytest.raises(RefusedToStart, match="SEAL_KEYS"):
        KeyRing.parse("SEAL_KEYS", value)


def test_the_last_key_named_is_the_current_one() -> None:
    parsed = KeyRing.parse("SEAL_KEYS", f"7:{encoded(ONE)},3:{encoded(TWO)}")
    assert parsed.current == 3


def test_a_key_ring_prints_no_key() -> None:
    assert encoded(ONE) not in repr(ring(ONE)) and str(ONE) not in repr(ring(ONE))
