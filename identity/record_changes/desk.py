"""The counter's side: a change is proposed, looked at, confirmed or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import OK, record
from identity.merging import Merging
from identity.models import RecordChange
from identity.person import IdNumber
from identity.record_changes import papers, states
from identity.record_changes.errors import (
    RecordChangeMissing,
    RecordChangeNotPossible,
    RecordChangeOver,
)
from identity.record_changes.papers import Kind, Papers, Wanted
from identity.record_changes.records import Records
from identity.record_changes.states import State
from identity.residents import Residents
from identity.sessions import Sessions
from identity.staff.accounts import Accounts
from identity.staff.errors import StaffNotOneself
from identity.staff.roles import Member, Role
from identity.two_staff import TwoStaff, TwoStaffNeeded
from identity.vault import Vault

PURPOSE = "record-change"
_MOST_SHOWN = 100


@dataclass(frozen=True)
class Listed:
    """A proposal without anything of a person. ``mine``: whoever looks has proposed it."""

    id: UUID
    kind: str
    reason: str
    mine: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: RecordChange, member: Member) -> "Listed":
        mine = UUID(str(row.proposed_by)) == member.id
        return cls(UUID(str(row.id)), row.kind, row.reason, mine, row.created_at, row.expires_at)


@dataclass(frozen=True)
class Shown:
    """What is compared with the papers. ``names``: as each record has it, masked; shown to the
    second person only, so that a number alone tells nobody a name.
    """

    listed: Listed
    numbers: tuple[IdNumber, ...]
    name: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)


class RecordDesk:
    def __init__(
        self,
        vault: Vault,
        residents: Residents,
        accounts: Accounts,
        merging: Merging,
        sessions: Sessions,
    ):
        self._vault = vault
        self._accounts = accounts
        self._sessions = sessions
        self._records = Records(residents, merging)

    async def propose(self, member: Member, wanted: Wanted) -> Listed:
        """Ask for a change; it waits seven days for a second person.

        Raises StaffRoleMissing, RecordChangeIncomplete, RecordChangesTooMany, StaffNotOneself,
        RecordChangeNotPossible and what the document rules raise.
        """
        member.need(Role.CLERK, Role.SUPERVISOR)
        named = papers.read(wanted)
        with reaching_database():
            await states.count(self._vault, member.id)
            try:
                return await self._proposed(member, wanted, named)
            except RecordChangeNotPossible as refused:
                await self._record_refusal(member, refused.code)
                raise

    async def waiting(self, member: Member) -> list[Listed]:
        """One's own, and for a supervisor those of their region; oldest first."""
        member.need(Role.CLERK, Role.SUPERVISOR)
        theirs = Q(proposed_by=member.id)
        if Role.SUPERVISOR in member.roles:
            theirs |= Q(region__startswith=member.region)
        with reaching_database():
            rows = RecordChange.filter(
                theirs, state=State.WAITING, expires_at__gt=datetime.now(UTC)
            )
            found = await rows.order_by("created_at").limit(_MOST_SHOWN)
        return [Listed.of(row, member) for row in found]

    async def show(self, member: Member, change: UUID) -> Shown:
        """The papers of a waiting proposal; the residents will see that they were read.

        Raises RecordChangeMissing, RecordChangeOver or StaffNotOneself.
        """
        member.need(Role.CLERK, Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row, named = await self._reached(connection, member, change)
                listed = Listed.of(row, member)
                found = await self._records.found(connection, named)
                names = () if listed.mine else await self._records.names(connection, named)
                await self._record(connection, "record:read", found, member)
        return Shown(listed, named.numbers, named.name, names)

    async def confirm(self, member: Member, change: UUID) -> None:
        """The second person agrees, and it is done: once, and wholly or not at all.

        Raises RecordChangeMissing, RecordChangeOver, TwoStaffNeeded, StaffNotOneself,
        RecordChangeNotPossible, and what ``Merging`` raises if a record changed meanwhile.
        """
        member.need(Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row, named = await self._reached(connection, member, change)
                both = await self._two(connection, row, member)
                ended = await self._records.change(connection, Kind(row.kind), named, both)
                await states.close(connection, row, State.CONFIRMED, member.id)
            await self._sessions.announce(ended)

    async def refuse(self, member: Member, change: UUID) -> None:
        """By a second person, or taken back by who proposed it.

        Raises RecordChangeMissing, RecordChangeOver or StaffNotOneself.
        """
        member.need(Role.CLERK, Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                row, named = await self._reached(connection, member, change)
                found = await self._records.found(connection, named)
                await states.close(connection, row, State.REFUSED, member.id)
                await self._record(connection, "record-change:refused", found, member)

    async def _proposed(self, member: Member, wanted: Wanted, named: Papers) -> Listed:
        async with in_transaction() as connection:
            await self._not_oneself(connection, member, named)
            concerned = await self._records.concerned(connection, Kind(wanted.kind), named)
            row = RecordChange(
                id=uuid4(),
                kind=wanted.kind,
                reason=wanted.reason,
                state=State.WAITING,
                region=member.region,
                proposed_by=member.id,
                expires_at=datetime.now(UTC) + states.LIVES,
            )
            papers.keep(self._vault, row, named)
            await row.save(using_db=connection, force_create=True)
            await self._record(connection, "record-change:proposed", concerned, member)
        return Listed.of(row, member)

    async def _reached(
        self, connection: BaseDBAsyncClient, member: Member, change: UUID
    ) -> tuple[RecordChange, Papers]:
        """A waiting proposal of their own or of a supervisor's region, never about themselves."""
        row = await states.locked(connection, change)
        own = UUID(str(row.proposed_by)) == member.id
        if not own and not (Role.SUPERVISOR in member.roles and member.covers(row.region)):
            raise RecordChangeMissing()
        if row.state != State.WAITING:
            raise RecordChangeOver()
        named = papers.kept(self._vault, row)
        await self._not_oneself(connection, member, named)
        return row, named

    async def _not_oneself(
        self, connection: BaseDBAsyncClient, member: Member, named: Papers
    ) -> None:
        for number in named.numbers:
            if await self._accounts.is_oneself(member, number, connection):
                raise StaffNotOneself()

    async def _two(
        self, connection: BaseDBAsyncClient, row: RecordChange, member: Member
    ) -> TwoStaff:
        """Raises TwoStaffNeeded, also for two accounts of one person."""
        both = TwoStaff(UUID(str(row.proposed_by)), member.id)
        if await self._accounts.are_one(both.first, both.second, connection):
            raise TwoStaffNeeded("two accounts of one person")
        return both

    async def _record_refusal(self, member: Member, outcome: str) -> None:
        """Of nobody's list: whose documents they were is not known, or not said."""
        async with in_transaction() as connection:
            await self._record(connection, "record-change:proposed", [None], member, outcome)

    async def _record(
        self,
        connection: BaseDBAsyncClient,
        event: str,
        residents: Sequence[UUID | None],
        member: Member,
        outcome: str = OK,
    ) -> None:
        for resident in residents:
            await record(
                connection,
                event=event,
                resident=resident,
                caller=member.caller,
                purpose=PURPOSE,
                outcome=outcome,
            )
