"""Sealing of personal values and the blind index by which they are found again.

AES-256-GCM (NIST SP 800-38D) with a key ring: the first byte of every sealed value is
the version of the key that sealed it, so keys can rotate while old values stay readable.
The index is HMAC-SHA256 under keys of its own; an 18-digit number can be guessed through
an index key, so index keys are as secret as the numbers.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import RefusedToStart, Settings

_NONCE = 12


class NotOpened(Exception):
    """A sealed value was changed, belongs to another place, or its key is gone."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Keys by version; the last one named is the current one."""

    keys: dict[int, bytes]
    current: int

    @classmethod
    def parse(cls, setting: str, value: str) -> "KeyRing":
        """Read ``1:base64,2:base64`` (32 bytes each, versions 1–255); RefusedToStart if not."""
        try:
            pairs = [part.split(":", 1) for part in value.split(",")]
            keys = {int(version): base64.b64decode(key, validate=True) for version, key in pairs}
            current = int(pairs[-1][0])
        except (ValueError, binascii.Error) as error:
            raise RefusedToStart(f"{setting}: expected version:base64[,version:base64]") from error
        for version, key in keys.items():
            if not 1 <= version <= 255 or len(key) != 32 or len(set(key)) < 8:
                raise RefusedToStart(f"{setting}: key {version} is not 32 random bytes")
        return cls(keys, current)

    def __repr__(self) -> str:
        return f"KeyRing(versions {sorted(self.keys)}, current {self.current})"


class Vault:
    """Seals and opens bytes, and makes index digests. ``context`` is table.column:row-id."""

    def __init__(self, seal: KeyRing, index: KeyRing):
        self._seal = seal
        self._index = index
        self._ciphers = {version: AESGCM(key) for version, key in seal.keys.items()}

    @classmethod
    def from_settings(cls, settings: Settings) -> "Vault":
        return cls(
            KeyRing.parse("SEAL_KEYS", settings.seal_keys.get_secret_value()),
            KeyRing.parse("INDEX_KEYS", settings.index_keys.get_secret_value()),
        )

    def seal(self, plain: bytes, context: str) -> bytes:
        """version (1 byte) | nonce (12) | ciphertext and tag; bound to ``context``."""
        version = self._seal.current
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[version].encrypt(nonce, plain, _bound(context, version))
        return bytes([version]) + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """The bytes that were sealed; NotOpened for a wrong context, key or a changed bit."""
        try:
            version, nonce = sealed[0], sealed[1 : 1 + _NONCE]
            cipher = self._ciphers[version]
            return cipher.decrypt(nonce, sealed[1 + _NONCE :], _bound(context, version))
        except (KeyError, IndexError, ValueError, InvalidTag) as error:
            raise NotOpened(context.split(":", maxsplit=1)[0]) from error

    def digest(self, kind: str, value: str) -> str:
        """The index digest (64 hex) under the current key."""
        return _digest(self._index.keys[self._index.current], kind, value)

    def digests(self, kind: str, value: str) -> dict[int, str]:
        """Digests by key version: rotation writes and searches all of them."""
        return {version: _digest(key, kind, value) for version, key in self._index.keys.items()}


def _bound(context: str, version: int) -> bytes:
    return f"{context}|{version}".encode()


def _digest(key: bytes, kind: str, value: str) -> str:
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
