"""Nonces that the server gives for DPoP proofs (RFC 9449 §8, §9): the same in all workers.

A nonce is a keyed digest of the minutes it belongs to, so nothing has to be kept, and a proof
that somebody had made in advance is worth nothing.
"""

import time

from identity.vault import Vault

SECONDS = 120  # a nonce is taken for one to two of these
_DIGITS = 32


class Nonces:
    def __init__(self, vault: Vault):
        self._vault = vault
        self._made: dict[int, str] = {}

    def current(self) -> str:
        return self._of(int(time.time()) // SECONDS)

    def good(self, nonce: object) -> bool:
        """Whether it is the current one, or the last."""
        now = int(time.time()) // SECONDS
        return nonce in (self._of(now), self._of(now - 1))

    def _of(self, window: int) -> str:
        """Kept for the two windows in use: a digest costs more than a look."""
        if window not in self._made:
            self._made = {kept: self._made[kept] for kept in (window - 1,) if kept in self._made}
            self._made[window] = self._vault.anchor("dpop-nonce", str(window))[-_DIGITS:]
        return self._made[window]
