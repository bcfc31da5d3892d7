"""What waits between two requests of a way: sealed in Valkey for ten minutes, used once.

Whoever comes back must be who began: they hold the ``secret``, send the same device id, and the
same device key where one was shown at the beginning. Valkey may be emptied at any time; then it
is begun anew.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.errors import Problem
from identity.admission import Arrival
from identity.vault import NotOpened, Vault

SECONDS = 600
_LONGEST = 128  # characters of an id or secret; ours have 24 and 43


@dataclass(frozen=True)
class Ticket:
    """What the client keeps: the id may be seen, the secret opens. ``until``: Unix seconds."""

    id: str
    secret: str = field(repr=False)
    until: float

    @classmethod
    def draw(cls) -> "Ticket":
        return cls(secrets.token_urlsafe(18), secrets.token_urlsafe(32), time.time() + SECONDS)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)


@dataclass(frozen=True, repr=False)
class Kept:
    """One thing that waits. ``secret`` and ``device`` are digests, ``key`` a thumbprint."""

    id: str
    facts: Mapping[str, str]
    secret: str
    device: str
    key: str
    until: float

    def __repr__(self) -> str:
        return "Kept(…)"


class Pending:
    """``room`` names the way; ``unknown`` and ``foreign`` are its words for what is refused."""

    def __init__(
        self,
        cache: Redis,
        vault: Vault,
        room: str,
        unknown: type[Problem],
        foreign: type[Problem],
    ):
        self._cache, self._vault, self._room = cache, vault, room
        self._unknown, self._foreign = unknown, foreign

    async def keep(self, ticket: Ticket, facts: Mapping[str, str], arrival: Arrival) -> None:
        """Keep what was begun by whoever arrived. Raises CacheUnavailable."""
        device = self._vault.digest("device", arrival.device)
        secret = digest(ticket.secret)
        await self.put_back(Kept(ticket.id, facts, secret, device, arrival.key, ticket.until))

    async def find(self, name: str) -> Kept:
        """What waits under this id, whoever asks. Raises ``unknown`` or CacheUnavailable."""
        with reaching_cache():
            sealed = await self._cache.get(self._place(name))
        return self._opened(name, sealed)

    async def owned(self, name: str, secret: str, arrival: Arrival) -> Kept:
        """The same, for who began it only. Raises ``unknown``, ``foreign`` or CacheUnavailable."""
        kept = await self.find(name)
        devices = self._vault.digests("device", arrival.device).values()
        held = hmac.compare_digest(kept.secret, digest(secret))
        if not held or kept.device not in devices or kept.key not in ("", arrival.key):
            raise self._foreign()
        return kept

    async def take(self, kept: Kept) -> None:
        """Have it alone: of many at once, all but one hear ``unknown``."""
        with reaching_cache():
            if not await self._cache.delete(self._place(kept.id)):
                raise self._unknown()

    async def put_back(self, kept: Kept, once: bool = False) -> None:
        """Keep for the time that is left; with ``once`` only if nothing is there yet."""
        left = int(kept.until - time.time())
        if left < 1:
            return
        parts = {name: value for name, value in vars(kept).items() if name != "id"}
        sealed = self._vault.seal(json.dumps(parts).encode(), self._place(kept.id))
        with reaching_cache():
            await self._cache.set(self._place(kept.id), sealed, ex=left, nx=once)

    def _opened(self, name: str, sealed: bytes | str | None) -> Kept:
        if not isinstance(sealed, bytes):  # our client gives bytes; None when there is nothing
            raise self._unknown()
        try:
            parts = json.loads(self._vault.open(sealed, self._place(name)))
        except NotOpened:
            raise self._unknown() from None
        return Kept(id=name, **parts)

    def _place(self, name: str) -> str:
        if len(name) > _LONGEST:
            raise self._unknown()
        return f"{self._room}:{digest(name)}"


def digest(word: str) -> str:
    """SHA-256 in hex, of random words only: nothing that can be guessed is hidden by it."""
    return hashlib.sha256(word.encode()).hexdigest()
