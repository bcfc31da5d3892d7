"""The staff's side of a window: take a request by its code, check a document, confirm, refuse."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import consent, documents, guardians
from identity.audit import OK, record
from identity.closing import DECEASED, close
from identity.errors import IdentityNotMatched
from identity.models import WindowRequest
from identity.person import IdNumber
from identity.register import Register, Verdict
from identity.residents import Residents
from identity.sessions import Sessions
from identity.staff.accounts import Accounts
from identity.staff.errors import StaffNotOneself
from identity.staff.roles import Member, Role
from identity.staff.waits import Pace, count
from identity.vault import Vault
from identity.window import states
from identity.window.errors import (
    WindowCodeUnknown,
    WindowRequestMissing,
    WindowRequestOver,
    WindowSecondPersonNeeded,
)
from identity.window.states import State, state_of
from identity.window.values import Listed, Read, Seen, Shown

NOT_ASKED = "not-asked"  # of a document that the register does not know
MOST_LOOKUPS = 5  # what the register denies one request before it ends
_GOOD = {Verdict.MATCH.value, NOT_ASKED}
_MOST_SHOWN = 100


class WindowDesk:
    def __init__(
        self,
        vault: Vault,
        register: Register,
        residents: Residents,
        accounts: Accounts,
        sessions: Sessions,
    ):
        self._vault = vault
        self._sessions = sessions
        self._register = register
        self._residents = residents
        self._accounts = accounts

    async def take(self, member: Member, code: str) -> Listed:
        """The request that shows this code becomes this clerk's; the code is used up.

        Raises StaffMustWait after many wrong ones, or WindowCodeUnknown.
        """
        member.need(Role.CLERK)
        with reaching_database():
            guesses = f"window-code|{member.id}"
            counted = await count(Pace.of(self._vault, guesses, free=5, longest=300))
            digests = self._vault.digests("window-code", plain_code(code))
            async with in_transaction() as connection:
                rows = WindowRequest.select_for_update().using_db(connection)
                living = rows.filter(state=State.WAITING, expires_at__gt=datetime.now(UTC))
                row = await living.filter(code__in=list(digests.values())).first()
                if row is None:
                    raise WindowCodeUnknown()
                row.code, row.checked_by, row.region = "", member.id, member.region
                row.expires_at = datetime.now(UTC) + states.STEP_LIVES
                await row.save(using_db=connection)
                await counted.succeed(connection)
                await self._record(connection, "window:taken", None, member)
            return Listed.of(row, member)

    async def check(self, member: Member, request: UUID, seen: Seen) -> str:
        """What the register says of the document; when it agrees, or cannot be asked, the request
        waits for the second person. Told to staff only.

        Raises WindowRequestMissing, WindowRequestOver, StaffNotOneself, RegisterUnavailable,
        GuardianConsentNeeded and what the document rules raise.
        """
        member.need(Role.CLERK)
        number = documents.parse(seen.document_type, seen.number, seen.country)
        name = documents.name(seen.name)
        with reaching_database():
            self._waits_for(await WindowRequest.get_or_none(id=request), member)
            if await self._accounts.is_oneself(member, number):
                raise StaffNotOneself()
            await guardians.check(self._vault, number, seen.guardian_code)
            read = Read(name, number, await self._verdict(name, number))
            async with in_transaction() as connection:
                row = self._waits_for(await states.locked(connection, request), member)
                await self._checked(connection, row, member, read)
                ended = await self._close_if_dead(connection, member, read)
            await self._sessions.announce(ended)
            return read.verdict

    async def confirm(self, member: Member, request: UUID) -> None:
        """The second person agrees; the device may fetch its tokens.

        Raises WindowRequestMissing, WindowRequestOver, WindowSecondPersonNeeded, StaffNotOneself.
        """
        member.need(Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row = self._for_second(await states.locked(connection, request), member)
                first = UUID(str(row.checked_by))
                if await self._accounts.are_one(first, member.id, connection):
                    raise WindowSecondPersonNeeded()
                _, number = states.kept(self._vault, row)
                if await self._accounts.is_oneself(member, number, connection):
                    raise StaffNotOneself()
                row.state, row.confirmed_by = State.CONFIRMED, member.id
                row.expires_at = datetime.now(UTC) + states.STEP_LIVES
                await row.save(using_db=connection)
                await self._record(connection, "window:confirmed", number, member)

    async def refuse(self, member: Member, request: UUID) -> None:
        """By the clerk who took it or by a second person, until it is confirmed.

        Raises WindowRequestMissing or WindowRequestOver.
        """
        member.need(Role.CLERK, Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row = self._reachable(await states.locked(connection, request), member)
                if row.state not in (State.WAITING, State.CHECKED):
                    raise WindowRequestOver()
                number = states.kept(self._vault, row)[1] if row.number_sealed else None
                await states.close(connection, row, State.REFUSED)
                await self._record(connection, "window:refused", number, member)

    async def open_requests(self, member: Member) -> list[Listed]:
        """Those this member took, and for a supervisor those that wait for a second person."""
        member.need(Role.CLERK, Role.SUPERVISOR)
        theirs = Q(checked_by=member.id, state__in=[State.WAITING, State.CHECKED])
        if Role.SUPERVISOR in member.roles:
            theirs |= Q(state=State.CHECKED, region__startswith=member.region)
        with reaching_database():
            rows = WindowRequest.filter(theirs, expires_at__gt=datetime.now(UTC))
            return [
                Listed.of(row, member)
                for row in await rows.order_by("created_at").limit(_MOST_SHOWN)
            ]

    async def show(self, member: Member, request: UUID) -> Shown:
        """Name and number of a checked request; the resident will see that they were read."""
        member.need(Role.CLERK, Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row = self._reachable(await states.locked(connection, request), member)
                if row.state != State.CHECKED:
                    raise WindowRequestOver()
                name, number = states.kept(self._vault, row)
                await self._record(connection, "record:read", number, member)
            return Shown(Listed.of(row, member), name, number, row.verdict)

    async def _verdict(self, name: str, number: IdNumber) -> str:
        if not documents.KINDS[number.kind].register:
            return NOT_ASKED
        return (await self._register.name_and_number(name, number)).value

    async def _checked(
        self,
        connection: BaseDBAsyncClient,
        row: WindowRequest,
        member: Member,
        read: Read,
    ) -> None:
        row.verdict = read.verdict
        if read.verdict in _GOOD:
            states.keep(self._vault, row, read.name, read.number)
            row.state = State.CHECKED
            row.expires_at = datetime.now(UTC) + states.STEP_LIVES
        else:
            row.lookups += 1
            if row.lookups >= MOST_LOOKUPS:
                row.state = State.REFUSED
        await row.save(using_db=connection)
        outcome = OK if read.verdict in _GOOD else IdentityNotMatched.code
        await self._record(connection, "window:checked", read.number, member, outcome)

    async def _close_if_dead(
        self, connection: BaseDBAsyncClient, member: Member, read: Read
    ) -> Sequence[UUID]:
        """Of whom the register says that they died, nobody speaks here any more."""
        if read.verdict != Verdict.DECEASED:
            return ()
        whose = await self._residents.find(read.number, connection)
        if whose is None:
            return ()
        return await close(connection, self._sessions, whose, DECEASED, member.caller)

    def _waits_for(self, row: WindowRequest | None, member: Member) -> WindowRequest:
        """The request, if it waits for this clerk's check."""
        if row is None or state_of(row) is State.EXPIRED or row.checked_by is None:
            raise WindowRequestMissing()
        if UUID(str(row.checked_by)) != member.id:
            raise WindowRequestMissing()
        if row.state != State.WAITING:
            raise WindowRequestOver()
        return row

    def _for_second(self, row: WindowRequest, member: Member) -> WindowRequest:
        row = self._reachable(row, member)
        if row.state != State.CHECKED:
            raise WindowRequestOver()
        if UUID(str(row.checked_by)) == member.id:
            raise WindowSecondPersonNeeded()
        return row

    def _reachable(self, row: WindowRequest, member: Member) -> WindowRequest:
        """Their own, or within the region of a supervisor; one nobody took is nobody's."""
        if row.checked_by is None:
            raise WindowRequestMissing()
        own = UUID(str(row.checked_by)) == member.id
        if not own and not (Role.SUPERVISOR in member.roles and member.covers(row.region)):
            raise WindowRequestMissing()
        return row

    async def _record(
        self,
        connection: BaseDBAsyncClient,
        event: str,
        number: IdNumber | None,
        member: Member,
        outcome: str = OK,
    ) -> None:
        """In the activity of the resident whose document it is, if they are one already."""
        whose = await self._residents.find(number, connection) if number else None
        await record(
            connection,
            event=event,
            resident=whose,
            caller=member.caller,
            purpose=consent.WINDOW,
            outcome=outcome,
        )


def plain_code(typed: str) -> str:
    """As it was given out, however it was read aloud and typed."""
    return "".join(one for one in typed.upper() if one.isalnum())
