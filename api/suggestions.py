"""What somebody who is still typing may mean: a few titles, cheap enough for every letter."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes
from services.catalogue import Page, Wanted
from services.search import MOST_CHARACTERS

routes = Routes("services")

MOST = 8
_CACHED = {"cache-control": "public, max-age=60", "vary": "accept-language"}


class Typed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]


class Suggestion(BaseModel):
    id: str
    title: str


class Suggestions(BaseModel):
    """Eight at most, the best first. What finds nothing here is not counted as missed."""

    suggestions: list[Suggestion]


@routes.get(
    "/v1/suggestions",
    Access.PUBLIC,
    "Titles that fit what is being typed",
    query=Typed,
    answer=Suggestions,
)
async def suggest(ask: Ask[None, Typed]) -> Reply:
    words = ask.query.q
    found = ask.parts.catalogue.find(Wanted(q=words))[:MOST] if words.strip() else []
    shown = [{"id": one.id, "title": one.title[ask.locale]} for one in found]
    page = Page.of({"suggestions": shown})
    return Reply(page.body, headers=_CACHED, etag=page.etag)
