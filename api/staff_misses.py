"""Searches that found nothing, for those who keep the catalogue: the words, and how often."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_catalogue import EDITOR
from services.search import misses

routes = Routes("staff")


class MissesQuery(BaseModel):
    """``days``: so many of the last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[int, Field(ge=1, le=misses.KEPT_DAYS)] = 30


class MissShown(BaseModel):
    words: str
    count: int
    last: date


class MissesShown(BaseModel):
    """The most wanted first; words that were typed once or twice are shown to nobody."""

    misses: list[MissShown]
    days: int


@routes.get(
    "/staff/catalogue/misses",
    Access.STAFF,
    "What was looked for and not found, without who asked",
    roles=EDITOR,
    query=MissesQuery,
    answer=MissesShown,
)
async def listed(ask: Ask[None, MissesQuery]) -> MissesShown:
    found = await misses.listed(ask.query.days)
    shown = [MissShown(words=one.words, count=one.count, last=one.last) for one in found]
    return MissesShown(misses=shown, days=ask.query.days)
