"""Asking for something held to be put right, and the requests a resident has made."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import words
from identity.corrections import Asked

routes = Routes("me")


class CorrectionWanted(Private):
    """``wanted``: what it should be, in the resident's own words."""

    field: Literal["name", "document-number", "phone", "activity", "other"]
    wanted: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class CorrectionShown(BaseModel):
    """``title`` is the field in words; ``reason`` the decision's, absent while it is open."""

    id: str
    field: str
    title: str
    wanted: str
    state: Literal["open", "made", "declined"]
    reason: str | None
    created_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, asked: Asked, locale: str) -> "CorrectionShown":
        known = words(locale)
        return cls(
            id=str(asked.id),
            field=asked.field,
            title=known.get(f"correction.field.{asked.field}", asked.field),
            wanted=asked.wanted,
            state=asked.state,
            reason=known.get(f"correction.{asked.answer}"),
            created_at=asked.created_at,
            decided_at=asked.decided_at,
        )


class CorrectionList(BaseModel):
    corrections: list[CorrectionShown]


@routes.get(
    "/v1/me/corrections", Access.OWN_APP, "What the resident asked for", answer=CorrectionList
)
async def show(ask: Ask[None, None]) -> CorrectionList:
    rows = await ask.parts.own.corrections.of(resident_of(ask.caller))
    return CorrectionList(corrections=[CorrectionShown.of(row, ask.locale) for row in rows])


@routes.post(
    "/v1/me/corrections",
    Access.OWN_APP,
    "Ask for something held to be put right",
    status=201,
    body=CorrectionWanted,
    answer=CorrectionShown,
)
async def add(ask: Ask[CorrectionWanted, None]) -> CorrectionShown:
    made = await ask.parts.own.corrections.ask(ask.caller, ask.body.field, ask.body.wanted)
    return CorrectionShown.of(made, ask.locale)
