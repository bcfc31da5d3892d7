"""Accounts of staff: made, disabled and reset by an administrator of their region or above.

Roles are given once, when an account is made, by somebody else: no route changes them. The
departments whose cases they work on are given, and taken, by the same administrators.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.attempts import lock
from identity.audit import record
from identity.caller import Caller, CallerKind
from identity.document_store import DocumentStore
from identity.models import StaffAccount
from identity.person import IdNumber
from identity.staff import passwords
from identity.staff.errors import (
    AdministratorExists,
    StaffAccountMissing,
    StaffDocumentNeeded,
    StaffDocumentTaken,
    StaffLoginInvalid,
    StaffLoginTaken,
    StaffNotOneself,
    StaffRegionBeyond,
)
from identity.staff.oneself import resident_by
from identity.staff.roles import (
    CLIENT,
    SERVING,
    Member,
    Role,
    departments_of,
    fitting,
    region,
    roles_of,
    written,
)
from identity.staff.roles import departments as known_departments
from identity.staff.sessions import end, name_context, plain_login
from identity.vault import Vault

ONE_TIME_LASTS = timedelta(hours=72)
MOST_SHOWN = 500
COMMAND = Caller(CallerKind.STAFF, actor="command-line", client=CLIENT)
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62}[a-z0-9])")
# Those of whom two are wanted for one thing, or who serve people: who they are has to be known.
NAMED = SERVING | {Role.EDITOR}
_DOCUMENT = "document"  # as residents' documents are indexed


@dataclass(frozen=True)
class NewAccount:
    """What an administrator says of somebody. ``document``: the new member's own."""

    login: str
    name: str = field(repr=False)
    roles: Sequence[str]
    region: str
    document: IdNumber | None = None
    departments: Sequence[str] = ()


@dataclass(frozen=True)
class Handed:
    """``one_time`` is told to the account's owner in person, and is good until ``until``."""

    id: UUID
    login: str
    one_time: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class AccountView:
    id: UUID
    login: str
    name: str = field(repr=False)
    roles: tuple[str, ...]
    region: str
    departments: tuple[str, ...]
    enrolled: bool
    disabled: bool
    created_at: datetime


class Accounts:
    """``known``: ids of the departments there are; without it only their form is looked at."""

    def __init__(self, vault: Vault, known: Collection[str] | None = None):
        self._vault = vault
        self._known = known

    async def create(self, member: Member, wanted: NewAccount) -> Handed:
        """Raises StaffRoleMissing, StaffRegionBeyond, StaffRolesClash, StaffLoginInvalid,
        StaffLoginTaken, StaffDepartmentUnknown, StaffDocumentNeeded or StaffDocumentTaken."""
        member.need(Role.ADMINISTRATOR)
        if not member.covers(region(wanted.region)):
            raise StaffRegionBeyond()
        with reaching_database():
            return await self._create(wanted, passwords.one_time(), member.caller, member.id)

    async def create_administrator(
        self, wanted: NewAccount, one_time: str = "", *, another: bool = False
    ) -> Handed:
        """By command, who has the machine. Raises AdministratorExists unless ``another``."""
        with reaching_database():
            if not another and await _administrators():
                raise AdministratorExists()
            region(wanted.region)
            return await self._create(wanted, one_time or passwords.one_time(), COMMAND, None)

    async def listed(self, member: Member) -> list[AccountView]:
        """The accounts of their region and below, youngest first."""
        member.need(Role.ADMINISTRATOR)
        rows = StaffAccount.filter(region__startswith=member.region).order_by("-created_at")
        return [self._view(row) for row in await rows.limit(MOST_SHOWN)]

    async def give_departments(
        self, member: Member, account: UUID, departments: Sequence[str]
    ) -> None:
        """Whose cases and tickets they work on from now on; what they hold stays theirs.

        Raises StaffAccountMissing, StaffNotOneself or StaffDepartmentUnknown.
        """
        wanted = known_departments(departments, self._known)
        async with in_transaction() as connection:
            row = await self._managed(connection, member, account)
            await _keep_departments(connection, row, wanted, member.caller)

    async def command_departments(self, login: str, departments: Sequence[str]) -> None:
        """By command, who has the machine. Raises StaffAccountMissing or StaffDepartmentUnknown."""
        wanted = known_departments(departments, self._known)
        with reaching_database():
            async with in_transaction() as connection:
                rows = StaffAccount.select_for_update().using_db(connection)
                row = await rows.get_or_none(login=plain_login(login), disabled_at__isnull=True)
                if row is None:
                    raise StaffAccountMissing()
                await _keep_departments(connection, row, wanted, COMMAND)

    async def disable(self, member: Member, account: UUID) -> None:
        """Every session of theirs ends. Raises StaffAccountMissing or StaffNotOneself."""
        async with in_transaction() as connection:
            row = await self._managed(connection, member, account)
            row.disabled_at = datetime.now(UTC)
            await row.save(using_db=connection, update_fields=["disabled_at"])
            await end(connection, staff=account)
            await _recorded(connection, "staff:disabled", account, member.caller)

    async def reset(self, member: Member, account: UUID) -> Handed:
        """Both factors are void; a new one-time password begins again at enrolment.

        Raises StaffAccountMissing or StaffNotOneself.
        """
        one_time = passwords.one_time()
        kept, until = await passwords.hashed(one_time), datetime.now(UTC) + ONE_TIME_LASTS
        async with in_transaction() as connection:
            row = await self._managed(connection, member, account)
            row.password, row.password_until = kept, until
            row.totp_sealed, row.totp_used = None, 0
            await row.save(using_db=connection)
            await end(connection, staff=account)
            await _recorded(connection, "staff:reset", account, member.caller)
        return Handed(account, row.login, one_time, until)

    async def is_oneself(
        self, member: Member, number: IdNumber, connection: BaseDBAsyncClient | None = None
    ) -> bool:
        """Whether a document is this member's own, or another of the same resident."""
        where = connection or get_connection("default")
        account = await StaffAccount.get(id=member.id, using_db=where)
        digests = list(self._vault.digests(_DOCUMENT, number.canonical).values())
        if account.document in digests:
            return True
        theirs = await resident_by(where, digests)
        return theirs is not None and theirs == await self._whose(where, account.document)

    async def are_one(self, one: UUID, other: UUID, connection: BaseDBAsyncClient) -> bool:
        """Whether two accounts are one person's, by document or by the resident it leads to."""
        rows = StaffAccount.filter(id__in=[one, other]).using_db(connection)
        own = [str(document) for document in await rows.values_list("document", flat=True)]
        if (
            len(own) < 2
            or own[0] in self._vault.later(own[1])
            or own[1] in self._vault.later(own[0])
        ):
            return True
        found = [await self._whose(connection, document) for document in own]
        return found[0] is not None and found[0] == found[1]

    async def _whose(self, connection: BaseDBAsyncClient, document: str) -> object | None:
        """Whose document an account's digest is of. A rotation moves accounts and the index each
        on its own time: the index is never behind (``_free_document``), but may be ahead.
        """
        return await resident_by(connection, self._vault.later(document))

    async def _create(
        self, wanted: NewAccount, one_time: str, caller: Caller, by: UUID | None
    ) -> Handed:
        row, who = self._row(wanted, by), uuid4()
        row.id = who
        row.name_sealed = self._vault.seal(wanted.name.encode(), name_context(row))
        row.password, until = await passwords.hashed(one_time), datetime.now(UTC) + ONE_TIME_LASTS
        row.password_until = until
        try:
            async with in_transaction() as connection:
                if wanted.document:
                    row.document = await self._free_document(connection, wanted.document)
                await row.save(using_db=connection, force_create=True)
                await _recorded(connection, "staff:created", who, caller)
        except IntegrityError:
            raise StaffLoginTaken() from None  # the driver's message would quote the login
        return Handed(who, row.login, one_time, until)

    def _row(self, wanted: NewAccount, by: UUID | None) -> StaffAccount:
        """What an account may be. Raises StaffRolesClash, StaffLoginInvalid,
        StaffDepartmentUnknown or StaffDocumentNeeded."""
        roles, login = fitting(wanted.roles), plain_login(wanted.login)
        if not _LOGIN.fullmatch(login):
            raise StaffLoginInvalid()
        if roles & NAMED and wanted.document is None:
            raise StaffDocumentNeeded()
        return StaffAccount(
            login=login,
            roles=" ".join(sorted(roles)),
            region=wanted.region,
            departments=" ".join(known_departments(wanted.departments, self._known)),
            created_by=by,
        )

    async def _free_document(self, connection: BaseDBAsyncClient, number: IdNumber) -> str:
        """Its digest, if no living account has it. Raises StaffDocumentTaken."""
        digests = self._vault.digests(_DOCUMENT, number.canonical)
        await lock(connection, self._vault.anchor(_DOCUMENT, number.canonical))
        taken = StaffAccount.filter(document__in=list(digests.values()), disabled_at__isnull=True)
        if await taken.using_db(connection).exists():
            raise StaffDocumentTaken()
        store = DocumentStore(self._vault)
        if found := await store.find(connection, number):
            await store.index(connection, found, number)
        return self._vault.digest(_DOCUMENT, number.canonical)

    async def _managed(
        self, connection: BaseDBAsyncClient, member: Member, account: UUID
    ) -> StaffAccount:
        """Somebody else's account, not disabled, within the administrator's region."""
        member.need(Role.ADMINISTRATOR)
        if account == member.id:
            raise StaffNotOneself()
        rows = StaffAccount.select_for_update().using_db(connection)
        row = await rows.get_or_none(id=account, disabled_at__isnull=True)
        if row is None or not member.covers(row.region):
            raise StaffAccountMissing()
        return row

    def _view(self, row: StaffAccount) -> AccountView:
        return AccountView(
            id=UUID(str(row.id)),
            login=row.login,
            name=self._vault.open(bytes(row.name_sealed), name_context(row)).decode(),
            roles=tuple(sorted(roles_of(row))),
            region=row.region,
            departments=tuple(sorted(departments_of(row))),
            enrolled=row.password_until is None,
            disabled=row.disabled_at is not None,
            created_at=row.created_at,
        )


async def _administrators() -> bool:
    living = await StaffAccount.filter(disabled_at__isnull=True).values_list("roles", flat=True)
    return any(Role.ADMINISTRATOR in str(roles).split() for roles in living)


async def _keep_departments(
    connection: BaseDBAsyncClient, row: StaffAccount, wanted: Sequence[str], caller: Caller
) -> None:
    row.departments = written(wanted, row)
    await row.save(using_db=connection, update_fields=["departments"])
    await _recorded(connection, "staff:departments-given", UUID(str(row.id)), caller)


async def _recorded(
    connection: BaseDBAsyncClient, event: str, account: UUID, caller: Caller
) -> None:
    """In the account's own history: ``resident`` is whose it is."""
    await record(connection, event=event, resident=account, caller=caller)
