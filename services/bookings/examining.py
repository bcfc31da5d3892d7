"""Whether somebody may come: what they state, their own document, what the department says of them,
and the rules over all of it. What is found about one person is told to that person alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from config.errors import Problem
from identity import release
from identity.audit import OK
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.person import Person
from services.applications.reasons import Rule, in_words
from services.asking import Audit, Residents, in_hours, in_time, told
from services.bookings.declaration import Appointments, Coming
from services.bookings.errors import BookingElsewhere, BookingRefused, StatementsMissing
from services.department import Department
from services.service import Service

ANSWERED, FAILED = "service:answered", "service:failed"
Case = TypeVar("Case")


def permit(caller: Caller, service: Service) -> UUID:
    """Whoever comes, themselves and freshly proven: nobody acts for another here.

    Raises SignInNeeded, ScopeMissing or StepUpNeeded.
    """
    release.permit(caller, scope="", level=service.level, max_age=service.max_age)
    return resident_of(caller)


def resident_of(caller: Caller) -> UUID:
    """Raises SignInNeeded; ScopeMissing for who acts for them."""
    release.permit(caller, scope="", level=1)
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident


def check_statements(plan: Appointments, said: Sequence[str]) -> None:
    """Raises StatementsMissing unless everything is stated."""
    wanted = [one.code for one in plan.statements]
    if set(said) != set(wanted):
        raise StatementsMissing(statements=wanted)


@dataclass(frozen=True)
class Examination:
    """``departments`` by id, as ``services.offices`` opens them."""

    residents: Residents
    departments: Mapping[str, Department] = field(repr=False)
    audit: Audit

    async def one(self, caller: Caller, service: Service, day: date, locale: str) -> Coming:
        """Who comes, allowed by their own rules; the department is asked outside any transaction.

        Raises BookingElsewhere, BookingRefused and what ``Department.call`` raises.
        """
        plan, resident = _plan(service), resident_of(caller)
        person = await self.residents.reveal(resident)
        coming = self.coming(plan, person, day, locale)
        _judge(plan.rules, coming, locale)
        try:
            found = await self._asked(service, person)
        except Problem as problem:
            await self._recorded(caller, resident, service, FAILED, problem.code)
            raise told(problem, service.department.title, locale) from problem.__cause__
        await self._recorded(caller, resident, service, ANSWERED, OK)
        coming = replace(coming, record=found)
        _judge(plan.rules, coming, locale)
        return coming

    async def alone(self, service: Service, resident: UUID, day: date, locale: str) -> Coming:
        """As ``one`` by the document alone: no department is asked."""
        plan = _plan(service)
        coming = self.coming(plan, await self.residents.reveal(resident), day, locale)
        _judge(plan.rules, coming, locale)
        return coming

    def coming(self, plan: Appointments, person: Person, day: date, locale: str) -> Coming:
        """Raises BookingElsewhere for a document that other offices see to."""
        if person.number.kind not in plan.documents:
            raise BookingElsewhere(where=plan.case(plan.other_document).where[locale])
        return Coming(person.number, day)

    async def _asked(self, service: Service, person: Person) -> str:
        department = in_hours(self.departments[service.department.id], datetime.now(UTC))
        asking = _plan(service).examine(person, department)
        return await in_time(service.id, service.deadline, asking)

    async def _recorded(
        self, caller: Caller, resident: UUID, service: Service, event: str, outcome: str
    ) -> None:
        await self.audit.record_read(
            caller,
            event=event,
            resident=resident,
            service=service.id,
            purpose=service.purpose,
            outcome=outcome,
        )


def check_pair(plan: Appointments, first: Coming, second: Coming, locale: str) -> None:
    """What must be so of the two together. Raises BookingRefused."""
    _judge(plan.pair_rules, (first, second), locale)


def _judge(rules: Iterable[Rule[Case]], case: Case, locale: str) -> None:
    """Every rule that stands in the way is told at once. Raises BookingRefused."""
    reasons = [
        in_words({one.code: one.words}, one.code, facts, locale)
        for one in rules
        if (facts := one.applies(case)) is not None
    ]
    if reasons:
        raise BookingRefused(reasons=reasons, told=" ".join(reasons))


def _plan(service: Service) -> Appointments:
    assert service.appointments is not None  # Room.service has looked
    return service.appointments
