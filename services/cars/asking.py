"""A stranger before a car: what the code leads to, a message to the owner, a relayed call.

Nobody signs in. What a stranger says is chosen from a list, never typed: no threat, no number and
no link reaches an owner. They follow their request by a secret of its own, and see the answer.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import enqueue
from identity.phones import phone_of
from identity.vault import Vault
from identity.wrong_codes import WrongCodes
from services.cars import codes, limits, plates, rows
from services.cars.errors import (
    CarCallNotOffered,
    CarCodeUnknown,
    CarRequestMissing,
    VoiceUnavailable,
)
from services.cars.voice import Relay, Voice
from services.models import Car, CarRequest

Reason = Literal[
    "in-the-way", "blocks-exit", "fire-lane", "lights-on", "window-open", "hit", "towing",
    "code-elsewhere",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
MESSAGE, CALL = limits.MESSAGE, limits.CALL
CHECK = "check-car"
FRESH = timedelta(hours=1)  # an older look at the office is renewed when somebody scans
_SECRET_BYTES = 16


@dataclass(frozen=True)
class Seen:
    """What a code leads to. ``plate`` is masked; ``call``: whether a call can be relayed."""

    plate: str
    call: bool


@dataclass(frozen=True)
class Asked:
    """``secret``: what the stranger follows the request by; nobody else has it."""

    secret: str = field(repr=False)


@dataclass(frozen=True)
class Called(Asked):
    relay: Relay


@dataclass(frozen=True)
class Followed:
    """``answer``: the owner's, a code; empty while there is none."""

    kind: str
    reason: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Asking:
    vault: Vault
    voice: Voice
    wrong: WrongCodes

    async def look(self, code: str, address: str) -> Seen:
        """Raises CarCodeUnknown, TooManyFromAddress or CacheUnavailable."""
        car = await self._found(code, address)
        owner = UUID(str(car.resident_id))
        reachable = car.calls and self.voice.offered and await phone_of(self.vault, owner)
        return Seen(plates.masked(rows.plate_of(car, self.vault)), bool(reachable))

    async def message(self, code: str, reason: Reason, address: str) -> Asked:
        """Tell the owner, by SMS, WeChat or in their inbox.

        Raises CarCodeUnknown, MoveCarTooSoon, MoveCarTooOften, TooManyFromAddress.
        """
        asked, _ = await self._ask(code, MESSAGE, reason, address)
        return asked

    async def call(self, code: str, reason: Reason, address: str) -> Called:
        """A number and an extension that ring at the owner's, who is told of the call before: once
        the gateway has given them, so that nobody is told of a call that cannot come.

        Raises as ``message`` does, CarCallNotOffered, and VoiceUnavailable: then it counts nothing.
        """
        car = await self._found(code, address)
        phone = await phone_of(self.vault, UUID(str(car.resident_id)))
        if not (car.calls and self.voice.offered and phone):
            raise CarCallNotOffered()
        asked, row = await self._ask(code, CALL, reason, address)
        try:
            relay = await self.voice.relay_to(phone, str(row.id))
        except VoiceUnavailable:
            await CarRequest.filter(id=row.id).update(failed=True)
            raise
        with reaching_database():
            async with in_transaction() as connection:
                await _told(connection, car, row)
        return Called(asked.secret, relay)

    async def follow(self, secret: str, address: str) -> Followed:
        """Raises CarRequestMissing, TooManyFromAddress or CacheUnavailable."""
        await self.wrong.count(address)
        known = codes.secret_digests(self.vault, secret)
        row = await CarRequest.get_or_none(secret__in=known)
        if row is None:
            raise CarRequestMissing()
        await self.wrong.forgive(address)
        return Followed(row.kind, row.reason, row.created_at, row.answer, row.answered_at)

    async def _found(self, code: str, address: str) -> Car:
        """The living car of this code; a wrong one counts against the network it came from."""
        await self.wrong.count(address)
        known = codes.code_digests(self.vault, code)
        row = await Car.get_or_none(code__in=known, state=rows.LIVING) if known else None
        if row is None:
            raise CarCodeUnknown()
        await self.wrong.forgive(address)
        return row

    async def _ask(
        self, code: str, kind: str, reason: Reason, address: str
    ) -> tuple[Asked, CarRequest]:
        found, secret = await self._found(code, address), secrets.token_urlsafe(_SECRET_BYTES)
        with reaching_database():
            async with in_transaction() as connection:
                car = await _still(connection, found)
                await limits.check(connection, self.vault, car, kind, address)
                row = self._row(car, kind, reason, secret)
                row.caller = limits.caller_digest(self.vault, address)
                await row.save(using_db=connection, force_create=True)
                if kind == MESSAGE:
                    await _told(connection, car, row)
                await _looked_after(connection, car)
        return Asked(secret), row

    def _row(self, car: Car, kind: str, reason: Reason, secret: str) -> CarRequest:
        return CarRequest(
            id=uuid4(),
            car_id=car.id,
            kind=kind,
            reason=reason,
            secret=codes.secret_digest(self.vault, secret),
            created_at=datetime.now(UTC),
        )


_AUDITED = {MESSAGE: "asked-for", CALL: "called-for"}


async def _told(connection: BaseDBAsyncClient, car: Car, row: CarRequest) -> None:
    """The owner hears of it."""
    await rows.audited(connection, car, f"car:{_AUDITED[row.kind]}")
    facts = {"reason": rows.in_words(f"car.reason.{row.reason}")}
    await rows.tell(connection, car, f"car-{row.kind}", facts)


async def _looked_after(connection: BaseDBAsyncClient, car: Car) -> None:
    """Have the office asked whose it is, unless it is to be already. The car is locked."""
    now = datetime.now(UTC)
    if car.checked_at > now - FRESH or rows.is_asked_about(car):
        return
    car.asked_at = now
    await car.save(using_db=connection, update_fields=["asked_at"])
    await enqueue(connection, CHECK, {"car": str(car.id)})


async def _still(connection: BaseDBAsyncClient, found: Car) -> Car:
    """The row, locked; its code may have been renewed a moment ago. Raises CarCodeUnknown."""
    rows_found = Car.filter(id=found.id, code=found.code, state=rows.LIVING)
    row = await rows_found.using_db(connection).select_for_update().first()
    if row is None:
        raise CarCodeUnknown()
    return row
