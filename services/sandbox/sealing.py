"""Names, numbers and portraits are kept sealed; a number is found by a keyed digest.

Keys come from the sandbox's own root key and are known to no other process.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12  # NIST SP 800-38D §8.2.1 recommends 96 bits


class SealBroken(Exception):
    """The sealed bytes were changed, moved to another row, or sealed with another key."""


class Seal:
    """AES-256-GCM with the row and column as associated data, so that nothing can be swapped."""

    def __init__(self, seal_key: bytes, index_key: bytes):
        self._cipher = AESGCM(seal_key)
        self._index_key = index_key

    def close(self, plain: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes; raises SealBroken."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, context.encode())
        except InvalidTag as fault:
            raise SealBroken(context.split(":", maxsplit=1)[0]) from fault

    def index(self, number: str) -> str:
        """64 hex characters by which a number is found without being readable."""
        return hmac.new(self._index_key, number.upper().encode(), hashlib.sha256).hexdigest()
