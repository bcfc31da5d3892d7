"""Which cases a member of staff may work on: those of their departments, in their region, and
never their own or their family's.

A case is seen by the department that answers for it and by every department that has a step in it;
it is decided, led and handed out by the former alone. A case without a region was asked for by
nobody's place: everybody of the department sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from identity.caller import Caller
from identity.staff.colleagues import at_work
from identity.staff.errors import StaffNotOneself
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.applications.ledger import LEAD, STAFF
from services.applications.queue_errors import CaseMissing, CaseNotYours
from services.applications.states import State
from services.catalogue import Catalogue
from services.models import Application
from services.service import Service

WORKING = frozenset({Role.CASEWORKER, Role.LEAD})


@dataclass(frozen=True)
class Reach:
    """``services``: id of an application service → the department they act for in its cases;
    ``decided``: those of them that this department answers for; ``own``: who they and theirs are
    among the residents.
    """

    member: Member
    services: Mapping[str, str]
    decided: frozenset[str]
    own: frozenset[UUID] = field(repr=False)

    def leads(self, row: Application) -> bool:
        """Whether they are a lead of the department that answers for it."""
        return Role.LEAD in self.member.roles and row.service in self.decided

    def waits(self, row: Application) -> bool:
        """Whether it waits for somebody like them: a lead also has what others passed on."""
        return row.waits_for == STAFF or (row.waits_for == LEAD and self.leads(row))

    def free(self) -> Q:
        """What waits for somebody like them, and nobody has."""
        waits = Q(waits_for=STAFF)
        if Role.LEAD in self.member.roles:
            waits |= Q(waits_for=LEAD, service__in=list(self.decided))
        return Q(staff_id__isnull=True) & waits

    def need_to_decide(self, row: Application) -> None:
        """Raise CaseNotYours unless their department answers for it."""
        if row.service not in self.decided:
            raise CaseNotYours()

    def rows(self) -> QuerySet[Application]:
        """Every case in reach; a draft is its resident's alone."""
        region = self.member.region
        found = Application.filter(service__in=list(self.services)).exclude(state=State.DRAFT)
        if region:
            found = found.filter(Q(region="") | Q(region__startswith=region))
        if self.own:
            found = found.exclude(resident_id__in=self.own)
            found = found.filter(Q(agent_id__isnull=True) | ~Q(agent_id__in=self.own))
        return found

    def check(self, row: Application | None) -> Application:
        """The case, if it is in reach. Raises CaseMissing or StaffNotOneself."""
        if row is None or row.state == State.DRAFT or row.service not in self.services:
            raise CaseMissing()
        if row.region and not self.member.covers(row.region):
            raise CaseMissing()
        if is_own(row, self.own):
            raise StaffNotOneself()
        return row

    def caller(self, service: str) -> Caller:
        """As the record of this case names them: role and department."""
        role = Role.LEAD if Role.LEAD in self.member.roles else Role.CASEWORKER
        return self.member.acting(role, self.services[service])


@dataclass(frozen=True)
class Reaches:
    vault: Vault
    catalogue: Catalogue

    async def of(self, member: Member, connection: BaseDBAsyncClient | None = None) -> Reach:
        """Raises StaffRoleMissing."""
        member.need(*WORKING)
        own = await own_residents(self.vault, member, connection)
        acting = {
            service.id: found[0]
            for service in self.catalogue.services.values()
            if (found := [one for one in involved(service) if one in member.departments])
        }
        services = self.catalogue.services
        decided = {id for id, one in acting.items() if one == services[id].department.id}
        return Reach(member, acting, frozenset(decided), own)


def works_on(member: Member, row: Application, service: Service) -> bool:
    """Whether they may work on this case, were it not their own."""
    return at_work(member, involved(service), WORKING, row.region)


def leads_on(member: Member, row: Application, service: Service) -> bool:
    """Whether they may decide it as a lead, were it not their own."""
    return at_work(member, {service.department.id}, {Role.LEAD}, row.region)


def is_own(row: Application, own: frozenset[UUID]) -> bool:
    """Whether it is one of theirs, or made by one of them for somebody."""
    return bool(own & {_id(row.resident_id), _id(row.agent_id)})


def involved(service: Service) -> tuple[str, ...]:
    """Ids of the departments that have a part in its cases, the leading one first; none for a
    service that is no application.
    """
    if service.plan is None:
        return ()
    steps = (*service.plan.steps, *service.plan.carries_out)
    return tuple(dict.fromkeys([service.department.id, *(one.department.id for one in steps)]))


def _id(value: object) -> UUID | None:
    return UUID(str(value)) if value else None
