"""What members of staff may do, and where: roles by name, regions by GB/T 2260 prefix."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from identity.caller import Caller, CallerKind
from identity.models import StaffAccount
from identity.staff.errors import (
    StaffDepartmentUnknown,
    StaffRegionBeyond,
    StaffRoleMissing,
    StaffRolesClash,
)

CLIENT = "staff-desk"
_REGION = re.compile(r"(?:\d{2}){0,3}")
_DEPARTMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MOST_CHARACTERS = 400  # of StaffAccount.departments
_ALL_TAKEN = "-"  # stands in StaffAccount.departments where there were some; no department's id


class Role(StrEnum):
    """An administrator never serves residents; who serves them makes no accounts."""

    ADMINISTRATOR = "administrator"  # makes and disables accounts, resets second factors
    CLERK = "clerk"  # looks at documents
    SUPERVISOR = "supervisor"  # confirms, corrects, merges
    OPERATOR = "operator"  # sees attacks and keeps kiosks, without personal data
    PARTNERSHIPS = "partnerships"  # invites, approves, suspends and closes partners
    CASEWORKER = "caseworker"  # accepts and decides applications to their departments
    LEAD = "case-lead"  # as a caseworker; is told of what is late, and gives cases to others
    LISTENER = "listener"  # answers ratings, complaints and reports of wrong fields
    EDITOR = "catalogue-editor"  # changes the catalogue's words, days and places


SERVING = frozenset({Role.CLERK, Role.SUPERVISOR, Role.CASEWORKER, Role.LEAD, Role.LISTENER})


@dataclass(frozen=True)
class Member:
    """Somebody signed in to the staff pages. ``region``: empty is the whole country;
    ``departments``: whose cases and tickets they work on; ``taken``: they had some, and all were
    taken away; ``document``: keyed digest of their own, as their account has it (None: not read
    yet).
    """

    id: UUID
    login: str
    roles: frozenset[Role]
    region: str
    session: UUID
    departments: frozenset[str] = frozenset()
    taken: bool = False
    name: str = field(repr=False, default="")
    document: str | None = field(repr=False, default=None)

    @property
    def caller(self) -> Caller:
        """As audit records name them."""
        return Caller(CallerKind.STAFF, actor=str(self.id), client=CLIENT, session=self.session)

    def acting(self, role: Role, department: str) -> Caller:
        """As audit records name them where a resident shall see in which role, for which
        department: never who.
        """
        client = f"{CLIENT}.{role}.{department}"
        return Caller(CallerKind.STAFF, actor=str(self.id), client=client, session=self.session)

    def need(self, *roles: Role) -> None:
        """Raise StaffRoleMissing unless they have one of ``roles``."""
        if not self.roles.intersection(roles):
            raise StaffRoleMissing()

    def covers(self, region: str) -> bool:
        """Whether a region is theirs or lies within it."""
        return region.startswith(self.region)


def roles_of(account: StaffAccount) -> frozenset[Role]:
    return frozenset(Role(role) for role in account.roles.split())


def departments_of(account: StaffAccount) -> frozenset[str]:
    return frozenset(account.departments.split()) - {_ALL_TAKEN}


def all_taken(account: StaffAccount) -> bool:
    """Whether they had departments and have none left: less than who was never given any."""
    return account.departments == _ALL_TAKEN


def written(wanted: Iterable[str], before: StaffAccount) -> str:
    """As an account keeps its departments; of the last one it keeps that there was one."""
    return " ".join(wanted) or (before.departments and _ALL_TAKEN)


def fitting(named: Iterable[str]) -> frozenset[Role]:
    """The roles, if one person may have them all. Raises StaffRolesClash."""
    try:
        roles = frozenset(Role(role) for role in named)
    except ValueError:
        raise StaffRolesClash() from None
    if not roles or (Role.ADMINISTRATOR in roles and roles & SERVING):
        raise StaffRolesClash()
    return roles


def region(prefix: str) -> str:
    """Province, city or county: 0, 2, 4 or 6 digits. Raises StaffRegionBeyond."""
    if not _REGION.fullmatch(prefix):
        raise StaffRegionBeyond()
    return prefix


def departments(named: Iterable[str], known: Collection[str] | None = None) -> tuple[str, ...]:
    """Ids of departments, sorted, each once. ``known``: those there are, where the caller knows.

    Raises StaffDepartmentUnknown.
    """
    found = tuple(sorted(set(named)))
    for one in found:
        if not _DEPARTMENT.fullmatch(one) or (known is not None and one not in known):
            raise StaffDepartmentUnknown()
    if len(" ".join(found)) > _MOST_CHARACTERS:
        raise StaffDepartmentUnknown("too many")
    return found
