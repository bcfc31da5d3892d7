"""Who moves an application: residents, family agents, staff, the rules, the clock, departments."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from identity.caller import Caller, CallerKind

Kind = Literal["resident", "agent", "staff", "rules", "clock", "department"]


@dataclass(frozen=True)
class By:
    """``actor``: a UUID or a department's id, as the event keeps it; ``caller``: as the audit
    does.
    """

    kind: Kind
    actor: str
    caller: Caller

    @property
    def agent(self) -> UUID | None:
        """The family agent, where one acts."""
        return UUID(self.actor) if self.kind == "agent" else None


def resident(caller: Caller) -> By:
    """The resident, or who acts for them."""
    return By("agent" if caller.acting else "resident", caller.actor, caller)


def rules(department: str) -> By:
    """The rules of the department that answers for the service."""
    return By("rules", department, _office(department))


def clock(department: str) -> By:
    """A time that ran out."""
    return By("clock", department, _office(department))


def office(department: str) -> By:
    """A department that was asked."""
    return By("department", department, _office(department))


def _office(department: str) -> Caller:
    return Caller(CallerKind.DEPARTMENT, actor=department)
