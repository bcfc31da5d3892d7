"""What a client asks and a resident has not answered yet: sealed in Valkey for ten minutes.

Whoever answers must be in the browser that was asked: it holds a ``secret`` in a cookie. Of many
answers at once one is taken. Valkey may be emptied at any time; then the client begins anew.
"""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.errors import Missing
from identity.oauth.authorization_request import AuthorizationRequest
from identity.vault import NotOpened, Vault

SECONDS = 600
_LONGEST = 128  # characters of an id; ours have 24


class InteractionUnknown(Missing):
    """Unknown, over, answered, or another browser's: one answer for all."""

    code = "interaction-unknown"


@dataclass(frozen=True)
class Begun:
    """``id`` may be seen; ``secret`` goes into a cookie of the browser."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, repr=False)
class Interaction:
    """``began`` and ``until`` in Unix seconds; ``secret`` is a digest."""

    id: str
    request: AuthorizationRequest
    secret: str
    began: float
    until: float

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)

    def __repr__(self) -> str:
        return "Interaction(…)"


class InteractionStore:
    def __init__(self, cache: Redis, vault: Vault):
        self._cache = cache
        self._vault = vault

    async def begin(self, request: AuthorizationRequest) -> Begun:
        """Keep it, for the browser that is given the secret. Raises CacheUnavailable."""
        begun = Begun(secrets.token_urlsafe(18), secrets.token_urlsafe(32))
        now = time.time()
        await self.keep(Interaction(begun.id, request, _digest(begun.secret), now, now + SECONDS))
        return begun

    async def find(self, id: str, secret: str) -> Interaction:
        """Raises InteractionUnknown or CacheUnavailable."""
        if len(id) > _LONGEST or not secret:
            raise InteractionUnknown("no id of ours, or no cookie")
        place = _place(id)
        with reaching_cache():
            sealed = await self._cache.get(place)
        if not isinstance(sealed, bytes):  # our client gives bytes; None when there is nothing
            raise InteractionUnknown("over, answered or never begun")
        found = _read(id, self._opened(sealed, place))
        if not hmac.compare_digest(found.secret, _digest(secret)):
            raise InteractionUnknown("another browser's")
        if found.until <= time.time():
            raise InteractionUnknown("over")
        return found

    async def take(self, interaction: Interaction) -> None:
        """Have it alone. Raises InteractionUnknown for all but one; CacheUnavailable."""
        with reaching_cache():
            if not await self._cache.delete(_place(interaction.id)):
                raise InteractionUnknown("answered this moment")

    async def keep(self, interaction: Interaction) -> None:
        """Also to put back what was taken, for the time that is left. Raises CacheUnavailable."""
        left = int(interaction.until - time.time())
        if left < 1:
            return
        place = _place(interaction.id)
        parts = asdict(interaction)
        del parts["id"]
        sealed = self._vault.seal(json.dumps(parts).encode(), place)
        with reaching_cache():
            await self._cache.set(place, sealed, ex=left)

    def _opened(self, sealed: bytes, place: str) -> bytes:
        try:
            return self._vault.open(sealed, place)
        except NotOpened:
            raise InteractionUnknown("cannot be opened") from None


def _read(id: str, plain: bytes) -> Interaction:
    parts = json.loads(plain)
    asked = parts.pop("request")
    for name in ("scope", "prompt"):
        asked[name] = tuple(asked[name])
    return Interaction(id=id, request=AuthorizationRequest(**asked), **parts)


def _place(id: str) -> str:
    return f"interaction:{_digest(id)}"


def _digest(word: str) -> str:
    """SHA-256 in hex, of random words only: nothing that can be guessed is hidden by it.

    Of any characters: a cookie may come with bytes that are no text.
    """
    return hashlib.sha256(word.encode(errors="surrogatepass")).hexdigest()
