"""THE way by an outside identity: begun here, confirmed there, finished in the same browser.

    begin → the provider's page → receive → complete: code → ID token → admission

Only a result comes back. The provider is told, server to server, a digest of name and number
under a fresh salt; that digest is as good as the number and is neither kept nor logged.
A match is never refused for a spent budget: strangers may fail as often as they like, the owner
of an identity gets in by it.
"""

import hashlib
import hmac
import secrets
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from redis.asyncio import Redis
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.errors import Unavailable
from config.settings import Settings
from identity import consent, guardians, named, refusals
from identity.admission import Admission, Admitted, Arrival, Proven, Verified
from identity.attempts import Attempts
from identity.audit import record
from identity.consent import NETWORK
from identity.errors import IdentityNotMatched, ResidentMissing
from identity.named import Named, Typed
from identity.outside.errors import (
    OutsideAnswerRefused,
    OutsideLoginForeign,
    OutsideLoginRefused,
    OutsideLoginUnknown,
    OutsideLoginWaiting,
    OutsideUnlinked,
)
from identity.outside.id_token import Said
from identity.outside.links import Links
from identity.outside.provider import Provider, Request
from identity.pending import Kept, Pending, Ticket, digest
from identity.ways import NETWORK_IDENTITY as WAY

_TELLING = (OutsideAnswerRefused, *refusals.TELLING)
log = logs.get("outside")


@dataclass(frozen=True, repr=False)
class Wanted:
    """Who somebody says they are. With no name and number they come by a link made before."""

    typed: Typed
    consent_version: str

    @property
    def linked(self) -> bool:
        return not (self.typed.name or self.typed.number)

    def __repr__(self) -> str:
        return "Wanted(…)"


@dataclass(frozen=True)
class Begun:
    """``url`` is where the browser goes; it holds nothing of the person."""

    ticket: Ticket
    url: str = field(repr=False)


@dataclass(frozen=True, repr=False)
class Back:
    """What the browser brought back from the provider (RFC 6749 §4.1.2, RFC 9207)."""

    state: str
    issuer: str
    code: str
    error: str


@dataclass(frozen=True)
class OutsideLogins:
    """The parts the story needs, put together in ``api/wiring``."""

    attempts: Attempts
    admission: Admission
    provider: Provider
    links: Links
    logins: Pending
    answers: Pending
    level: str

    @classmethod
    def opened(
        cls, settings: Settings, provider: Provider, cache: Redis, *, attempts: Attempts,
        admission: Admission,
    ) -> "OutsideLogins":  # fmt: skip
        vault = admission.vault
        words = OutsideLoginUnknown, OutsideLoginForeign
        return cls(
            attempts=attempts,
            admission=admission,
            provider=provider,
            links=Links(vault, provider.issuer),
            logins=Pending(cache, vault, "outside-login", *words),
            answers=Pending(cache, vault, "outside-answer", *words),
            level=settings.outside_acr,
        )

    async def begin(self, wanted: Wanted, arrival: Arrival, browser: str) -> Begun:
        """Hand the request to the provider. ``browser``: a random word that its cookie holds.

        Raises the leaves of ``named.read``, ConsentMissing, TooManyFromAddress, OutsideUnavailable.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            consent.check(arrival.purpose, wanted.consent_version, NETWORK)
            who = None if wanted.linked else await named.read(wanted.typed, self.admission.vault)
            ticket = Ticket.draw()
            request = Request.draw(ticket.id)
            url = await self.provider.push(request, arrival.locale, _compared(who))
            facts = (who.facts if who else {}) | vars(request)
            facts |= {
                "browser": digest(browser),
                "consent": wanted.consent_version,
                "guardian": wanted.typed.guardian_code,
                "lift": "yes" if arrival.lift_freeze else "",
            }
            await self.logins.keep(ticket, facts, arrival)
            return Begun(ticket, url)

    async def receive(self, back: Back, browser: str) -> str:
        """The id of the login whose answer this is; the answer waits for ``complete``.

        Raises OutsideLoginUnknown, OutsideLoginForeign (another browser: somebody was lured
        here, or lured the one who is) or OutsideAnswerRefused (another issuer: a mix-up).
        """
        login = await self.logins.find(back.state.partition(".")[0])
        if not hmac.compare_digest(login.facts["state"].encode(), back.state.encode()):
            raise OutsideLoginUnknown("another state")
        if not hmac.compare_digest(login.facts["browser"], digest(browser)):
            raise OutsideLoginForeign()
        if back.issuer != self.provider.issuer or bool(back.code) == bool(back.error):
            raise OutsideAnswerRefused("another issuer, or neither code nor error")
        answer = {"code": back.code}
        await self.answers.put_back(replace(login, facts=answer), once=True)
        return login.id

    async def complete(self, name: str, secret: str, arrival: Arrival) -> Verified:
        """Tokens, for the device that began and once.

        Raises the leaves of identity.outside.errors, IdentityNotMatched, AnotherResident,
        TryBudgetSpent. When the provider is away the login waits on, and no try is spent.
        """
        with reaching_database():
            await self.attempts.pace(arrival.address)
            login = await self.logins.owned(name, secret, arrival)
            code = await self._code(name)
            await self.logins.take(login)
            try:
                admitted = await self._judged(login, code, arrival)
            except Unavailable:
                await self.logins.put_back(login)
                raise
            return await self.admission.welcome(admitted)

    async def _code(self, name: str) -> str:
        """What the browser brought; empty when the resident refused."""
        try:
            return (await self.answers.find(name)).facts["code"]
        except OutsideLoginUnknown:
            raise OutsideLoginWaiting() from None

    async def _judged(self, login: Kept, code: str, arrival: Arrival) -> Admitted:
        if not code:
            raise OutsideLoginRefused()
        consent.check(arrival.purpose, login.facts["consent"], NETWORK)
        arrival = replace(arrival, lift_freeze=bool(login.facts["lift"]))
        who = Named.of(login.facts)
        resident = await self.admission.residents.find(who.number) if who else None
        try:
            said = await self._asked(login.facts, code, who is not None)
            if who is None:
                return await self._linked(said, arrival, login.facts["guardian"])
            return await self._matched(who, said, arrival, resident)
        except _TELLING as problem:
            await refusals.note(resident, arrival, problem.code)
            raise

    async def _asked(self, facts: Mapping[str, str], code: str, matching: bool) -> Said:
        began = time.monotonic()
        said = await self.provider.redeem(code, facts["verifier"], facts["nonce"], matching)
        ms = round((time.monotonic() - began) * 1000)
        log.info("judged", matched=str(said.matched), high=said.acr == self.level, ms=ms)
        return said

    async def _matched(
        self, who: Named, said: Said, arrival: Arrival, resident: UUID | None
    ) -> Admitted:
        if not said.matched or said.acr != self.level:
            cause = "level" if said.matched else "another-person"
            await self._spend(who, arrival, resident)
            raise IdentityNotMatched(cause=cause)
        return await self._admit(Proven(who.name, who.number, WAY.level, WAY.amr), said, arrival)

    async def _spend(self, who: Named, arrival: Arrival, resident: UUID | None) -> None:
        """Raises TryBudgetSpent or TryTooSoon when there is none to spend."""
        budget = self.attempts.reserved(
            who.number, arrival.device, resident, arrival.address, way=WAY
        )
        async with budget as attempt:
            await refusals.spend(attempt, resident, arrival)

    async def _linked(self, said: Said, arrival: Arrival, code: str) -> Admitted:
        if said.acr != self.level:
            raise IdentityNotMatched(cause="level")
        resident = await self.links.find(said.subject)
        if resident is None:
            raise OutsideUnlinked()
        try:
            person = await self.admission.residents.reveal(resident)
        except ResidentMissing:
            raise OutsideUnlinked("closed") from None
        await guardians.check(self.admission.vault, person.number, code)
        return await self._admit(
            Proven(person.name, person.number, WAY.level, WAY.amr), said, arrival
        )

    async def _admit(self, proven: Proven, said: Said, arrival: Arrival) -> Admitted:
        async with in_transaction() as connection:
            admitted = await self.admission.admit(connection, proven, arrival)
            resident = UUID(str(admitted.resident.id))
            if await self.links.make(connection, said.subject, resident):
                await record(
                    connection,
                    event="identity:linked",
                    resident=resident,
                    caller=arrival.caller,
                    purpose=NETWORK,
                )
        return admitted


def identity_digest(salt: bytes, name: str, number: str) -> str:
    """HMAC-SHA256 (64 hex) under a salt of this request, over name in NFC, line feed, number.

    As secret as the number, because numbers can be guessed: for the provider's ears only.
    """
    text = f"{unicodedata.normalize('NFC', name)}\n{number}"
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def _compared(who: Named | None) -> dict[str, str]:
    """What the provider compares with its own: made, sent, forgotten."""
    if who is None:
        return {}
    salt = secrets.token_bytes(32)
    made = identity_digest(salt, who.name, who.number.value)
    return {"identity_digest": made, "identity_salt": salt.hex()}
