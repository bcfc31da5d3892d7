"""Liveness challenges: what to do before the camera, in order, once."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from identity.faces.prompts import steps

routes = Routes("verification")

Device = Annotated[str, StringConstraints(min_length=8, max_length=128, pattern=r"^[\w-]+$")]
"""A random id that the client keeps."""


class ChallengeWanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Device


class Step(BaseModel):
    """One frame to take: what it is for, and what it shows ("front", "left", "right", "down",
    "shut", "open"). It is sent with ``prompt``."""

    prompt: str
    pose: str


class ChallengeIssued(BaseModel):
    """``prompts`` in order, of "front", "left", "right", "nod", "blink", "mouth": the person's own
    sides. ``steps``: the frames that show them, in order."""

    id: str
    prompts: list[str]
    steps: list[Step]
    expires_at: datetime
    seconds: int


@routes.post(
    "/v1/challenges",
    Access.PUBLIC,
    "Begin a verification: a one-time challenge with ordered prompts",
    status=201,
    body=ChallengeWanted,
    answer=ChallengeIssued,
)
async def issue(ask: Ask[ChallengeWanted, None]) -> ChallengeIssued:
    await ask.parts.core.attempts.pace(ask.address)
    made = await ask.parts.ways.challenges.issue(ask.body.device)
    return ChallengeIssued(
        id=made.id,
        prompts=list(made.prompts),
        steps=[Step(prompt=prompt, pose=pose) for prompt, pose in steps(made.prompts)],
        expires_at=made.expires_at,
        seconds=made.seconds,
    )
