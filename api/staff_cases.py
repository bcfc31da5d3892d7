"""The work queue: what waits for whom, and taking it; roles ``caseworker`` and ``case-lead``."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from config.texts import text
from identity.staff.roles import Role
from services.applications.queue import Asked, Queued
from services.applications.queue_errors import ColleagueUnfit
from services.applications.reach import WORKING
from services.applications.states import State

routes = Routes("staff")

ONE = "/staff/cases/{number}"
_LEAD = frozenset({Role.LEAD})
DepartmentId = Annotated[str, StringConstraints(max_length=40)]
Region = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){0,3}$")]


class QueueQuery(BaseModel):
    """Nothing said: what waits and nobody has taken. ``due``: of those not finished, what is late
    or will be within three days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["", *(state.value for state in State if state is not State.DRAFT)] = ""  # type: ignore[valid-type]
    mine: bool = False
    department: DepartmentId = ""
    region: Region = ""
    due: Literal["", "late", "soon"] = ""
    cursor: Annotated[str, StringConstraints(max_length=64)] = ""

    def asked(self) -> Asked:
        return Asked(**self.model_dump())


class Narrowed(Private):
    """Which of the waiting cases to take from; empty: any."""

    department: DepartmentId = ""
    region: Region = ""


class ServiceNamed(BaseModel):
    id: str
    title: str
    icon: str


class CaseLine(BaseModel):
    """Nothing of the resident's own. ``holder``: login of the colleague who has it; ``late``: the
    promised day has passed, undecided; ``warned``: a quarter of the time was left, or less."""

    number: str
    service: ServiceNamed
    department: str
    state: str
    state_title: str
    waits_for: str
    region: str
    submitted_at: datetime | None
    due_on: date | None
    statutory_on: date | None
    warned: bool
    late: bool
    holder: str
    mine: bool

    @classmethod
    def of(cls, line: Queued, ask: Ask[None, QueueQuery]) -> "CaseLine":
        row, service = line.row, ask.parts.catalogue.service(line.row.service)
        return cls(
            number=row.number,
            service=ServiceNamed(id=service.id, title=service.title[ask.locale], icon=service.icon),
            department=service.department.title[ask.locale],
            state=row.state,
            state_title=text(f"application.state.{row.state}", ask.locale),
            waits_for=row.waits_for,
            region=row.region,
            submitted_at=row.submitted_at,
            due_on=row.promised_on,
            statutory_on=row.statutory_on,
            warned=row.warned_at is not None,
            late=line.late,
            holder=line.holder,
            mine=line.mine,
        )


class CaseList(BaseModel):
    """What is due first leads; ``next``: the cursor of the page after."""

    cases: list[CaseLine]
    next: str | None


class Taken(BaseModel):
    """``number``: null where nothing waits."""

    number: str | None


class ColleagueShown(BaseModel):
    id: str
    login: str
    name: str


class Colleagues(BaseModel):
    colleagues: list[ColleagueShown]


class Assignment(Private):
    colleague: Annotated[str, StringConstraints(min_length=36, max_length=36)]


@routes.get(
    "/staff/cases",
    Access.STAFF,
    "Cases of one's departments and region, what is due first leading",
    roles=WORKING,
    query=QueueQuery,
    answer=CaseList,
)
async def listed(ask: Ask[None, QueueQuery]) -> CaseList:
    found, following = await ask.parts.work.queue.listed(member_of(ask), ask.query.asked())
    return CaseList(cases=[CaseLine.of(line, ask) for line in found], next=following)


@routes.post(
    "/staff/cases/next",
    Access.STAFF,
    "Take the case that is due first; no two windows ever take one",
    roles=WORKING,
    body=Narrowed,
    answer=Taken,
)
async def take_next(ask: Ask[Narrowed, None]) -> Taken:
    wanted = Asked(department=ask.body.department, region=ask.body.region)
    return Taken(number=await ask.parts.work.queue.take_next(member_of(ask), wanted))


@routes.post(f"{ONE}/taking", Access.STAFF, "Take this case", roles=WORKING, status=204)
async def take(ask: Ask[None, None]) -> None:
    await ask.parts.work.queue.take(member_of(ask), ask.path["number"])


@routes.post(
    f"{ONE}/release",
    Access.STAFF,
    "Give it back to the queue; a lead may for a colleague who is away",
    roles=WORKING,
    status=204,
)
async def give_back(ask: Ask[None, None]) -> None:
    await ask.parts.work.queue.give_back(member_of(ask), ask.path["number"])


@routes.get(
    f"{ONE}/colleagues",
    Access.STAFF,
    "To whom a lead may give this case",
    roles=_LEAD,
    answer=Colleagues,
)
async def colleagues(ask: Ask[None, None]) -> Colleagues:
    found = await ask.parts.work.queue.colleagues(member_of(ask), ask.path["number"])
    shown = [
        ColleagueShown(id=str(one.member.id), login=one.member.login, name=one.name)
        for one in found
    ]
    return Colleagues(colleagues=shown)


@routes.post(
    f"{ONE}/assignment",
    Access.STAFF,
    "Give it to a colleague of its departments and region",
    roles=_LEAD,
    status=204,
    body=Assignment,
)
async def assign(ask: Ask[Assignment, None]) -> None:
    try:
        colleague = UUID(ask.body.colleague)
    except ValueError:
        raise ColleagueUnfit() from None
    await ask.parts.work.queue.assign(member_of(ask), ask.path["number"], colleague)
