"""What waits between a kiosk's QR code and the number typed there: sealed in Valkey, minutes long.

A hand-off goes forward only: shown → claimed by one telephone → allowed or refused → used. Each
step is one command that only one caller can win, on whatever worker: GETDEL of the user code, SET
NX of the decision, SET NX of the use. Valkey may be emptied at any time; then a visitor begins
anew.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis

from config.cache import reaching_cache
from identity.kiosks.errors import HandoffAnswered, HandoffUnknown
from identity.vault import NotOpened, Vault

QR_SECONDS = 60  # RFC 10027: a QR code rotates every minute at the latest, and works once
CLAIMED_SECONDS = 240  # for the phone's answer and the number together
INTERVAL = 2  # seconds between two polls (RFC 8628 §3.2): the device code is bound to a key
SLOWER = 5  # added by every poll that came too soon (RFC 8628 §3.5)
TRIES = 3
_KEPT = QR_SECONDS + CLAIMED_SECONDS + 300  # a late comer still hears "expired"
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 §6.1: no vowels, so no words
LENGTH = 8  # 20^8 for a minute, tried by signed-in residents only, and paced
_DIGITS = 4
_LONGEST = 128  # characters of a code or id; ours have 43


@dataclass(frozen=True)
class Shown:
    """What a kiosk began. ``visit``: the id its session will have; ``until``: Unix time of the
    QR code's end.
    """

    visit: str
    client: str
    key: str
    service: str
    until: float


@dataclass(frozen=True)
class Claim:
    """Whose telephone scanned it, and until when (Unix time) it may be finished."""

    resident: str
    session: str
    until: float


@dataclass(frozen=True, repr=False)
class Decision:
    """What they answered, and how well they were proven as they did. ``number``: to be typed."""

    allowed: bool
    number: str = ""
    acr: str = ""
    amr: str = ""
    auth_time: float = 0.0

    def __repr__(self) -> str:
        return f"Decision({self.allowed})"


@dataclass(frozen=True)
class Codes:
    """For the kiosk: the secret it polls with, and the code in the QR."""

    device: str = field(repr=False)
    user: str = field(repr=False)


@dataclass(frozen=True, repr=False)
class Handoff:
    """One hand-off as far as it is. ``id`` names it to its telephone, ``place`` in Valkey."""

    place: str
    shown: Shown
    claim: Claim | None = None
    decision: Decision | None = None
    id: str = ""

    @property
    def over(self) -> bool:
        return self.until < time.time()

    @property
    def until(self) -> float:
        """Unix time of its end."""
        return self.claim.until if self.claim else self.shown.until

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)

    @property
    def visit(self) -> UUID:
        return UUID(self.shown.visit)

    def __repr__(self) -> str:
        return f"Handoff({self.shown.visit})"


class Waiting:
    def __init__(self, cache: Redis, vault: Vault):
        self._cache = cache
        self._vault = vault

    async def show(self, client: str, key: str, service: str) -> Codes:
        """Begin: a device code of 256 bits and a user code for a minute."""
        user = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        codes = Codes(secrets.token_urlsafe(32), user)
        shown = Shown(str(uuid4()), client, key, service, time.time() + QR_SECONDS)
        place = _digest(codes.device)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.set(_at(place, "shown"), self._seal(place, "shown", shown), ex=_KEPT)
                pipe.set(self._user_place(user), self._sealed_place(place), ex=QR_SECONDS)
                await pipe.execute()
        return codes

    async def claim(self, user_code: str, resident: UUID, session: UUID) -> Handoff:
        """The hand-off behind a scanned code, for this telephone alone. Raises HandoffUnknown."""
        with reaching_cache():
            sealed = await self._cache.getdel(self._user_place(plain(user_code)))
        place = self._opened_place(sealed)
        found = await self._read(place)
        if found is None or found.over:
            raise HandoffUnknown()
        claim = Claim(str(resident), str(session), time.time() + CLAIMED_SECONDS)
        id = secrets.token_urlsafe(24)
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.set(_at(place, "claim"), self._seal(place, "claim", claim), ex=_KEPT)
                pipe.set(_id_place(id), self._sealed_place(place), ex=_KEPT)
                await pipe.execute()
        return Handoff(place, found.shown, claim, None, id)

    async def of_telephone(self, id: str, resident: UUID, session: UUID) -> Handoff:
        """The hand-off this telephone claimed. Raises HandoffUnknown, also for any other's."""
        with reaching_cache():
            sealed = await self._cache.get(_id_place(id))
        found = await self._read(self._opened_place(sealed))
        if found is None or found.claim is None or found.over:
            raise HandoffUnknown()
        if (found.claim.resident, found.claim.session) != (str(resident), str(session)):
            raise HandoffUnknown("claimed by another telephone")
        return Handoff(found.place, found.shown, found.claim, found.decision, id)

    async def decide(self, handoff: Handoff, decision: Decision) -> None:
        """One answer only. Raises HandoffAnswered."""
        sealed = self._seal(handoff.place, "decision", decision)
        with reaching_cache():
            new = await self._cache.set(_at(handoff.place, "decision"), sealed, nx=True, ex=_KEPT)
        if not new:
            raise HandoffAnswered()

    async def of_kiosk(self, device_code: str) -> Handoff | None:
        """The hand-off behind a device code, however far and however old; None if there is none."""
        return await self._read(_digest(device_code))

    async def too_soon(self, handoff: Handoff) -> bool:
        """Whether this poll came before its time; then the next has to wait longer."""
        pace, slow = _at(handoff.place, "pace"), _at(handoff.place, "slow")
        with reaching_cache():
            added = int(await self._cache.get(slow) or 0)
            wait = int(1000 * (INTERVAL + added)) - 100  # a clock and a network are never exact
            if await self._cache.set(pace, b"", nx=True, px=wait):
                return False
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.incrby(slow, SLOWER)
                pipe.expire(slow, _KEPT)
                await pipe.execute()
        return True

    async def tried(self, handoff: Handoff) -> int:
        """Count a number before it is compared: many at once are not judged on one count. How
        many tries are left after this one; below zero it must not be compared any more.
        """
        tries = _at(handoff.place, "tries")
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.incr(tries)
                pipe.expire(tries, _KEPT)
                count, _ = await pipe.execute()
        return TRIES - int(count)

    async def dead(self, handoff: Handoff) -> bool:
        """Whether its tries are spent."""
        with reaching_cache():
            return int(await self._cache.get(_at(handoff.place, "tries")) or 0) >= TRIES

    async def use(self, handoff: Handoff) -> bool:
        """True once."""
        with reaching_cache():
            return bool(await self._cache.set(_at(handoff.place, "used"), b"", nx=True, ex=_KEPT))

    async def give_back(self, handoff: Handoff) -> None:
        """It was not used after all: something of ours was away."""
        with reaching_cache():
            await self._cache.delete(_at(handoff.place, "used"))

    async def _read(self, place: str) -> Handoff | None:
        with reaching_cache():
            found = await self._cache.mget([_at(place, part) for part in _PARTS])
        shown, claim, decision = (
            self._opened(place, part, sealed) for part, sealed in zip(_PARTS, found, strict=True)
        )
        if shown is None:
            return None
        return Handoff(
            place,
            Shown(**shown),
            Claim(**claim) if claim else None,
            Decision(**decision) if decision else None,
        )

    def _seal(self, place: str, part: str, value: Shown | Claim | Decision) -> bytes:
        return self._vault.seal(json.dumps(asdict(value)).encode(), _at(place, part))

    def _opened(self, place: str, part: str, sealed: Any) -> Mapping[str, Any] | None:
        if not isinstance(sealed, bytes):
            return None
        try:
            made: Mapping[str, Any] = json.loads(self._vault.open(sealed, _at(place, part)))
        except NotOpened:
            return None
        return made

    def _sealed_place(self, place: str) -> bytes:
        return self._vault.seal(place.encode(), "handoff-place")

    def _opened_place(self, sealed: Any) -> str:
        if not isinstance(sealed, bytes):
            raise HandoffUnknown()
        try:
            return self._vault.open(sealed, "handoff-place").decode()
        except NotOpened:
            raise HandoffUnknown() from None

    def _user_place(self, user_code: str) -> str:
        """Keyed: a code this short could be guessed from a plain digest."""
        return f"handoff-code:{self._vault.anchor('handoff-code', user_code)}"


_PARTS = ("shown", "claim", "decision")


def draw_number() -> str:
    """What the telephone shows and the visitor types: four digits, tried three times at most."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def plain(typed: str) -> str:
    """A user code however it was typed (RFC 8628 §6.1)."""
    return "".join(letter for letter in typed.upper() if letter in LETTERS)[: LENGTH + 1]


def grouped(user_code: str) -> str:
    """As people read it: two groups of four."""
    return f"{user_code[:4]}-{user_code[4:]}"


def _at(place: str, part: str) -> str:
    return f"handoff:{place}:{part}"


def _id_place(id: str) -> str:
    return f"handoff-id:{_digest(id)}"


def _digest(word: str) -> str:
    return hashlib.sha256(word[:_LONGEST].encode()).hexdigest()
