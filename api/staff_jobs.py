"""Jobs before an operator: what waits, dead letters and their second life, long ones' progress."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from api.verifications import Private
from config.texts import words
from identity.staff.roles import Role
from services import job_desk
from services.models import Progress
from services.progress import percent

routes = Routes("staff")

_OPERATOR = frozenset({Role.OPERATOR})


class JobsWaiting(BaseModel):
    """``picked``: being done now."""

    name: str
    title: str
    picked: bool
    count: int
    oldest: datetime


class DeadLetterShown(BaseModel):
    id: int
    name: str
    title: str
    created_at: datetime
    given_up_at: datetime


class LongJob(BaseModel):
    """``fault``: the kind of what ended it, empty while it runs and when it went well."""

    id: str
    name: str
    title: str
    done: int
    total: int
    percent: int
    began_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    fault: str

    @classmethod
    def of(cls, row: Progress, locale: str) -> "LongJob":
        return cls(
            id=str(row.id),
            name=row.name,
            title=_title(row.name, locale),
            done=row.done,
            total=row.total,
            percent=percent(row),
            began_at=row.began_at,
            changed_at=row.changed_at,
            ended_at=row.ended_at,
            fault=row.fault,
        )


class StartableJob(BaseModel):
    name: str
    title: str


class JobBoard(BaseModel):
    """``startable``: long jobs that may be begun by hand."""

    waiting: list[JobsWaiting]
    dead: list[DeadLetterShown]
    long: list[LongJob]
    startable: list[StartableJob]


class Revival(Private):
    ids: Annotated[
        list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=100)
    ]


class LongJobBegun(BaseModel):
    id: str


@routes.get(
    "/staff/jobs",
    Access.STAFF,
    "What waits, what was given up, and how far long jobs are",
    roles=_OPERATOR,
    answer=JobBoard,
)
async def board(ask: Ask[None, None]) -> JobBoard:
    found, locale = await job_desk.board(member_of(ask)), ask.locale
    return JobBoard(
        waiting=[
            JobsWaiting(
                name=one.name,
                title=_title(one.name, locale),
                picked=one.picked,
                count=one.count,
                oldest=one.oldest,
            )
            for one in found.waiting
        ],
        dead=[
            DeadLetterShown(
                id=one.id,
                name=one.name,
                title=_title(one.name, locale),
                created_at=one.created,
                given_up_at=one.given_up,
            )
            for one in found.dead
        ],
        long=[LongJob.of(row, locale) for row in found.long],
        startable=[
            StartableJob(name=name, title=_title(name, locale)) for name in job_desk.LONG_JOBS
        ],
    )


@routes.post(
    "/staff/jobs/revival",
    Access.STAFF,
    "Try dead letters again, all of them or none",
    roles=_OPERATOR,
    status=204,
    body=Revival,
)
async def revive(ask: Ask[Revival, None]) -> None:
    await job_desk.revive(member_of(ask), ask.body.ids)


@routes.post(
    "/staff/jobs/{name}/beginning",
    Access.STAFF,
    "Begin a long job; one of a name runs at a time",
    roles=_OPERATOR,
    status=202,
    answer=LongJobBegun,
)
async def begin(ask: Ask[None, None]) -> LongJobBegun:
    return LongJobBegun(id=str(await job_desk.begin(member_of(ask), ask.path["name"])))


def _title(name: str, locale: str) -> str:
    """A job without words is shown by its name: it is for operators."""
    return words(locale).get(f"job.{name}", name)
