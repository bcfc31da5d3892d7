"""What residents think of services, in figures for everybody (好差评, GB/T 39735)."""

from datetime import datetime

from pydantic import BaseModel

from api.ask import Ask
from api.replies import JSON, Reply
from api.routes import Access, Routes
from services.errors import ServiceUnknown
from services.ratings.figures import LEAST, Figures, OfDepartment

routes = Routes("ratings")

_CACHED = {"cache-control": "public, max-age=60", "vary": "accept-language"}


class FiguresShown(BaseModel):
    """``count`` of ratings that residents gave, in full tens; ``average`` 1 to 5; ``satisfied``:
    per cent of grades 3 to 5; ``grades``: how many gave each. All null for fewer than ``least``.
    ``unanswered``: how many let the time to rate pass, counted apart.
    """

    id: str
    title: str
    count: int | None
    average: float | None
    satisfied: int | None
    grades: dict[str, int] | None
    unanswered: int | None

    @classmethod
    def members(cls, id: str, title: str, figures: Figures) -> dict[str, object]:
        grades = figures.grades
        return {
            "id": id,
            "title": title,
            "count": figures.count,
            "average": figures.average,
            "satisfied": figures.satisfied,
            "grades": {str(grade): count for grade, count in grades.items()} if grades else None,
            "unanswered": figures.unanswered,
        }


class DepartmentShown(FiguresShown):
    """Its figures are the sum of those of its items."""

    items: list[FiguresShown]


class PublicRatings(BaseModel):
    departments: list[DepartmentShown]
    least: int
    as_of: datetime


@routes.get("/v1/ratings", Access.PUBLIC, "Ratings of items and departments", answer=PublicRatings)
async def figures(ask: Ask[None, None]) -> Reply:
    known = await ask.parts.counter.figures.read()
    departments = [_department(id, one, ask) for id, one in known.departments.items()]
    shown = PublicRatings(departments=departments, least=LEAST, as_of=known.as_of)
    return Reply(shown.model_dump_json().encode(), JSON, headers=_CACHED)


def _department(id: str, one: OfDepartment, ask: Ask[None, None]) -> DepartmentShown:
    office = ask.parts.catalogue.departments.get(id)
    title = office.title[ask.locale] if office else id
    items = [
        FiguresShown.model_validate(FiguresShown.members(item, _title(item, ask), told))
        for item, told in one.items.items()
    ]
    own = FiguresShown.members(id, title, one.figures)
    return DepartmentShown.model_validate(own | {"items": items})


def _title(id: str, ask: Ask[None, None]) -> str:
    try:
        return ask.parts.catalogue.service(id).title[ask.locale]
    except ServiceUnknown:
        return id
