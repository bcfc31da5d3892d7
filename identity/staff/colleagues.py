"""Who else works for a department: for those who hand work out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.models import StaffAccount
from identity.staff.roles import Member, Role, all_taken, departments_of, roles_of
from identity.staff.sessions import name_context
from identity.vault import Vault

LOGIN = "(SELECT login FROM staff_account WHERE staff_account.id = {holder})"
"""In a statement about rows that somebody holds: the holder's login, as colleagues know it."""


@dataclass(frozen=True)
class Colleague:
    """Somebody whom work may be given."""

    member: Member
    name: str = field(repr=False)


async def working_for(
    vault: Vault,
    departments: Collection[str],
    roles: Collection[Role],
    region: str,
    connection: BaseDBAsyncClient | None = None,
) -> list[Colleague]:
    """Living accounts with one of ``roles`` and of ``departments``, who cover ``region``."""
    found = await _living(connection)
    return [
        _colleague(vault, row) for row in found if at_work(_member(row), departments, roles, region)
    ]


async def working(
    roles: Collection[Role], connection: BaseDBAsyncClient | None = None
) -> list[Member]:
    """Everybody with one of ``roles`` whose account lives, without their names."""
    found = [_member(row) for row in await _living(connection)]
    return [one for one in found if one.roles.intersection(roles)]


def at_work(
    member: Member, departments: Collection[str], roles: Collection[Role], region: str
) -> bool:
    """Whether they have one of ``roles``, are of one of ``departments``, and cover ``region``."""
    fit = member.roles.intersection(roles) and member.departments.intersection(departments)
    return bool(fit) and (not region or member.covers(region))


async def _living(connection: BaseDBAsyncClient | None) -> list[StaffAccount]:
    rows = StaffAccount.filter(disabled_at__isnull=True, password_until__isnull=True)
    return await rows.using_db(connection or get_connection("default")).order_by("login")


def _colleague(vault: Vault, row: StaffAccount) -> Colleague:
    name = vault.open(bytes(row.name_sealed), name_context(row)).decode()
    return Colleague(_member(row), name)


def _member(row: StaffAccount) -> Member:
    """Without a session: they need not be signed in."""
    id, departments, taken = UUID(str(row.id)), departments_of(row), all_taken(row)
    return Member(
        id, row.login, roles_of(row), row.region, id, departments, taken, document=row.document
    )
