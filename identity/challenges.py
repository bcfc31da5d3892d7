"""One-time liveness challenges, and the guard against showing us the same frames twice.

Both live in Valkey, which may be emptied at any time: a lost challenge is asked for anew.
"""

import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from redis.asyncio import Redis

from config.cache import reaching_cache
from config.settings import Settings
from identity.errors import CaptureReplayed, ChallengeExpired, ChallengeForeign, ChallengeUnknown
from identity.faces.limits import FRAMES
from identity.faces.prompts import FRONT, LEFT, POSES, RIGHT, steps
from identity.vault import Vault

_AFTERLIFE = 300  # seconds in which a late comer still hears "expired" and not "unknown"
_LONGEST_ID = 64
_DAY = timedelta(days=1)
_chance = random.SystemRandom()
TURNS = (LEFT, RIGHT)
MOVES = tuple(prompt for prompt in POSES if prompt != FRONT)
NUMBERS = (3, 4, 5)


@dataclass(frozen=True)
class Challenge:
    """What to do, in order, and until when (UTC). The person's own left and right."""

    id: str
    prompts: tuple[str, ...]
    expires_at: datetime
    seconds: int


class Challenges:
    def __init__(self, cache: Redis, vault: Vault, settings: Settings):
        self._cache = cache
        self._vault = vault
        self._seconds = settings.challenge_seconds

    async def issue(self, device: str) -> Challenge:
        """A new challenge for this device. Raises CacheUnavailable."""
        now = time.time()
        challenge = Challenge(
            secrets.token_urlsafe(18),
            draw_prompts(),
            datetime.fromtimestamp(now + self._seconds, UTC),
            self._seconds,
        )
        kept = {
            "device": self._vault.anchor("device", device),
            "prompts": challenge.prompts,
            "until": now + self._seconds,
        }
        with reaching_cache():
            await self._cache.set(
                _key(challenge.id), json.dumps(kept), ex=self._seconds + _AFTERLIFE
            )
        return challenge

    async def redeem(self, challenge: str, device: str) -> tuple[str, ...]:
        """The prompts, once: whoever asks second, or for another device, gets nothing.

        Raises ChallengeUnknown, ChallengeExpired, ChallengeForeign or CacheUnavailable.
        """
        if len(challenge) > _LONGEST_ID:
            raise ChallengeUnknown()
        with reaching_cache():
            kept = await self._cache.getdel(_key(challenge))
        if kept is None:
            raise ChallengeUnknown()
        found = json.loads(kept)
        if found["device"] != self._vault.anchor("device", device):
            raise ChallengeForeign()
        if found["until"] < time.time():
            raise ChallengeExpired()
        return tuple(found["prompts"])


class ReplayGuard:
    """Remembers for a day which frames were judged, as HMACs under a key of that day.

    Exact bytes only: a perceptual hash would be a template (CONTRACTS: no biometrics at rest).
    """

    def __init__(self, cache: Redis, vault: Vault):
        self._cache = cache
        self._vault = vault

    async def admit(self, frames: Sequence[bytes], now: datetime | None = None) -> None:
        """Remember these frames. Raises CaptureReplayed if any was seen, or CacheUnavailable."""
        today = now or datetime.now(UTC)
        different = set(frames)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                for frame in different:
                    pipe.exists(self._key(today - _DAY, frame))
                    pipe.set(self._key(today, frame), b"", ex=_DAY, nx=True)
                answers = await pipe.execute()
        seen_yesterday, new_today = answers[::2], answers[1::2]
        if any(seen_yesterday) or not all(new_today):
            raise CaptureReplayed()

    def _key(self, day: datetime, frame: bytes) -> str:
        secret = self._vault.anchor("replay-day", day.date().isoformat())
        return f"frame:{hmac.new(secret.encode(), frame, hashlib.sha256).hexdigest()}"


def draw_prompts() -> tuple[str, ...]:
    """Front first, then three to five movements: any order, never one twice in a row, at least
    one turn and one other movement, and no more frames than a verification may hold."""
    while True:
        moves = _chance.choices(MOVES, k=_chance.choice(NUMBERS))
        drawn = (FRONT, *moves)
        if _fair(moves) and len(steps(drawn)) <= FRAMES:
            return drawn


def _fair(moves: Sequence[str]) -> bool:
    kinds = {move in TURNS for move in moves}
    return len(kinds) == 2 and all(one != other for one, other in pairwise(moves))


def _key(challenge: str) -> str:
    return f"challenge:{hashlib.sha256(challenge.encode()).hexdigest()}"
