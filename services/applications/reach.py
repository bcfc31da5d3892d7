"""Which cases a member of staff may work on: those of their departments, in their region, and
never their own.

A case belongs to the department that leads it and to every department that has a step in it. A
case without a region was asked for by nobody's place: everybody of the department sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from identity.caller import Caller
from identity.staff.errors import StaffNotOneself
from identity.staff.oneself import own_resident
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.applications.ledger import LEAD, STAFF
from services.applications.queue_errors import CaseMissing
from services.applications.states import State
from services.catalogue import Catalogue
from services.models import Application
from services.service import Service

WORKING = frozenset({Role.CASEWORKER, Role.LEAD})


@dataclass(frozen=True)
class Reach:
    """``services``: id of an application service → the department they act for in its cases;
    ``oneself``: who they are among the residents.
    """

    member: Member
    services: Mapping[str, str]
    oneself: UUID | None = field(repr=False)

    @property
    def leads(self) -> bool:
        return Role.LEAD in self.member.roles

    @property
    def waits(self) -> tuple[str, ...]:
        """What waits for them: a lead also has what others passed on."""
        return (STAFF, LEAD) if self.leads else (STAFF,)

    def rows(self) -> QuerySet[Application]:
        """Every case in reach; a draft is its resident's alone."""
        region = self.member.region
        found = Application.filter(service__in=list(self.services)).exclude(state=State.DRAFT)
        if region:
            found = found.filter(Q(region="") | Q(region__startswith=region))
        if self.oneself:
            mine = self.oneself
            found = found.exclude(resident_id=mine)
            found = found.filter(Q(agent_id__isnull=True) | ~Q(agent_id=mine))
        return found

    def check(self, row: Application | None) -> Application:
        """The case, if it is in reach. Raises CaseMissing or StaffNotOneself."""
        if row is None or row.state == State.DRAFT or row.service not in self.services:
            raise CaseMissing()
        if row.region and not self.member.covers(row.region):
            raise CaseMissing()
        if self.oneself and self.oneself in (_id(row.resident_id), _id(row.agent_id)):
            raise StaffNotOneself()
        return row

    def caller(self, service: str) -> Caller:
        """As the record of this case names them: role and department."""
        role = Role.LEAD if self.leads else Role.CASEWORKER
        return self.member.acting(role, self.services[service])


@dataclass(frozen=True)
class Reaches:
    vault: Vault
    catalogue: Catalogue

    async def of(self, member: Member, connection: BaseDBAsyncClient | None = None) -> Reach:
        """Raises StaffRoleMissing."""
        member.need(*WORKING)
        own = await own_resident(self.vault, member, connection)
        acting = {
            service.id: found[0]
            for service in self.catalogue.services.values()
            if (found := [one for one in involved(service) if one in member.departments])
        }
        return Reach(member, acting, own)


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
