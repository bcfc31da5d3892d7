"""THE story: name, ID number and a live face become a resident and a session.

    pace and budgets → challenge → faces: image, quality, liveness → register → match
    → admission

An unknown person, another name and another face get one answer after the same work; which of
them it was goes to the private log. Only a judged mismatch spends a try.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from identity import consent, named, refusals, wechat_face
from identity.admission import Admission, Admitted, Arrival, Proven, Verified
from identity.attempts import Attempt, Attempts
from identity.challenges import Challenges, ReplayGuard
from identity.closing import DECEASED, close
from identity.errors import CaptureReplayed, ChallengeForeign, IdentityNotMatched
from identity.faces.client import Capture, Faces, Frame
from identity.named import Typed
from identity.person import IdNumber, Photo
from identity.register import Register, Verdict
from identity.residents import Residents
from identity.wechat import WechatFaceUnusable
from identity.wechat_face import WechatFace

LEVEL = 4  # a live face matched against the register (CONTRACTS: proofing)
AMR = ("face",)  # RFC 8176 §2
_TELLING = (ChallengeForeign, CaptureReplayed, WechatFaceUnusable, *refusals.TELLING)
log = logs.get("verification")


@dataclass(frozen=True, repr=False)
class Claim:
    """Who somebody says they are, and what they show for it: frames, or inside WeChat the result
    of its own face check in their place.
    """

    name: str
    number: str
    document_type: str
    challenge: str
    frames: Sequence[Frame]
    consent_version: str
    address: str
    arrival: Arrival
    guardian_code: str = ""
    wechat_verification: str = ""

    def __repr__(self) -> str:
        return f"Claim({len(self.frames)} frames)"


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
    admission: Admission
    wechat_face: WechatFace

    async def verify(self, claim: Claim) -> Verified:
        """A resident proofed at level 4, with a session of our own app. Raises as ``admitted``."""
        with reaching_database():
            return await self.admission.welcome(await self.admitted(claim))

    async def admitted(self, claim: Claim) -> Admitted:
        """A resident proofed at level 4, let in by whatever ``admission`` opens.

        Raises the leaves of identity.errors and identity.faces.errors. What is refused as an
        attack is recorded, in a transaction of its own, before it is raised.
        """
        with reaching_database():
            asked = await self._read(claim)
            try:
                return await self._judged(asked)
            except _TELLING as problem:
                await refusals.note(asked.resident, claim.arrival, problem.code)
                raise

    async def _read(self, claim: Claim) -> _Asked:
        """What can be judged before anybody is asked. A badly formed claim is paced too."""
        await self.attempts.pace(claim.address)
        consent.check(claim.arrival.purpose, claim.consent_version)
        typed = Typed(claim.name, claim.number, claim.document_type, claim.guardian_code)
        who = await named.read(typed, self.admission.vault)
        return _Asked(claim, who.name, who.number, await self.residents.find(who.number))

    async def _judged(self, asked: _Asked) -> Admitted:
        claim, device = asked.claim, asked.claim.arrival.device
        standing = self.attempts.reserved(asked.number, device, asked.resident, claim.address)
        async with standing as attempt:
            prompts = await self.challenges.redeem(claim.challenge, device)
            verdict = await self._face(asked, prompts)
            if verdict is not Verdict.MATCH:
                await self._spend(asked, attempt, verdict)
                raise IdentityNotMatched(cause=verdict)
            amr = wechat_face.AMR if claim.wechat_verification else AMR
            proven = Proven(asked.name, asked.number, LEVEL, amr)
            async with in_transaction() as connection:
                return await self.admission.admit(connection, proven, claim.arrival)

    async def _face(self, asked: _Asked, prompts: Sequence[str]) -> Verdict:
        """Frames are judged here; what WeChat judged is confirmed with it, and both are asked."""
        claim = asked.claim
        if not claim.wechat_verification:
            capture = await self.faces.inspect(claim.frames, prompts)
            await self.replays.admit([frame.image for frame in claim.frames])
            return await self._match(asked, capture)
        said = await self.register.name_and_number(asked.name, asked.number)
        seen = await self.wechat_face.judge(asked.name, asked.number, claim.wechat_verification)
        return seen if said is Verdict.MATCH else said

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

    async def _spend(self, asked: _Asked, attempt: Attempt, verdict: Verdict) -> None:
        """A judged mismatch: the try and its record are kept together, whatever is raised after.
        Of whom the register says that they died, nobody speaks here any more.
        """
        ended: Sequence[UUID] = ()
        async with in_transaction() as connection:
            await attempt.spend(connection)
            code = IdentityNotMatched.code
            await refusals.write(connection, asked.resident, asked.claim.arrival, code)
            if verdict is Verdict.DECEASED and asked.resident:
                sessions = self.admission.sessions
                ended = await close(connection, sessions, asked.resident, DECEASED)
        await self.admission.sessions.announce(ended)


def _frontal(frames: Sequence[Frame]) -> Frame:
    """A frame that was judged to look at the camera goes to a register that matches itself."""
    return next(frame for frame in frames if frame.prompt == "front")
