"""Being known by a bank card: name, number, card and telephone, and a code sent to the telephone.

An office of the banks judges. The card and the telephone go to it and nowhere else: neither is
kept here, not even sealed. It proves less than a face or a window: level 3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from config import logs
from config.cache import reaching_cache
from config.database import reaching_database
from config.errors import Denied, Invalid, Throttled, Unavailable
from config.outbound import Outbound
from config.settings import Settings
from identity import consent, guardians, id_card, refusals
from identity.admission import Admission, Admitted, Arrival, Proven, Verified
from identity.attempts import Attempts
from identity.consent import BANK_CARD
from identity.errors import AnotherResident, IdentityNotMatched, TryBudgetSpent, TryTooSoon
from identity.pending import Kept, Pending, Ticket
from identity.person import IdNumber, mask
from identity.residents import Residents
from identity.signed_office import SignedOffice
from identity.vault import Vault
from identity.ways import BANK_CARD as WAY

OFFICE = "card-checker"
TRIES = 3
CODES_AN_HOUR = 5  # to one telephone, whoever asks: nobody's is rung all night
SECONDS = 6.0
_HOUR = 3600
_PHONE = re.compile(r"1[3-9][0-9]{9}")  # mainland mobile numbers
_CARD = re.compile(r"[0-9]{12,19}")  # ISO/IEC 7812-1
_FULL_WIDTH = {0xFF10 + digit: 0x30 + digit for digit in range(10)}
_TELLING = (TryBudgetSpent, TryTooSoon, AnotherResident)
log = logs.get("cards")


class CardNumberInvalid(Invalid):
    code = "card-number-invalid"


class CardPhoneInvalid(Invalid):
    code = "card-phone-invalid"


class CardCheckUnknown(Invalid):
    """Never begun, finished, too old, or lost: one answer for all."""

    code = "card-check-unknown"


class CardCheckForeign(Invalid):
    """Begun on another device."""

    code = "card-check-foreign"


class CardCodeWrong(Denied):
    """``left``: how often the code may still be typed."""

    code = "card-code-wrong"


class CardCodesTooMany(Throttled):
    """This telephone was sent enough codes for now."""

    code = "card-codes-too-many"


class CardOfficeUnavailable(Unavailable):
    code = "card-office-unavailable"


class Verdict(StrEnum):
    MATCH = "match"
    DIFFERS = "differs"
    WRONG_CODE = "wrong-code"
    EXPIRED = "expired"


@dataclass(frozen=True, repr=False)
class Wanted:
    """What somebody typed. Card and phone live for this request."""

    name: str
    number: str
    document_type: str
    card: str
    phone: str
    consent_version: str
    guardian_code: str = ""

    def __repr__(self) -> str:
        return "Wanted(…)"


@dataclass(frozen=True)
class Begun:
    """``phone`` is masked."""

    ticket: Ticket
    phone: str


class CardOffice:
    """The banks' office (CARD_OFFICE_URL), played by the sandbox outside production."""

    def __init__(self, outbound: Outbound, settings: Settings):
        given = settings.card_office_key.get_secret_value()
        root = settings.card_office_address
        key = given.encode() if given or not root else settings.sandbox_secret(OFFICE)
        self._offered = bool(root)
        self._office = SignedOffice(outbound, OFFICE, root, key, CardOfficeUnavailable)

    async def begin(self, name: str, number: IdNumber, card: str, phone: str) -> str:
        """Have a code sent; the office's name for this check. Raises CardOfficeUnavailable."""
        question = {"name": name, "number": number.value, "card": card, "phone": phone}
        check = (await self._ask("begin", question)).get("check")
        if not isinstance(check, str) or not check:
            raise CardOfficeUnavailable("names no check")
        return check

    async def judge(self, check: str, number: IdNumber, code: str) -> Verdict:
        """The office's word on a code. Raises CardOfficeUnavailable."""
        question = {"check": check, "number": number.value, "code": code}
        said = await self._ask("verdict", question)
        try:
            return Verdict(said.get("verdict", ""))
        except ValueError:
            raise CardOfficeUnavailable("no such verdict") from None

    async def _ask(self, what: str, question: Mapping[str, str]) -> dict[str, Any]:
        if not self._offered:
            raise CardOfficeUnavailable("no office is named")
        return await self._office.ask(what, question, SECONDS)


@dataclass(frozen=True)
class CardChecks:
    """The parts the story needs, put together in ``api/wiring``."""

    attempts: Attempts
    residents: Residents
    admission: Admission
    office: CardOffice
    checks: Pending
    cache: Redis
    vault: Vault

    @classmethod
    def opened(
        cls,
        settings: Settings,
        outbound: Outbound,
        cache: Redis,
        attempts: Attempts,
        admission: Admission,
    ) -> "CardChecks":
        vault = admission.vault
        return cls(
            attempts=attempts,
            residents=admission.residents,
            admission=admission,
            office=CardOffice(outbound, settings),
            checks=Pending(cache, vault, "card-check", CardCheckUnknown, CardCheckForeign),
            cache=cache,
            vault=vault,
        )

    async def begin(self, wanted: Wanted, arrival: Arrival) -> Begun:
        """Have a code sent to the telephone.

        Raises the leaves of the form, ConsentMissing, CardNumberInvalid, CardPhoneInvalid,
        TooManyFromAddress, CardCodesTooMany, CardOfficeUnavailable.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            consent.check(arrival.purpose, wanted.consent_version, BANK_CARD)
            number = id_card.parse(wanted.document_type, wanted.number)
            await guardians.check(self.vault, number, wanted.guardian_code)
            name = id_card.name(wanted.name)
            card, phone = _card(wanted.card), _phone(wanted.phone)
            await self._pace(phone)
            ticket = Ticket.draw()
            facts = {
                "name": name,
                "number": number.value,
                "kind": number.kind,
                "country": number.country,
                "check": await self.office.begin(name, number, card, phone),
                "consent": wanted.consent_version,
                "left": str(TRIES),
            }
            await self.checks.keep(ticket, facts, arrival)
            return Begun(ticket, mask(phone))

    async def complete(self, name: str, secret: str, code: str, arrival: Arrival) -> Verified:
        """Tokens at level 3, for the device that began and once.

        Raises CardCheckUnknown, CardCheckForeign, CardCodeWrong, IdentityNotMatched,
        AnotherResident, TryBudgetSpent; CardOfficeUnavailable, after which it may be sent again.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            check = await self.checks.owned(name, secret, arrival)
            await self.checks.take(check)
            try:
                admitted = await self._told(check, code, arrival)
            except Unavailable:
                await self.checks.put_back(check)
                raise
            return await self.admission.welcome(admitted)

    async def _told(self, check: Kept, code: str, arrival: Arrival) -> Admitted:
        consent.check(arrival.purpose, check.facts["consent"], BANK_CARD)
        facts = check.facts
        number = IdNumber(facts["number"], facts["kind"], facts["country"])
        resident = await self.residents.find(number)
        try:
            return await self._judged(check, number, code, arrival, resident)
        except _TELLING as problem:
            await refusals.note(resident, arrival, problem.code)
            raise

    async def _judged(
        self, check: Kept, number: IdNumber, code: str, arrival: Arrival, resident: UUID | None
    ) -> Admitted:
        budget = self.attempts.reserved(number, arrival.device, resident, arrival.address, way=WAY)
        async with budget as attempt:
            verdict = await self.office.judge(check.facts["check"], number, code)
            log.info("judged", verdict=verdict)
            if verdict is Verdict.WRONG_CODE:
                await self._count(check)
            if verdict is Verdict.EXPIRED:
                raise CardCheckUnknown("the office has forgotten it")
            if verdict is Verdict.DIFFERS:
                await refusals.spend(attempt, resident, arrival)
                raise IdentityNotMatched(cause=verdict)
            proven = Proven(check.facts["name"], number, WAY.level, WAY.amr)
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
        key = f"card-phone:{self.vault.digest('card-phone', phone)}"
        with reaching_cache():
            async with self.cache.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, _HOUR, nx=True)
                pipe.ttl(key)
                count, _, left = await pipe.execute()
        if count > CODES_AN_HOUR:
            raise CardCodesTooMany(retry_after=max(1, int(left)))


def luhn(digits: str) -> bool:
    """Whether the check digit at the end is right (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _card(given: str) -> str:
    plain = re.sub(r"[\s-]", "", given.translate(_FULL_WIDTH))
    if not _CARD.fullmatch(plain) or not luhn(plain):
        raise CardNumberInvalid()
    return plain


def _phone(given: str) -> str:
    plain = re.sub(r"[\s-]", "", given.translate(_FULL_WIDTH)).removeprefix("+86")
    if not _PHONE.fullmatch(plain):
        raise CardPhoneInvalid()
    return plain
