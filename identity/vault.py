"""Sealing of personal values and the blind index by which they are found again.

AES-256-GCM (NIST SP 800-38D) with a key ring: the first byte of every sealed value is
the version of the key that sealed it, so keys can rotate while old values stay readable.

The index is a chain of HMAC-SHA256 under keys of its own: the digest under key 2 is made of
the digest under key 1. So a new index key reaches every digest that is kept, also of values
that nobody keeps. An 18-digit number can be guessed through an index key, so index keys are
as secret as the numbers.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from time import monotonic

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.errors import DatabaseUnavailable
from config.settings import RefusedToStart, Settings

_NONCE = 12
DIGITS = 64  # of an index digest, in hex


class NotOpened(Exception):
    """A sealed value was changed, belongs to another place, or its key is gone."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Keys by version, oldest first. ``current`` seals or indexes; ``retired`` ones are searched
    for no more, because nothing under them is left.
    """

    keys: dict[int, bytes]
    current: int
    retired: frozenset[int] = frozenset()

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
    """Seals and opens bytes, and makes index digests. ``context`` is table.column:row-id.

    Keys may change while it is used (``identity.vault_keys``). Whoever keeps them up to date
    says until when they may be trusted; after that everything raises DatabaseUnavailable.
    """

    def __init__(self, seal: KeyRing, index: KeyRing):
        self._trusted_until = float("inf")
        self.learn(seal, index)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Vault":
        return cls(
            KeyRing.parse("SEAL_KEYS", settings.seal_keys.get_secret_value()),
            KeyRing.parse("INDEX_KEYS", settings.index_keys.get_secret_value()),
        )

    def learn(self, seal: KeyRing, index: KeyRing) -> None:
        """Use these rings from now on."""
        ciphers = {version: AESGCM(key) for version, key in seal.keys.items()}
        self._seal, self._ciphers, self._index = seal, ciphers, index

    def trust(self, until: float) -> None:
        """Until which ``time.monotonic()`` the rings are known to be the ones in force."""
        self._trusted_until = until

    def seal(self, plain: bytes, context: str) -> bytes:
        """version (1 byte) | nonce (12) | ciphertext and tag; bound to ``context``."""
        self._check()
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
            self._check()  # a key this process has not heard of yet is no broken value
            raise NotOpened(context.split(":", maxsplit=1)[0]) from error

    def digest(self, kind: str, value: str) -> str:
        """The index digest under the current key: 64 hex, of which two name the version."""
        self._check()
        return self._chain(kind, value)[self._index.current]

    def digests(self, kind: str, value: str) -> dict[int, str]:
        """Digests by key version: whoever looks for a value looks for all of them."""
        self._check()
        made = self._chain(kind, value)
        return {version: made[version] for version in made if version not in self._index.retired}

    def anchor(self, kind: str, value: str) -> str:
        """The digest under the first key, the same in all workers through every rotation.

        For locks and for what lapses by itself in Valkey; nothing else is kept under it.
        """
        first = next(iter(self._index.keys))
        return self._chain(kind, value)[first]

    def later(self, digest: str) -> list[str]:
        """A kept digest and what it becomes under every younger key: for a look-up by it alone.

        One of an unknown version stays as it is.
        """
        made, found = [digest], False
        for version, key in self._index.keys.items():
            if found:
                made.append(_link(version, key, made[-1]))
            found = found or digest.startswith(f"{version:02x}")
        return made

    def redigest(self, digest: str) -> str:
        """A kept digest under the current key. Raises NotOpened for one of an unknown version."""
        version = int(digest[:2], 16)
        if version not in self._index.keys:
            raise NotOpened("index")
        versions = list(self._index.keys)
        for later in versions[
            versions.index(version) + 1 : versions.index(self._index.current) + 1
        ]:
            digest = _link(later, self._index.keys[later], digest)
        return digest

    @property
    def versions(self) -> dict[str, int]:
        """The version in force of each ring, for the record."""
        return {"seal": self._seal.current, "index": self._index.current}

    def _chain(self, kind: str, value: str) -> dict[int, str]:
        made, digest = {}, f"{kind}\0{value}"
        for version, key in self._index.keys.items():
            digest = made[version] = _link(version, key, digest)
        return made

    def _check(self) -> None:
        if monotonic() > self._trusted_until:
            raise DatabaseUnavailable("the vault's keys could not be read lately")


def _bound(context: str, version: int) -> bytes:
    return f"{context}|{version}".encode()


def _link(version: int, key: bytes, text: str) -> str:
    return f"{version:02x}" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[: DIGITS - 2]
