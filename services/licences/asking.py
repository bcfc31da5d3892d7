"""Asking a department what it says of a person's licence: in its hours, in time, and on record."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.errors import Problem
from identity.person import Person
from services import freshness
from services.department import Department
from services.errors import DepartmentClosed, DepartmentTimeout
from services.hours import in_words
from services.licences.declaration import Held, LicenceType

SECONDS = 10.0


@dataclass(frozen=True)
class Offices:
    """The departments by id, opened for work."""

    departments: Mapping[str, Department]

    async def held(self, kind: LicenceType, person: Person, locale: str) -> Held[Any]:
        """Raises NoRecord and the problems of ``Department.call``, each naming the department."""
        department = self.departments[kind.department.id]
        now = datetime.now(UTC)
        try:
            if opens := department.access.hours.opens_at(now):
                raise DepartmentClosed("outside its hours", opens=opens, now=now)
            with freshness.listening():
                async with asyncio.timeout(SECONDS):
                    return await kind.function(person, department)
        except TimeoutError:
            late = DepartmentTimeout(f"{kind.id}: deadline of {SECONDS} s")
            raise _named(late, kind, locale) from None
        except Problem as problem:
            raise _named(problem, kind, locale) from problem.__cause__


def _named(problem: Problem, kind: LicenceType, locale: str) -> Problem:
    """In the reader's language: which department, and when it opens."""
    problem.facts.setdefault("department", kind.department.title[locale])
    if isinstance(problem, DepartmentClosed):
        problem.facts["opens"] = in_words(problem.opens, problem.now, locale)
    return problem
