"""From a one-time password to one's own, with a second factor only its owner has seen.

Whoever makes or resets an account hands over the one-time password and never learns the
second factor: the account's owner sets it up, and that is when it is shown, once.
"""

from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.models import StaffAccount
from identity.staff import codes, passwords
from identity.staff.errors import (
    StaffCodeWrong,
    StaffEnrolmentRefused,
    StaffPasswordWeak,
    StaffSignInRefused,
)
from identity.staff.roles import Member
from identity.staff.sessions import StaffSessions, as_owner, end, plain_login, refuse, totp_context
from identity.vault import Vault


class Enrolments:
    def __init__(self, vault: Vault, sessions: StaffSessions):
        self._vault = vault
        self._sessions = sessions

    async def begin(self, login: str, one_time: str, address: str) -> codes.Enrolment:
        """A fresh second factor; it counts once ``finish`` has seen a code of it.

        Raises StaffMustWait or StaffEnrolmentRefused.
        """
        with reaching_database():
            account = await self._account(login, one_time, address)
            made = codes.Enrolment.fresh(account.login)
            sealed = self._vault.seal(made.secret.encode(), totp_context(account))
            waiting = StaffAccount.filter(id=account.id, password=account.password)
            await waiting.update(totp_sealed=sealed, totp_used=0)
            return made

    async def finish(
        self, login: str, one_time: str, password: str, code: str, address: str
    ) -> None:
        """Own password and second factor from now on; the one-time password is used up.

        Raises StaffMustWait, StaffEnrolmentRefused, StaffPasswordWeak or StaffCodeWrong.
        """
        with reaching_database():
            account = await self._account(login, one_time, address)
            passwords.judge(password, account.login)
            if password == one_time:
                raise StaffPasswordWeak(shortest=passwords.SHORTEST)
            kept = await passwords.hashed(password)
            async with in_transaction() as connection:
                await self._enrol(connection, account, kept, code)

    async def _enrol(
        self, connection: BaseDBAsyncClient, account: StaffAccount, kept: str, code: str
    ) -> None:
        rows = StaffAccount.select_for_update().using_db(connection)
        row = await rows.get_or_none(id=account.id, password=account.password)
        if row is None or row.totp_sealed is None:
            raise StaffEnrolmentRefused()
        secret = self._vault.open(bytes(row.totp_sealed), totp_context(row)).decode()
        step = codes.step_of(secret, code, row.totp_used)
        if step is None:
            raise StaffCodeWrong()
        row.password, row.password_until, row.totp_used = kept, None, step
        await row.save(using_db=connection)
        who = UUID(str(row.id))
        await record(connection, event="staff:enrolled", resident=who, caller=as_owner(who))

    async def change_password(
        self, member: Member, password: str, wanted: str, address: str
    ) -> None:
        """With the present one; every other session of theirs ends.

        Raises StaffMustWait, StaffSignInRefused or StaffPasswordWeak.
        """
        with reaching_database():
            counted = await self._sessions.count(member.login, address)
            account = await StaffAccount.get(id=member.id)
            if not await passwords.fits(account.password, password):
                await refuse(account, StaffSignInRefused())
            await counted.succeed()
            passwords.judge(wanted, account.login)
            kept = await passwords.hashed(wanted)
            async with in_transaction() as connection:
                mine = StaffAccount.filter(id=member.id, password=account.password)
                if not await mine.using_db(connection).update(password=kept):
                    raise StaffSignInRefused()
                await end(connection, staff=member.id, but=member.session)
                await record(
                    connection,
                    event="staff:password-changed",
                    resident=member.id,
                    caller=member.caller,
                )

    async def _account(self, login: str, one_time: str, address: str) -> StaffAccount:
        """The account that waits for enrolment by this password."""
        counted = await self._sessions.count(login, address)
        account = await StaffAccount.get_or_none(login=plain_login(login), disabled_at__isnull=True)
        known = await passwords.fits(account.password if account else None, one_time)
        if account is None or not known or not _waits(account):
            await refuse(account, StaffEnrolmentRefused())
        await counted.succeed()
        return account


def _waits(account: StaffAccount) -> bool:
    return account.password_until is not None and account.password_until > datetime.now(UTC)
