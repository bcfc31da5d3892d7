"""Tickets as members of staff work on them: one colleague a ticket, its words read within it only.

A listener of the department sees what waits; reading one, and the telephone number for the call
back, is recorded for the resident before it is shown. Nobody works on their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.caller import Caller
from identity.phones import phone_of
from identity.staff.errors import StaffNotOneself
from identity.staff.oneself import own_residents
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.models import Application, Rating, Ticket
from services.tickets.ledger import (
    MOST_WORDS,
    PURPOSE,
    answer_context,
    answer_of,
    move,
    numbered,
    tell,
    words_of,
)
from services.tickets.states import (
    ANSWERS,
    CALLED,
    HELD,
    REACHED,
    UNANSWERED,
    CallBackNeeded,
    Event,
    TicketAnswerInvalid,
    TicketMissing,
    TicketMoved,
    TicketNotTaken,
    TicketTaken,
)

SHOWN = 100


@dataclass(frozen=True)
class Opened:
    """One ticket with what its words say. ``phone``: for the call back, to who has taken it alone;
    ``application``: its number; ``grade`` and ``tags`` of the rating it came from.
    """

    row: Ticket
    words: str = field(repr=False)
    told: str = field(repr=False)
    phone: str | None = field(repr=False)
    application: str
    grade: int | None
    tags: Sequence[str]
    mine: bool


@dataclass(frozen=True)
class TicketDesk:
    vault: Vault

    async def waiting(
        self, member: Member, *, state: str = "", mine: bool = False
    ) -> Sequence[Ticket]:
        """What somebody of their departments and region has to answer, the most urgent first.

        Nothing of the resident is in it. Raises StaffRoleMissing.
        """
        with reaching_database():
            rows = _reach(member, await own_residents(self.vault, member))
            rows = rows.filter(state=state) if state else rows.filter(state__in=UNANSWERED)
            if mine:
                rows = rows.filter(staff_id=member.id)
            return await rows.order_by("due_on", "created_at").limit(SHOWN)

    async def one(self, member: Member, number: str) -> Opened:
        """Open one; its resident sees that it was read. Raises StaffRoleMissing, TicketMissing or
        StaffNotOneself.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked(connection, member, number)
                await record(
                    connection,
                    event="ticket:read",
                    resident=UUID(str(row.resident_id)),
                    caller=_caller(member, row),
                    service=row.service,
                    purpose=PURPOSE,
                )
            return await self._opened(member, row)

    async def take(self, member: Member, number: str) -> None:
        """From now on it is theirs; what is theirs already stays so.

        Raises StaffRoleMissing, TicketMissing, StaffNotOneself, TicketTaken or TicketMoved.
        """
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked(connection, member, number)
                if row.state in HELD:
                    if row.staff_id == member.id:
                        return
                    raise TicketTaken()
                row.staff_id = member.id
                await move(connection, row, Event.TAKE, _caller(member, row))

    async def give_back(self, member: Member, number: str) -> None:
        """It waits for anybody again. A lead may take it from somebody who is away."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._locked(connection, member, number)
                if row.staff_id != member.id and Role.LEAD not in member.roles:
                    raise TicketNotTaken()
                row.staff_id = None
                await move(connection, row, Event.GIVE_BACK, _caller(member, row))

    async def called(self, member: Member, number: str, outcome: str) -> None:
        """The resident was called back: ``reached`` or ``not-reached``.

        Raises as ``take``; TicketNotTaken or TicketAnswerInvalid.
        """
        if outcome not in REACHED:
            raise TicketAnswerInvalid("outcome of a call")
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._mine(connection, member, number)
                row.call_back, row.called_at = outcome, datetime.now(UTC)
                await move(connection, row, Event.CALL, _caller(member, row))

    async def answer(self, member: Member, number: str, code: str, words: str) -> None:
        """Answer it with one of ``ANSWERS`` and in words; the resident is told.

        Raises as ``take``; TicketNotTaken, TicketAnswerInvalid, or CallBackNeeded before the
        resident of a rating or complaint was called.
        """
        said = words.strip()
        if code not in ANSWERS or not said or len(said) > MOST_WORDS:
            raise TicketAnswerInvalid()
        with reaching_database():
            async with in_transaction() as connection:
                row = await self._mine(connection, member, number)
                if row.kind in CALLED and not row.call_back:
                    raise CallBackNeeded()
                row.answer, row.answered_at = code, datetime.now(UTC)
                row.answer_sealed = self.vault.seal(said.encode(), answer_context(row.id))
                await move(connection, row, Event.ANSWER, _caller(member, row))
                await tell(connection, row, "ticket-answered", {"number": row.number})

    async def _mine(self, connection: BaseDBAsyncClient, member: Member, number: str) -> Ticket:
        row = await self._locked(connection, member, number)
        if row.state not in HELD:
            raise TicketMoved(state=row.state)
        if row.staff_id != member.id:
            raise TicketNotTaken()
        return row

    async def _locked(self, connection: BaseDBAsyncClient, member: Member, number: str) -> Ticket:
        own = await own_residents(self.vault, member, connection)
        rows = _reach(member, frozenset()).filter(number=numbered(number))
        row = await rows.using_db(connection).select_for_update().first()
        if row is None:
            raise TicketMissing()
        if UUID(str(row.resident_id)) in own:
            raise StaffNotOneself()
        return row

    async def _opened(self, member: Member, row: Ticket) -> Opened:
        mine = row.staff_id == member.id and row.state in HELD
        about = await Application.get_or_none(id=row.application_id) if row.application_id else None
        rating = None
        if about and row.kind == "rating":
            rating = await Rating.get_or_none(application_id=about.id)
        return Opened(
            row,
            words_of(row, self.vault),
            answer_of(row, self.vault),
            await phone_of(self.vault, UUID(str(row.resident_id))) if mine else None,
            about.number if about else "",
            rating.grade if rating else None,
            rating.tags.split() if rating else (),
            mine,
        )


def _reach(member: Member, own: frozenset[UUID]) -> QuerySet[Ticket]:
    """Those of their departments in their region; a ticket without a region is everybody's there.

    Raises StaffRoleMissing.
    """
    member.need(Role.LISTENER, Role.LEAD)
    rows = Ticket.filter(department__in=list(member.departments))
    if member.region:
        rows = rows.filter(Q(region="") | Q(region__startswith=member.region))
    return rows.exclude(resident_id__in=own) if own else rows


def _caller(member: Member, row: Ticket) -> Caller:
    role = Role.LISTENER if Role.LISTENER in member.roles else Role.LEAD
    return member.acting(role, row.department)
