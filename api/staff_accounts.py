"""Staff accounts: made, disabled and reset by an administrator, who gives them departments; the
password by its owner."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_door import member_of
from api.staff_sessions import Login, OneTimePassword, Password
from api.verifications import Private
from identity import documents
from identity.staff.accounts import AccountView, Handed, NewAccount
from identity.staff.errors import StaffAccountMissing
from identity.staff.roles import Role

routes = Routes("staff")

_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
DepartmentIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=40)]], Field(max_length=40)
]


class OwnDocument(Private):
    """Of the member of staff, so that nobody serves themselves. ``country``: of a passport."""

    document_type: Annotated[str, StringConstraints(max_length=32)] = documents.RESIDENT_ID
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    country: Annotated[str, StringConstraints(max_length=2)] = ""


class AccountWanted(Private):
    """``roles``: codes of identity.staff.roles. ``region``: GB/T 2260 prefix of two, four or six
    digits within the administrator's own; empty is everywhere. ``departments``: ids, of those
    whose cases and tickets they work on."""

    login: Login
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    roles: Annotated[list[str], Field(min_length=1, max_length=len(Role))]
    region: Annotated[str, StringConstraints(max_length=6)] = ""
    document: OwnDocument | None = None
    departments: DepartmentIds = Field(default_factory=list)


class DepartmentsWanted(Private):
    """All of them; an empty list takes every one away."""

    departments: DepartmentIds


class PasswordWanted(Private):
    """``present``: the password until now."""

    present: Password
    wanted: Password


class AccountShown(BaseModel):
    id: str
    login: str
    name: str
    roles: list[str]
    region: str
    departments: list[str]
    enrolled: bool
    disabled: bool
    created_at: datetime

    @classmethod
    def of(cls, view: AccountView) -> "AccountShown":
        return cls(
            id=str(view.id),
            login=view.login,
            name=view.name,
            roles=list(view.roles),
            region=view.region,
            departments=list(view.departments),
            enrolled=view.enrolled,
            disabled=view.disabled,
            created_at=view.created_at,
        )


class DepartmentChoice(BaseModel):
    id: str
    title: str


class AccountsShown(BaseModel):
    """Of the administrator's region and below, youngest first; and the departments there are."""

    accounts: list[AccountShown]
    departments: list[DepartmentChoice]


@routes.get(
    "/staff/accounts",
    Access.STAFF,
    "The accounts of one's region and below",
    roles=_ADMINISTRATOR,
    answer=AccountsShown,
)
async def listed(ask: Ask[None, None]) -> AccountsShown:
    found = await ask.parts.core.staff_accounts.listed(member_of(ask))
    there_are = ask.parts.catalogue.departments.values()
    return AccountsShown(
        accounts=[AccountShown.of(view) for view in found],
        departments=[DepartmentChoice(id=one.id, title=one.title[ask.locale]) for one in there_are],
    )


@routes.post(
    "/staff/accounts",
    Access.STAFF,
    "Make an account; answers its one-time password",
    roles=_ADMINISTRATOR,
    status=201,
    body=AccountWanted,
    answer=OneTimePassword,
)
async def create(ask: Ask[AccountWanted, None]) -> OneTimePassword:
    sent, own = ask.body, ask.body.document
    document = documents.parse(own.document_type, own.id_number, own.country) if own else None
    wanted = NewAccount(
        sent.login,
        documents.name(sent.name),
        sent.roles,
        sent.region,
        document,
        sent.departments,
    )
    return _handed(await ask.parts.core.staff_accounts.create(member_of(ask), wanted))


@routes.put(
    "/staff/accounts/{id}/departments",
    Access.STAFF,
    "Say whose cases and tickets somebody works on from now on",
    roles=_ADMINISTRATOR,
    status=204,
    body=DepartmentsWanted,
)
async def give_departments(ask: Ask[DepartmentsWanted, None]) -> None:
    account = _account(ask.path["id"])
    await ask.parts.core.staff_accounts.give_departments(
        member_of(ask), account, ask.body.departments
    )


@routes.post(
    "/staff/accounts/{id}/disable",
    Access.STAFF,
    "End an account and its sessions",
    roles=_ADMINISTRATOR,
    status=204,
)
async def disable(ask: Ask[None, None]) -> None:
    await ask.parts.core.staff_accounts.disable(member_of(ask), _account(ask.path["id"]))


@routes.post(
    "/staff/accounts/{id}/reset",
    Access.STAFF,
    "Void both factors; answers a new one-time password",
    roles=_ADMINISTRATOR,
    answer=OneTimePassword,
)
async def reset(ask: Ask[None, None]) -> OneTimePassword:
    return _handed(
        await ask.parts.core.staff_accounts.reset(member_of(ask), _account(ask.path["id"]))
    )


@routes.post(
    "/staff/accounts/{id}/password",
    Access.STAFF,
    "Change one's own password; every other session of one's own ends",
    status=204,
    body=PasswordWanted,
)
async def change_password(ask: Ask[PasswordWanted, None]) -> None:
    member = member_of(ask)
    if _account(ask.path["id"]) != member.id:
        raise StaffAccountMissing()
    sent = ask.body
    await ask.parts.staff.enrolments.change_password(member, sent.present, sent.wanted, ask.address)


def _account(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise StaffAccountMissing() from None


def _handed(made: Handed) -> OneTimePassword:
    return OneTimePassword(
        id=str(made.id), login=made.login, one_time_password=made.one_time, until=made.until
    )
