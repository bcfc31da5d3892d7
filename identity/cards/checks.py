"""THE way by a bank card: a code is sent to the telephone, comes back, and the office judges.

The card and the telephone go to the banks' office and nowhere else: neither is kept here, not
even sealed. It proves less than a face or a window: level 3.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from config import logs
from config.cache import reaching_cache
from config.database import reaching_database
from config.errors import Throttled, Unavailable
from identity import consent, named, refusals
from identity.admission import Admission, Admitted, Arrival, Proven, Verified
from identity.attempts import Attempts
from identity.cards import form
from identity.cards.errors import (
    CardCheckForeign,
    CardCheckUnknown,
    CardCodesTooMany,
    CardCodeWrong,
)
from identity.cards.office import CardOffice, Verdict
from identity.consent import BANK_CARD
from identity.errors import IdentityNotMatched
from identity.named import Named, Typed
from identity.pending import Kept, Pending, Ticket
from identity.person import mask
from identity.ways import BANK_CARD as WAY

TRIES = 3
CODES_AN_HOUR = 5  # to one telephone, whoever asks: nobody's is rung all night
_HOUR = 3600
log = logs.get("cards")


@dataclass(frozen=True, repr=False)
class Wanted:
    """What somebody typed. Card and phone live for this request."""

    typed: Typed
    card: str
    phone: str
    consent_version: str

    def __repr__(self) -> str:
        return "Wanted(…)"


@dataclass(frozen=True)
class Begun:
    """``phone`` is masked."""

    ticket: Ticket
    phone: str


@dataclass(frozen=True)
class CardChecks:
    """The parts the story needs, put together in ``api/wiring``."""

    attempts: Attempts
    admission: Admission
    office: CardOffice
    checks: Pending
    cache: Redis

    @classmethod
    def opened(
        cls, office: CardOffice, cache: Redis, attempts: Attempts, admission: Admission
    ) -> "CardChecks":
        words = CardCheckUnknown, CardCheckForeign
        checks = Pending(cache, admission.vault, "card-check", *words)
        return cls(attempts, admission, office, checks, cache)

    async def begin(self, wanted: Wanted, arrival: Arrival) -> Begun:
        """Have a code sent to the telephone.

        Raises the leaves of ``named.read``, ConsentMissing, CardNumberInvalid, CardPhoneInvalid,
        TooManyFromAddress, CardCodesTooMany, CardOfficeUnavailable.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            consent.check(arrival.purpose, wanted.consent_version, BANK_CARD)
            who = await named.read(wanted.typed, self.admission.vault)
            card, phone = form.card(wanted.card), form.phone(wanted.phone)
            await self._pace(phone)
            ticket = Ticket.draw()
            facts = who.facts | {
                "check": await self.office.begin(who.name, who.number, card, phone),
                "consent": wanted.consent_version,
                "left": str(TRIES),
            }
            await self.checks.keep(ticket, facts, arrival)
            return Begun(ticket, mask(phone))

    async def complete(self, name: str, secret: str, code: str, arrival: Arrival) -> Verified:
        """Tokens at level 3, for the device that began and once.

        Raises CardCheckUnknown, CardCheckForeign, CardCodeWrong, IdentityNotMatched, what an
        admission raises, TryBudgetSpent; CardOfficeUnavailable, after which it may be sent again.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            check = await self.checks.owned(name, secret, arrival)
            await self.checks.take(check)
            try:
                admitted = await self._told(check, code, arrival)
            except (Throttled, Unavailable):  # nothing was judged: the code is still good
                await self.checks.put_back(check)
                raise
            return await self.admission.welcome(admitted)

    async def _told(self, check: Kept, code: str, arrival: Arrival) -> Admitted:
        """Judged; what its resident ought to know of a refusal is kept for them."""
        consent.check(arrival.purpose, check.facts["consent"], BANK_CARD)
        who = Named.of(check.facts)
        if who is None:
            raise CardCheckUnknown("names nobody")
        resident = await self.admission.residents.find(who.number)
        try:
            return await self._judged(check, who, code, arrival, resident)
        except refusals.TELLING as problem:
            await refusals.note(resident, arrival, problem.code)
            raise

    async def _judged(
        self, check: Kept, who: Named, code: str, arrival: Arrival, resident: UUID | None
    ) -> Admitted:
        budget = self.attempts.reserved(
            who.number, arrival.device, resident, arrival.address, way=WAY
        )
        async with budget as attempt:
            verdict = await self.office.judge(check.facts["check"], who.number, code)
            log.info("judged", verdict=verdict)
            if verdict is Verdict.WRONG_CODE:
                await self._count(check)
            if verdict is Verdict.EXPIRED:
                raise CardCheckUnknown("the office has forgotten it")
            if verdict is Verdict.DIFFERS:
                await refusals.spend(attempt, resident, arrival)
                raise IdentityNotMatched(cause=verdict)
            proven = Proven(who.name, who.number, WAY.level, WAY.amr)
            async with in_transaction() as connection:
                return await self.admission.admit(connection, proven, arrival)

    async def _count(self, check: Kept) -> None:
        """Always raises CardCodeWrong; with tries left the check waits for the next code."""
        left = int(check.facts["left"]) - 1
        if left > 0:
            await self.checks.put_back(replace(check, facts={**check.facts, "left": str(left)}))
        raise CardCodeWrong(left=left)

    async def _pace(self, phone: str) -> None:
        """Count a code for this telephone, by a keyed digest that lapses within the hour."""
        key = f"card-phone:{self.admission.vault.anchor('card-phone', phone)}"
        with reaching_cache():
            async with self.cache.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, _HOUR, nx=True)
                pipe.ttl(key)
                count, _, left = await pipe.execute()
        if count > CODES_AN_HOUR:
            raise CardCodesTooMany(retry_after=max(1, int(left)))
