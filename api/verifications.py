"""Verifying: name, ID number and the frames of a challenge become tokens."""

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.arrivals import GuardianCode, VerificationDone, arrival
from api.ask import Ask
from api.challenges import Device
from api.routes import FRAMES_BODY, Access, Routes
from config.errors import Problem
from identity.admission import Arrival
from identity.faces.client import Frame
from identity.faces.errors import ImageTooLarge, ImageUnreadable
from identity.faces.limits import FRAME_BYTES
from identity.verification import Claim

routes = Routes("verification")

MOST_FRAMES = 8
_BASE64 = FRAME_BYTES * 4 // 3 + 4


class Private(BaseModel):
    """What is sent in a verification; it prints as its name only."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class FrameSent(Private):
    """``image``: base64 of JPEG or PNG, at most 300 KB of picture."""

    prompt: Literal["front", "left", "right", "nod", "blink", "mouth"]
    image: Annotated[str, StringConstraints(max_length=FRAMES_BODY)]


class ConsentGiven(Private):
    """The text that was shown, by purpose and version (GET /v1/consents/{purpose})."""

    purpose: Annotated[str, StringConstraints(max_length=64)]
    version: Annotated[str, StringConstraints(max_length=16)]


class VerificationWanted(Private):
    """``challenge``: its id; ``device``: the id the challenge was asked for with.

    ``guardian_code``: what a guardian was given, for somebody under fourteen. ``lift_freeze``: the
    identity was frozen, and they ask for it to be freed. ``wechat_verification``: inside WeChat,
    the ``verifyResult`` of its own face check (wx.startFacialRecognitionVerify) instead of frames.
    """

    name: Annotated[str, StringConstraints(max_length=200)]
    id_number: Annotated[str, StringConstraints(max_length=64)]
    document_type: Annotated[str, StringConstraints(max_length=32)] = "resident-id"
    challenge: Annotated[str, StringConstraints(max_length=128)]
    device: Device
    frames: Annotated[list[FrameSent], Field(max_length=MOST_FRAMES)] = []
    wechat_verification: Annotated[str, StringConstraints(max_length=4096)] = ""
    consent: ConsentGiven | None = None
    guardian_code: GuardianCode = ""
    lift_freeze: bool = False

    @model_validator(mode="after")
    def _one_kind_of_face(self) -> Self:
        if bool(self.frames) == bool(self.wechat_verification):
            raise ValueError("frames, or what WeChat says of the face")
        return self


@routes.post(
    "/v1/verifications",
    Access.ANYONE,
    "Prove who you are; with a token, raise its session",
    status=201,
    body=VerificationWanted,
    answer=VerificationDone,
    limit=FRAMES_BODY,
)
async def verify(ask: Ask[VerificationWanted, None]) -> VerificationDone:
    with ask.parts.ways.crowd.place():
        return VerificationDone.of(await ask.parts.ways.verification.verify(_claim(ask)))


def _claim(ask: Ask[VerificationWanted, None]) -> Claim:
    sent = ask.body
    consent = sent.consent or ConsentGiven(purpose="", version="")
    return Claim(
        name=sent.name,
        number=sent.id_number,
        document_type=sent.document_type,
        challenge=sent.challenge,
        frames=[frame(one) for one in sent.frames],
        consent_version=consent.version,
        address=ask.address,
        arrival=_arrival(ask, consent.purpose),
        wechat_verification=sent.wechat_verification,
        guardian_code=sent.guardian_code,
    )


def _arrival(ask: Ask[VerificationWanted, None], purpose: str) -> Arrival:
    sent = ask.body
    channel = "miniprogram" if sent.wechat_verification else "web"
    return arrival(ask, sent.device, purpose, lift_freeze=sent.lift_freeze, channel=channel)


def frame(sent: FrameSent) -> Frame:
    """Raises ImageTooLarge or ImageUnreadable, as the face process would of the picture."""
    if len(sent.image) > _BASE64:
        raise _faulty(ImageTooLarge, sent)
    try:
        picture = base64.b64decode(sent.image, validate=True)
    except (binascii.Error, ValueError):
        raise _faulty(ImageUnreadable, sent) from None
    if not picture:
        raise _faulty(ImageUnreadable, sent)
    return Frame(sent.prompt, picture)


def _faulty(leaf: type[Problem], sent: FrameSent) -> Problem:
    return leaf("base64", prompt=sent.prompt)
