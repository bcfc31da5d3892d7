"""Signing members of staff in and out: password and code, for half an hour of idleness.

A session is a cookie of 256 random bits, kept as its SHA-256. Waits grow with failures; who
signed in from a network before has a pace of their own there, so that a stranger who guesses
elsewhere cannot keep the owner out.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Problem
from identity.attempts import network_of
from identity.audit import record
from identity.caller import Caller, CallerKind
from identity.models import StaffAccount, StaffSession
from identity.staff import codes, passwords, waits
from identity.staff.errors import (
    StaffEnrolmentNeeded,
    StaffSignInNeeded,
    StaffSignInRefused,
)
from identity.staff.roles import CLIENT, Member, all_taken, departments_of, roles_of
from identity.vault import Vault

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN = timedelta(seconds=60)  # how often "last used" is written
_KNOWN = timedelta(days=30)
_KEPT = timedelta(days=180)


@dataclass(frozen=True)
class SignedIn:
    """``cookie`` goes to the browser and nowhere else."""

    member: Member
    cookie: str = field(repr=False)


class StaffSessions:
    def __init__(self, vault: Vault):
        self._vault = vault

    async def sign_in(self, login: str, password: str, code: str, address: str) -> SignedIn:
        """Both factors. Raises StaffMustWait, StaffSignInRefused or StaffEnrolmentNeeded."""
        with reaching_database():
            counted = await self.count(login, address)
            account = await StaffAccount.get_or_none(login=plain_login(login))
            if not await passwords.fits(account.password if account else None, password):
                await refuse(account, StaffSignInRefused())
            assert account is not None
            async with in_transaction() as connection:
                signed_in = await self._judged(connection, account.id, password, code, address)
                if signed_in:
                    await counted.succeed(connection)
            if signed_in is None:
                await refuse(account, StaffSignInRefused())
            return signed_in

    async def count(self, login: str, address: str) -> waits.Counted:
        """Count a try at an account from an address. Raises StaffMustWait."""
        network = network_of(address)
        account = await StaffAccount.get_or_none(login=plain_login(login))
        known = account is not None and await self._knows(account, network)
        where = network if known else "elsewhere"
        of, vault = waits.Pace.of, self._vault
        return await waits.count(
            of(vault, f"{plain_login(login)}|{where}", free=3, longest=900),
            of(vault, f"network|{network}", free=20, longest=60, forgiven=False),
        )

    async def read(self, cookie: str, *, used: bool = True) -> Member:
        """Whose session this is. ``used``: somebody acts, so idleness begins anew.

        Raises StaffSignInNeeded.
        """
        now = datetime.now(UTC)
        row = await StaffSession.get_or_none(digest=_digest(cookie), ended_at__isnull=True)
        if row is None or row.expires_at <= now or now - row.last_used_at > IDLE:
            raise StaffSignInNeeded()
        account = await StaffAccount.get_or_none(id=row.staff_id, disabled_at__isnull=True)
        if account is None:
            raise StaffSignInNeeded()
        if used and now - row.last_used_at > _SEEN:
            await StaffSession.filter(id=row.id).update(last_used_at=now)
        return self._member(account, row)

    async def sign_out(self, member: Member) -> None:
        async with in_transaction() as connection:
            await end(connection, session=member.session)
            await record(
                connection, event="staff:signed-out", resident=member.id, caller=member.caller
            )

    async def _judged(
        self,
        connection: BaseDBAsyncClient,
        account_id: UUID,
        password: str,
        code: str,
        address: str,
    ) -> SignedIn | None:
        """The second factor, and what follows; the account's row is locked, so a code is used
        once however many show it."""
        rows = StaffAccount.select_for_update().using_db(connection)
        account = await rows.get_or_none(id=account_id, disabled_at__isnull=True)
        if account is None:
            return None
        if account.password_until or account.totp_sealed is None:
            raise StaffEnrolmentNeeded()
        secret = self._vault.open(bytes(account.totp_sealed), totp_context(account)).decode()
        step = codes.step_of(secret, code, account.totp_used)
        if step is None:
            return None
        account.totp_used = step
        if passwords.is_outdated(account.password):
            account.password = await passwords.hashed(password)
        await account.save(using_db=connection, update_fields=["totp_used", "password"])
        return await self._open(connection, account, address)

    async def _open(
        self, connection: BaseDBAsyncClient, account: StaffAccount, address: str
    ) -> SignedIn:
        cookie, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = await StaffSession.create(
            using_db=connection,
            id=uuid4(),
            staff_id=account.id,
            digest=_digest(cookie),
            network=self._vault.digest("address", network_of(address)),
            last_used_at=now,
            expires_at=now + LONGEST,
        )
        member = self._member(account, row)
        await record(connection, event="staff:signed-in", resident=member.id, caller=member.caller)
        return SignedIn(member, cookie)

    def _member(self, account: StaffAccount, row: StaffSession) -> Member:
        return Member(
            id=UUID(str(account.id)),
            login=account.login,
            name=self._vault.open(bytes(account.name_sealed), name_context(account)).decode(),
            roles=roles_of(account),
            region=account.region,
            departments=departments_of(account),
            taken=all_taken(account),
            session=UUID(str(row.id)),
            document=account.document,
        )

    async def _knows(self, account: StaffAccount, network: str) -> bool:
        """Whether they signed in from this network lately."""
        digests = list(self._vault.digests("address", network).values())
        since = datetime.now(UTC) - _KNOWN
        rows = StaffSession.filter(staff_id=account.id, created_at__gt=since)
        return await rows.filter(network__in=digests).exists()


async def end(
    connection: BaseDBAsyncClient,
    *,
    session: UUID | None = None,
    staff: UUID | None = None,
    but: UUID | None = None,
) -> None:
    """End one session, or all of a member of staff (``but`` the one they act in)."""
    rows = StaffSession.filter(ended_at__isnull=True).using_db(connection)
    rows = rows.filter(id=session) if session else rows.filter(staff_id=staff)
    if but:
        rows = rows.exclude(id=but)
    await rows.update(ended_at=datetime.now(UTC))


async def forget_old() -> None:
    """The worker's job: drop sessions nobody can use any more."""
    await StaffSession.filter(expires_at__lt=datetime.now(UTC) - _KEPT).delete()


def plain_login(login: str) -> str:
    return login.strip().casefold()


def as_owner(staff: UUID) -> Caller:
    """Somebody who acts on their own account before they are signed in."""
    return Caller(CallerKind.STAFF, actor=str(staff), client=CLIENT)


def totp_context(account: StaffAccount) -> str:
    return f"staff_account.totp:{account.id}"


def name_context(account: StaffAccount) -> str:
    return f"staff_account.name:{account.id}"


async def refuse(account: StaffAccount | None, problem: Problem) -> NoReturn:
    """Record the refusal in the account's history, whatever is raised after, and raise it."""
    async with in_transaction() as connection:
        await record(
            connection,
            event="staff:sign-in-refused",
            resident=UUID(str(account.id)) if account else None,
            caller=Caller(CallerKind.NOBODY, client=CLIENT),
            outcome=problem.code,
        )
    raise problem


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
