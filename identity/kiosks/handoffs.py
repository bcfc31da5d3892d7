"""The telephone's side of a hand-off: what is asked, where and by which kiosk; yes or no.

The number that a yes shows is typed at the kiosk: whoever was sent somebody else's QR code from
afar is asked for a number that only helps at a kiosk they stand before (RFC 10027).
"""

from dataclasses import dataclass, field
from uuid import UUID

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from config.cache import reaching_cache
from config.database import reaching_database
from config.errors import Fact
from identity import release
from identity.audit import record
from identity.caller import Caller
from identity.errors import SignInNeeded, StepUpNeeded
from identity.kiosks.errors import HandoffsTooMany, HandoffUnknown, KioskMissing
from identity.kiosks.offers import Offer, Offers
from identity.kiosks.terminals import Terminal, Terminals
from identity.kiosks.waiting import Decision, Handoff, Waiting, draw_number
from identity.vault import Vault

CODES_A_MINUTE = 10  # a resident may mistype; nobody types faster
_MINUTE = 60
StepUp = dict[str, Fact]


@dataclass(frozen=True)
class Asked:
    """What the telephone shows. ``step_up``: the facts of a step-up that a yes needs first."""

    handoff: Handoff
    terminal: Terminal
    offer: Offer
    step_up: StepUp | None


@dataclass(frozen=True)
class Answered:
    """``number``: to be typed at the kiosk; None after a refusal."""

    number: str | None = field(repr=False)


@dataclass(frozen=True)
class Handoffs:
    """The parts the story needs, put together in ``api/parts``."""

    cache: Redis
    vault: Vault
    waiting: Waiting
    terminals: Terminals
    offers: Offers

    async def claim(self, caller: Caller, user_code: str) -> Asked:
        """Scan a kiosk's code, the first and only time. Raises HandoffUnknown, HandoffsTooMany."""
        resident, session = _who(caller)
        await self._pace(resident)
        return await self._asked(caller, await self.waiting.claim(user_code, resident, session))

    async def show(self, caller: Caller, id: str) -> Asked:
        """What this telephone claimed, again: after a step-up, say. Raises HandoffUnknown."""
        resident, session = _who(caller)
        return await self._asked(caller, await self.waiting.of_telephone(id, resident, session))

    async def allow(self, caller: Caller, id: str) -> Answered:
        """Yes: the number to type. Raises HandoffUnknown, HandoffAnswered or StepUpNeeded."""
        asked = await self.show(caller, id)
        _check_level(caller, asked.offer)
        assert caller.auth_time is not None  # the level has refused everybody else
        decision = Decision(
            True, draw_number(), caller.acr, " ".join(caller.amr), caller.auth_time.timestamp()
        )
        await self._decide(caller, asked, decision, "handoff:given")
        return Answered(decision.number)

    async def refuse(self, caller: Caller, id: str) -> Answered:
        """No, as easily as yes. Raises HandoffUnknown or HandoffAnswered."""
        asked = await self.show(caller, id)
        await self._decide(caller, asked, Decision(False), "handoff:refused")
        return Answered(None)

    async def _decide(self, caller: Caller, asked: Asked, decision: Decision, event: str) -> None:
        """The record before the number: a yes that nobody could look up afterwards opens nothing,
        because its number was never shown.
        """
        await self.waiting.decide(asked.handoff, decision)
        with reaching_database():
            async with in_transaction() as connection:
                await record(
                    connection,
                    event=event,
                    resident=caller.resident,
                    caller=caller,
                    purpose=asked.offer.purpose,
                    service=asked.offer.id,
                )

    async def _asked(self, caller: Caller, handoff: Handoff) -> Asked:
        try:
            terminal = await self.terminals.named(handoff.shown.client)
        except KioskMissing:
            raise HandoffUnknown("its kiosk is suspended") from None
        offer = self.offers.of(handoff.shown.service, terminal.region)
        return Asked(handoff, terminal, offer, _step_up(caller, offer))

    async def _pace(self, resident: UUID) -> None:
        place = f"handoffs:{self.vault.anchor('handoffs', str(resident))}"
        with reaching_cache():
            async with self.cache.pipeline(transaction=True) as pipe:
                pipe.incr(place)
                pipe.expire(place, _MINUTE, nx=True)
                count, _ = await pipe.execute()
        if count > CODES_A_MINUTE:
            raise HandoffsTooMany(retry_after=_MINUTE)


def _who(caller: Caller) -> tuple[UUID, UUID]:
    if caller.resident is None or caller.session is None:
        raise SignInNeeded()
    return caller.resident, caller.session


def _check_level(caller: Caller, offer: Offer) -> None:
    release.permit(caller, scope=offer.scope, level=offer.level, max_age=offer.max_age)


def _step_up(caller: Caller, offer: Offer) -> StepUp | None:
    try:
        _check_level(caller, offer)
    except StepUpNeeded as needed:
        return needed.facts
    return None
