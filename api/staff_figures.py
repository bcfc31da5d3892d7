"""Figures of the offices' work, for those who do it: by item, department or region."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_cases import DepartmentId, Region
from api.staff_door import member_of
from services.figures.report import FEW, READING, Report, Sum, report
from services.schema import Words

routes = Routes("staff")


class FiguresQuery(BaseModel):
    """``months``: so many of the last, this one included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["item", "department", "region"] = "item"
    months: Annotated[int, Field(ge=1, le=36)] = 12
    department: DepartmentId = ""
    region: Region = ""


class FigureRow(BaseModel):
    """``title``: of the item or department, the code of a region. What is another department's is
    told in full tens, and null: fewer than ``few``. ``in_time_percent``: of those decided;
    ``median_days``: working days, pauses not counted; ``grades``: how many gave 1 to 5 of
    themselves."""

    id: str
    title: str
    own: bool
    submitted: int | None
    decided: int | None
    approved: int | None
    refused: int | None
    withdrawn: int | None
    in_time_percent: int | None
    median_days: float | None
    rated: int | None
    mean_grade: float | None
    grades: dict[str, int] | None
    unanswered: int | None

    @classmethod
    def of(cls, id: str, title: str, one: Sum) -> "FigureRow":
        decided, rated = one.shown(one.decided), one.shown(one.rated)
        return cls(
            id=id,
            title=title,
            own=one.own,
            submitted=one.shown(one.submitted),
            decided=decided,
            approved=one.shown(one.approved),
            refused=one.shown(one.refused),
            withdrawn=one.shown(one.withdrawn),
            in_time_percent=None if decided is None else one.in_time_percent,
            median_days=None if decided is None else one.median_days,
            rated=rated,
            mean_grade=None if rated is None else one.mean_grade,
            grades={str(g): one.grades[g] for g in range(5, 0, -1)} if one.own else None,
            unanswered=one.shown(one.unanswered),
        )


class FiguresShown(BaseModel):
    """Months from ``first`` to ``last``, named by their first days."""

    first: date
    last: date
    few: int
    rows: list[FigureRow]


@routes.get(
    "/staff/figures",
    Access.STAFF,
    "How the offices do their work; small counts of others' departments are left out",
    roles=READING,
    query=FiguresQuery,
    answer=FiguresShown,
)
async def figures(ask: Ask[None, FiguresQuery]) -> FiguresShown:
    query = ask.query
    found = await report(member_of(ask), query.by, query.months, query.department, query.region)
    return FiguresShown(first=found.first, last=found.last, few=FEW, rows=_rows(ask, found))


def _rows(ask: Ask[None, FiguresQuery], found: Report) -> list[FigureRow]:
    catalogue, by = ask.parts.catalogue, ask.query.by
    titled: dict[str, Words] = {}
    if by == "item":
        titled = {one.id: one.title for one in catalogue.services.values()}
    elif by == "department":
        titled = {one.id: one.title for one in catalogue.departments.values()}
    return [
        FigureRow.of(id, titled[id][ask.locale] if id in titled else id, one)
        for id, one in found.rows.items()
    ]
