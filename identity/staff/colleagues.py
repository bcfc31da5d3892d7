"""Who else works for a department: for those who hand work out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.models import StaffAccount
from identity.staff.roles import Member, Role, roles_of
from identity.staff.sessions import name_context
from identity.vault import Vault


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
    rows = StaffAccount.filter(disabled_at__isnull=True, password_until__isnull=True)
    found = await rows.using_db(connection or get_connection("default")).order_by("login")
    fit = [
        row
        for row in found
        if roles_of(row).intersection(roles)
        and set(row.departments.split()).intersection(departments)
        and (not region or region.startswith(row.region))
    ]
    return [_colleague(vault, row) for row in fit]


async def logins(accounts: Sequence[UUID]) -> dict[UUID, str]:
    """Logins by account, as colleagues know each other; one statement, none for nobody."""
    if not accounts:
        return {}
    rows = await StaffAccount.filter(id__in=list(accounts)).values_list("id", "login")
    return {UUID(str(id)): str(login) for id, login in rows}


def _colleague(vault: Vault, row: StaffAccount) -> Colleague:
    name = vault.open(bytes(row.name_sealed), name_context(row)).decode()
    id = UUID(str(row.id))
    departments = frozenset(row.departments.split())
    return Colleague(Member(id, row.login, roles_of(row), row.region, id, departments, name), name)
