"""Asking a department what it says of a person's licence: in its hours, in time, and on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.errors import Problem
from identity.person import Person
from services import freshness
from services.asking import in_hours, in_time, told
from services.department import Department
from services.licences.declaration import Held, LicenceType

SECONDS = 10.0


@dataclass(frozen=True)
class Offices:
    """The departments by id, opened for work."""

    departments: Mapping[str, Department]

    async def held(self, kind: LicenceType, person: Person, locale: str) -> Held[Any]:
        """Raises NoRecord and the problems of ``Department.call``, each naming the department."""
        department = self.departments[kind.department.id]
        try:
            in_hours(department, datetime.now(UTC))
            with freshness.listening():
                return await in_time(kind.id, SECONDS, kind.function(person, department))
        except Problem as problem:
            raise told(problem, kind.department.title, locale) from problem.__cause__
