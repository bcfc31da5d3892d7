"""A verification put together on a test's own engines, the run's face process and sandbox."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from pydantic import SecretStr

from config.outbound import Outbound
from config.settings import FaceSettings, Settings
from identity import consent
from identity.admission import Admission, Arrival
from identity.attempts import Attempts
from identity.challenges import Challenges, ReplayGuard
from identity.faces.client import Faces, Frame
from identity.register import Register
from identity.residents import Residents
from identity.verification import Claim, Verification
from identity.wechat import WeChat
from identity.wechat_face import WechatFace
from tests.support import faces as pictures
from tests.support.log_capture import personal
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.session_parts import SessionParts, a_worker

VERSION = consent.VERSIONS[consent.VERIFICATION]


def in_sandbox(settings: Settings, sandbox: Sandbox, **others: object) -> Settings:
    """The same settings, with the population register of this sandbox."""
    register = {
        "register_url": f"{sandbox.url}/population-register",
        "sandbox_key": SecretStr(sandbox.key),
    }
    return settings.model_copy(update=register | others)


@dataclass(frozen=True)
class Counter:
    """One worker that verifies, and somebody standing before it."""

    story: Verification
    worker: SessionParts
    sandbox: Sandbox

    async def resident(self, person: str = pictures.OBAMA, **details: str) -> SandboxResident:
        """A new resident of the sandbox, with this person's portrait."""
        made = await self.sandbox.new_resident(pictures.portrait(person), **details)
        personal(made.number)
        personal(made.name)
        return made

    async def claim(
        self, resident: SandboxResident, face: str = pictures.OBAMA, **others: object
    ) -> Claim:
        """An honest claim with a challenge of its own; ``others`` replace its fields."""
        device = str(others.get("device", "a-device-of-the-resident"))
        challenge = await self.story.challenges.issue(device)
        arrival = Arrival(device=device, device_name="a phone", purpose=consent.VERIFICATION)
        honest = Claim(
            name=resident.name,
            number=resident.number,
            document_type="resident-id",
            challenge=challenge.id,
            frames=await asyncio.to_thread(fresh_frames, face, challenge.prompts),
            consent_version=VERSION,
            address="203.0.113.7",
            arrival=replace(arrival, **_of(Arrival, others)),
        )
        return replace(honest, **_of(Claim, others))


def _of(kind: type[Arrival] | type[Claim], others: Mapping[str, object]) -> dict[str, Any]:
    """Those of the changes that are fields of ``kind``."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in others.items() if name in names}


_taken = 0


def fresh_frames(face: str, prompts: Sequence[str]) -> list[Frame]:
    """Frames that were never shown before: a JPEG comment makes each file another."""
    global _taken  # noqa: PLW0603
    frames = []
    for frame in pictures.challenge_frames(face, prompts):
        _taken += 1
        comment = _taken.to_bytes(8, "big")
        mark = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        frames.append(Frame(frame.prompt, frame.image[:2] + mark + frame.image[2:]))
    return frames


@asynccontextmanager
async def a_counter(
    settings: Settings, sandbox: Sandbox, face_settings: FaceSettings
) -> AsyncIterator[Counter]:
    """``settings`` decide budgets and the register's mode."""
    async with (
        a_worker(settings) as worker,
        Outbound(settings) as outbound,
        Faces(face_settings) as faces,
    ):
        residents = Residents(worker.vault, settings.proofing_months)
        story = Verification(
            attempts=Attempts(worker.cache, worker.vault, settings),
            challenges=Challenges(worker.cache, worker.vault, settings),
            replays=ReplayGuard(worker.cache, worker.vault),
            faces=faces,
            register=Register(outbound, settings),
            residents=residents,
            wechat_face=WechatFace(WeChat(outbound, settings), worker.cache, worker.vault),
            admission=Admission(residents, worker.sessions, worker.tokens, worker.vault),
        )
        yield Counter(story, worker, sandbox)
