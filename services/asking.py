"""Asking a department about a person: within its hours, in time, and its problems told in words.

The counter, quotes, appointments and applications each say whom they let in, what they ask and
what they put on record; how a department is asked is the same for all of them.
"""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from config import logs
from config.errors import Problem
from identity.audit import OK
from identity.caller import Caller
from identity.person import Person
from services.access import Access
from services.errors import DepartmentClosed, DepartmentTimeout, ServiceBroken
from services.hours import in_words
from services.schema import Words

Said = TypeVar("Said")
Open = TypeVar("Open", bound="Office")
log = logs.get("services.asking")


class Office(Protocol):
    """A department, as far as its hours go."""

    @property
    def access(self) -> Access: ...


class Residents(Protocol):
    """Whose records may be opened (identity.residents)."""

    async def reveal(self, resident: UUID) -> Person: ...


class Audit(Protocol):
    """Where every read is written down (identity.audit); committed when it returns."""

    async def record_read(
        self,
        caller: Caller,
        *,
        event: str,
        resident: UUID,
        service: str,
        purpose: str,
        outcome: str = OK,
    ) -> None: ...


def in_hours(department: Open, now: datetime) -> Open:
    """The department, where it is open at ``now``. Raises DepartmentClosed."""
    if opens := department.access.hours.opens_at(now):
        raise DepartmentClosed("outside its hours", opens=opens, now=now)
    return department


async def in_time(name: str, seconds: float, asking: Awaitable[Said]) -> Said:
    """What was asked, within this many seconds. ``name``: of the service, for the log.

    Raises what the department raises, DepartmentTimeout, and ServiceBroken for a fault of our own:
    it is told and put on record like any other. Not for a job that ends with a refusal: a fault of
    our own says nothing about what the department did.
    """
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except TimeoutError:
        raise DepartmentTimeout(f"{name}: deadline of {seconds} s") from None
    except Problem:
        raise
    except Exception as fault:
        log.fault("service-broken", fault, service=name)
        raise ServiceBroken(type(fault).__name__) from fault


def told(problem: Problem, title: Words, locale: str) -> Problem:
    """The same problem with what only who asked knows: which department, and when it opens."""
    problem.facts.setdefault("department", title[locale])
    if isinstance(problem, DepartmentClosed):
        problem.facts["opens"] = in_words(problem.opens, problem.now, locale)
    return problem
