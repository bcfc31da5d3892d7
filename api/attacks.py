"""Attacks as an operator sees them: counts by hour, nothing of anybody."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from identity import attacks
from identity.staff.roles import Role

routes = Routes("staff")


class Period(BaseModel):
    """``hours``: how many, the running one included; at most a week."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: Annotated[
        str, StringConstraints(pattern=r"^([1-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])$")
    ] = "24"


class RefusalsShown(BaseModel):
    """``outcome`` is a problem's code, ``hour`` its beginning (UTC)."""

    hour: datetime
    way: str
    outcome: str
    times: int


class TotalShown(BaseModel):
    way: str
    outcome: str
    times: int


class AttacksShown(BaseModel):
    """``alarms``: by event. ``sources``: different numbers, accounts, devices and networks with
    mismatches standing against them; null: some, but fewer than ``few``."""

    since: datetime
    hours: list[RefusalsShown]
    top: list[TotalShown]
    alarms: dict[str, int]
    sources: dict[str, int | None]
    few: int = attacks.FEW


@routes.get(
    "/staff/attacks",
    Access.STAFF,
    "Refused proofs and alarms of the last hours, as counts",
    query=Period,
    answer=AttacksShown,
    roles=frozenset({Role.OPERATOR}),
)
async def show(ask: Ask[None, Period]) -> AttacksShown:
    found = await attacks.seen(int(ask.query.hours))
    return AttacksShown(
        since=found.since,
        hours=[RefusalsShown(**vars(one)) for one in found.hours],
        top=[TotalShown(**vars(one)) for one in found.top],
        alarms=found.alarms,
        sources=found.sources,
    )
