"""The catalogue on an editor's desk: what there is, one item with its drafts, the figures."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.services import Region, check_region
from api.staff_door import member_of
from identity.staff.roles import Member, Role
from services.catalogue import Entry, Wanted
from services.items import regions
from services.items.changes import editable
from services.items.coverage import Coverage, covered
from services.items.edits import Standing, belongs, change_of, whole
from services.models import ItemEdit
from services.search import MOST_CHARACTERS

routes = Routes("staff")

EDITOR = frozenset({Role.EDITOR})
_PAGE = 100
_Short = Annotated[str, StringConstraints(max_length=64)]
Json = dict[str, Any]


class ItemsQuery(BaseModel):
    """``state``: only items with a draft; ``cursor``: the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)] = ""
    department: _Short = ""
    state: Literal["", "draft"] = ""
    cursor: _Short = ""


class Named(BaseModel):
    id: str
    title: str


class Place(BaseModel):
    code: str
    title: str


class ItemOnDesk(BaseModel):
    """``published``: the version in force, 0 as declared; ``mine``: of the member's departments."""

    id: str
    title: str
    department: Named
    kind: str
    published: int
    draft: int | None
    visits: int
    promised_days: int
    mine: bool


class ItemsOnDesk(BaseModel):
    items: list[ItemOnDesk]
    total: int
    next: str | None


class InForce(BaseModel):
    version: int
    change: Json


class DraftShown(InForce):
    note: str
    made_by: str
    made_at: datetime
    mine: bool


class ItemShown(BaseModel):
    """``declared``: what the file says; a change's members lie over it. ``whole``: all of it is
    the member's to change, else only the editions of their region."""

    id: str
    kind: str
    code: str
    department: Named
    statutory_days: int
    regions: list[Place]
    declared: Json
    published: InForce
    draft: DraftShown | None
    newest: int
    mine: bool
    whole: bool


class RegionQuery(BaseModel):
    """A region's code; empty for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Region = ""


class Figures(BaseModel):
    items: int
    online: int
    one_visit: int
    zero_visits: int

    @classmethod
    def of(cls, found: Coverage) -> "Figures":
        return cls(**vars(found))


class DepartmentFigures(Figures):
    id: str
    title: str


class CoverageShown(BaseModel):
    """``one_visit``: at most one visit, those without any included."""

    region: Place | None
    departments: list[DepartmentFigures]
    total: Figures


@routes.get(
    "/staff/catalogue/items",
    Access.STAFF,
    "The items of the catalogue, with their drafts",
    roles=EDITOR,
    query=ItemsQuery,
    answer=ItemsOnDesk,
)
async def listed(ask: Ask[None, ItemsQuery]) -> ItemsOnDesk:
    asked, member = ask.query, member_of(ask)
    drafts = await ask.parts.counter.edits.drafts()
    found = ask.parts.catalogue.find(Wanted(q=asked.q, department=asked.department))
    fitting = [one for one in found if not asked.state or one.id in drafts]
    after = [one.id for one in fitting].index(asked.cursor) + 1 if _known(asked, fitting) else 0
    shown = fitting[after : after + _PAGE]
    return ItemsOnDesk(
        items=[_on_desk(ask, one, drafts, member) for one in shown],
        total=len(fitting),
        next=shown[-1].id if len(fitting) > after + _PAGE else None,
    )


@routes.get(
    "/staff/catalogue/items/{id}",
    Access.STAFF,
    "One item: what its file declares, what is published over it, what is drafted",
    roles=EDITOR,
    answer=ItemShown,
)
async def show(ask: Ask[None, None]) -> ItemShown:
    member = member_of(ask)
    found = await ask.parts.counter.edits.standing(ask.path["id"])
    entry = found.entry
    return ItemShown(
        id=entry.id,
        kind=entry.kind.value,
        code=entry.code,
        department=_department(entry, ask.locale),
        statutory_days=entry.item.statutory_days,
        regions=[_place(code, ask.locale) for code in entry.regions],
        declared=editable(entry).as_json(),
        published=InForce(
            version=found.published.version if found.published else 0,
            change=found.in_force.as_json(),
        ),
        draft=_draft(found, found.draft, member.id) if found.draft else None,
        newest=found.newest,
        mine=belongs(member, entry),
        whole=whole(member, entry),
    )


@routes.get(
    "/staff/catalogue/coverage",
    Access.STAFF,
    "How much of each department's work is offered, online, and with how many visits",
    roles=EDITOR,
    query=RegionQuery,
    answer=CoverageShown,
)
async def coverage(ask: Ask[None, RegionQuery]) -> CoverageShown:
    check_region(ask.query.region)
    found = covered(ask.parts.catalogue.entries.values(), ask.query.region)
    return CoverageShown(
        region=_place(ask.query.region, ask.locale) if ask.query.region else None,
        departments=[
            DepartmentFigures(id=id, title=found.titles[id][ask.locale], **vars(figures))
            for id, figures in found.departments.items()
        ],
        total=Figures.of(found.total),
    )


def _known(asked: ItemsQuery, fitting: list[Entry]) -> bool:
    """A cursor whose item is gone begins again."""
    return any(one.id == asked.cursor for one in fitting)


def _on_desk(
    ask: Ask[None, ItemsQuery], entry: Entry, drafts: dict[str, int], member: Member
) -> ItemOnDesk:
    return ItemOnDesk(
        id=entry.id,
        title=entry.title[ask.locale],
        department=_department(entry, ask.locale),
        kind=entry.kind.value,
        published=ask.parts.catalogue.version(entry.id),
        draft=drafts.get(entry.id),
        visits=entry.item.visits,
        promised_days=entry.item.promised_days,
        mine=belongs(member, entry),
    )


def _draft(found: Standing, row: ItemEdit, member: UUID) -> DraftShown:
    return DraftShown(
        version=row.version,
        change=change_of(row).as_json(),
        note=row.note,
        made_by=found.logins.get(row.made_by, ""),
        made_at=row.made_at,
        mine=row.made_by == member,
    )


def _department(entry: Entry, locale: str) -> Named:
    return Named(id=entry.department.id, title=entry.department.title[locale])


def _place(code: str, locale: str) -> Place:
    region = regions.tree().region(code)
    return Place(code=region.code, title=region.title[locale])
