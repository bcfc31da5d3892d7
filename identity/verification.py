"""THE story: name, ID number and a live face become a resident and a session.

    pace and budgets → challenge → faces: image, quality, liveness → register → match
    → one transaction: resident, consent, session, audit → token

An unknown person, another name and another face get one answer after the same work; which of
them it was goes to the private log. Only a judged mismatch spends a try.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.errors import Problem
from config.texts import DEFAULT_LOCALE
from identity import consent, id_card
from identity.attempts import Attempt, Attempts
from identity.audit import record
from identity.caller import NOBODY, OWN_APP, Caller, CallerKind
from identity.challenges import Challenges, ReplayGuard
from identity.errors import (
    AnotherResident,
    CaptureReplayed,
    ChallengeForeign,
    IdentityNotMatched,
    TryBudgetSpent,
)
from identity.faces.client import Capture, Faces, Frame
from identity.models import Resident
from identity.person import IdNumber, Person, Photo
from identity.register import Register, Verdict
from identity.residents import Residents, ResidentView, masked
from identity.sessions import Opened, Sessions
from identity.tokens import AccessToken, Tokens
from identity.vault import Vault

LEVEL = 4  # a live face matched against the register (CONTRACTS: proofing)
AMR = ("face",)  # RFC 8176 §2
_TELLING = (TryBudgetSpent, ChallengeForeign, CaptureReplayed, AnotherResident)
log = logs.get("verification")


@dataclass(frozen=True, repr=False)
class Claim:
    """Who somebody says they are, and what they show for it. ``caller``: whose token came along."""

    name: str
    number: str
    document_type: str
    challenge: str
    device: str
    device_name: str
    frames: Sequence[Frame]
    consent_purpose: str
    consent_version: str
    address: str
    locale: str = DEFAULT_LOCALE
    channel: str = "web"
    caller: Caller = NOBODY

    def __repr__(self) -> str:
        return f"Claim({len(self.frames)} frames)"


@dataclass(frozen=True)
class Verified:
    """The resident as they may see themselves, and the session's tokens."""

    resident: ResidentView
    access: AccessToken
    refresh_token: str
    acr: str

    def __repr__(self) -> str:
        return f"Verified({self.resident.id})"


@dataclass(frozen=True, repr=False)
class _Asked:
    """A claim after its form was judged: canonical name and number, and whose they are here."""

    claim: Claim
    name: str
    number: IdNumber
    resident: UUID | None


@dataclass(frozen=True)
class Verification:
    """The parts the story needs, put together in ``api/wiring``."""

    attempts: Attempts
    challenges: Challenges
    replays: ReplayGuard
    faces: Faces
    register: Register
    residents: Residents
    sessions: Sessions
    tokens: Tokens
    vault: Vault

    async def verify(self, claim: Claim) -> Verified:
        """A resident proofed at level 4, with a session.

        Raises the leaves of identity.errors and identity.faces.errors. What is refused as an
        attack is recorded, in a transaction of its own, before it is raised.
        """
        with reaching_database():
            asked = await self._read(claim)
            try:
                opened, resident = await self._judged(asked)
            except _TELLING as problem:
                await _record_refusal(asked, problem)
                raise
            access = await self.tokens.issue(opened.session)
        person = Person(UUID(str(resident.id)), asked.name, asked.number)
        view = masked(resident, person)
        return Verified(view, access, opened.refresh_token, opened.session.acr)

    async def _read(self, claim: Claim) -> _Asked:
        """What can be judged before anybody is asked. A badly formed claim is paced too."""
        await self.attempts.pace(claim.address)
        consent.check(claim.consent_purpose, claim.consent_version)
        number = id_card.parse(claim.document_type, claim.number)
        name = id_card.name(claim.name)
        return _Asked(claim, name, number, await self.residents.find(number))

    async def _judged(self, asked: _Asked) -> tuple[Opened, Resident]:
        claim = asked.claim
        async with self.attempts.reserved(asked.number, claim.device, asked.resident) as attempt:
            prompts = await self.challenges.redeem(claim.challenge, claim.device)
            capture = await self.faces.inspect(claim.frames, prompts)
            await self.replays.admit([frame.image for frame in claim.frames])
            verdict = await self._match(asked, capture)
            if verdict is not Verdict.MATCH:
                await _spend(asked, attempt)
                raise IdentityNotMatched(cause=verdict)
            if claim.caller.resident not in (None, asked.resident):
                raise AnotherResident()
            return await self._admit(asked)

    async def _match(self, asked: _Asked, capture: Capture) -> Verdict:
        """The register's word and the face's. Without a portrait a decoy costs the same time."""
        began = monotonic()
        if self.register.remote:
            photo = Photo(_frontal(asked.claim.frames).image)
            verdict = (await self.register.compare(asked.name, asked.number, photo)).verdict
        else:
            answer = await self.register.portrait(asked.name, asked.number)
            reference = answer.portrait.jpeg if answer.portrait else None
            same = await self.faces.match(capture, reference)
            verdict = answer.verdict
            if verdict is Verdict.MATCH and not same:
                verdict = Verdict.FACE_DIFFERS
        log.info("judged", verdict=verdict, ms=round((monotonic() - began) * 1000))
        return verdict

    async def _admit(self, asked: _Asked) -> tuple[Opened, Resident]:
        """Everything a verification changes, or nothing of it. No network in here."""
        claim = asked.claim
        async with in_transaction() as connection:
            resident = await self.residents.admit(connection, asked.number, asked.name, LEVEL)
            whose = UUID(str(resident.id))
            await consent.give(
                connection,
                whose,
                claim.consent_purpose,
                locale=claim.locale,
                channel=claim.channel,
            )
            opened = await self._open(connection, whose, claim)
            await record(
                connection,
                event="identity:verified",
                resident=whose,
                caller=_as_resident(opened),
                purpose=claim.consent_purpose,
            )
        return opened, resident

    async def _open(self, connection: BaseDBAsyncClient, resident: UUID, claim: Claim) -> Opened:
        """A new session; or, when a token came along, its own session raised."""
        if claim.caller.session:
            return await self.sessions.raise_level(
                connection, claim.caller.session, acr=str(LEVEL), amr=AMR
            )
        return await self.sessions.open(
            connection,
            resident,
            device=self.vault.digest("device", claim.device),
            device_name=claim.device_name,
            acr=str(LEVEL),
            amr=AMR,
        )


async def _spend(asked: _Asked, attempt: Attempt) -> None:
    """A judged mismatch: the try and its record are kept together, whatever is raised after."""
    async with in_transaction() as connection:
        await attempt.spend(connection)
        await _record(connection, asked, IdentityNotMatched.code)


async def _record_refusal(asked: _Asked, problem: Problem) -> None:
    async with in_transaction() as connection:
        await _record(connection, asked, problem.code)


async def _record(connection: BaseDBAsyncClient, asked: _Asked, code: str) -> None:
    """The resident whose number it was will see that somebody tried."""
    await record(
        connection,
        event="identity:refused",
        resident=asked.resident,
        caller=asked.claim.caller,
        purpose=asked.claim.consent_purpose,
        outcome=code,
    )


def _as_resident(opened: Opened) -> Caller:
    resident = UUID(str(opened.session.resident_id))
    session = UUID(str(opened.session.id))
    return Caller(CallerKind.RESIDENT, resident, str(resident), OWN_APP, session)


def _frontal(frames: Sequence[Frame]) -> Frame:
    """A frame that was judged to look at the camera goes to a register that matches itself."""
    return next(frame for frame in frames if frame.prompt == "front")
