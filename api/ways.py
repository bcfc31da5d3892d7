"""The ways of proving who one is, as a page offers them: equally visible, never a face only."""

from pydantic import BaseModel

from api.ask import Ask
from api.routes import Access, Routes
from config.errors import Problem
from config.settings import Settings
from config.texts import text
from identity.ways import BANK_CARD, NETWORK_IDENTITY, WAYS, Way

routes = Routes("verification")


class WayShown(BaseModel):
    """``level``: what it proves (1-5); ``face``: it needs a camera; ``needs``: in words."""

    id: str
    level: int
    face: bool
    title: str
    summary: str
    needs: str

    @classmethod
    def of(cls, way: Way, locale: str) -> "WayShown":
        said = {
            part: text(f"way.{way.id}.{part}", locale) for part in ("title", "summary", "needs")
        }
        return cls(id=way.id, level=way.level, face=way.face, **said)


class WaysShown(BaseModel):
    ways: list[WayShown]


@routes.get("/v1/ways", Access.PUBLIC, "The ways of proving who one is", answer=WaysShown)
async def show(ask: Ask[None, None]) -> WaysShown:
    return WaysShown(ways=[WayShown.of(way, ask.locale) for way in offered(ask.parts.settings)])


def keep_offered(problem: Problem, house: Settings) -> Problem:
    """The same refusal, naming only ways that are there: a step-up must not lead to nowhere."""
    named = problem.facts.get("ways")
    if isinstance(named, list):
        there = {way.id for way in offered(house)}
        problem.facts["ways"] = [id for id in named if id in there]
    return problem


def offered(house: Settings) -> list[Way]:
    """All but those whose office nobody named: in production there is none by itself."""
    played = {NETWORK_IDENTITY: house.outside_address, BANK_CARD: house.card_office_address}
    return [way for way in WAYS if played.get(way, "ours")]
