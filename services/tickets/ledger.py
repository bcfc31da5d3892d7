"""Opening a ticket and moving it, on rows the caller has locked, in the caller's transaction."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import notices
from identity.audit import record
from identity.caller import Caller
from identity.vault import Vault
from services.applications.numbers import TICKET, made, read
from services.clocks import add_working_days, today
from services.models import Application, Ticket
from services.service import Service
from services.tickets.states import (
    UNANSWERED,
    WORKING_DAYS,
    Event,
    Kind,
    State,
    TicketMissing,
    TicketOpenAlready,
    TicketsTooMany,
    after,
)

MOST_OPEN = 10
MOST_WORDS = 1000
PURPOSE = "ticket"
_TRIES = 20


@dataclass(frozen=True)
class Said:
    """What a ticket is about, and what the resident says."""

    kind: Kind
    service: Service
    words: str = field(default="", repr=False)
    field: str = ""
    application: Application | None = None

    @property
    def region(self) -> str:
        return self.application.region if self.application else ""


async def open_one(
    connection: BaseDBAsyncClient, vault: Vault, caller: Caller, resident: UUID, said: Said
) -> Ticket:
    """Open a ticket, tell the resident its number and when it will be answered.

    Residents come one after the other, so that the limits hold. Raises TicketOpenAlready for a
    second one about the same thing, TicketsTooMany.
    """
    await _one_at_a_time(connection, resident)
    await _check_room(connection, resident, said)
    id, now = uuid4(), datetime.now(UTC)
    row = await Ticket.create(
        using_db=connection,
        id=id,
        number=await _number(connection, today(now)),
        kind=said.kind,
        resident_id=resident,
        application_id=said.application.id if said.application else None,
        service=said.service.id,
        field=said.field,
        department=said.service.department.id,
        region=said.region,
        state=State.OPEN,
        words_sealed=vault.seal(said.words.encode(), words_context(id)) if said.words else None,
        due_on=add_working_days(today(now), WORKING_DAYS),
    )
    await record(
        connection,
        event="ticket:opened",
        resident=resident,
        caller=caller,
        service=row.service,
        purpose=PURPOSE,
    )
    facts = {"number": row.number, "due_on": str(row.due_on)}
    await tell(connection, row, "ticket-opened", facts)
    return row


async def move(
    connection: BaseDBAsyncClient, row: Ticket, event: Event, caller: Caller | None
) -> None:
    """Write the row as it is now, in the state the event leads to. Raises TicketMoved.

    ``caller`` None: the clock did it, and there is nobody to name.
    """
    row.state = after(row.state, event)
    row.version += 1
    await row.save(using_db=connection)
    if caller is not None:
        await record(
            connection,
            event=f"ticket:{_AUDITED[event]}",
            resident=UUID(str(row.resident_id)),
            caller=caller,
            service=row.service,
            purpose=PURPOSE,
        )


async def tell(
    connection: BaseDBAsyncClient, row: Ticket, kind: str, facts: dict[str, str]
) -> None:
    resident = UUID(str(row.resident_id))
    await notices.tell(connection, resident, kind, facts, subject=f"ticket:{row.number}")


def numbered(said: str) -> str:
    """A ticket's number as it is kept. Raises TicketMissing for what cannot be one."""
    number = read(said, TICKET)
    if number is None:
        raise TicketMissing("no number of ours")
    return number


def words_of(row: Ticket, vault: Vault) -> str:
    """What the resident said."""
    sealed = row.words_sealed
    return vault.open(bytes(sealed), words_context(row.id)).decode() if sealed else ""


def answer_of(row: Ticket, vault: Vault) -> str:
    """What was answered, in words."""
    sealed = row.answer_sealed
    return vault.open(bytes(sealed), answer_context(row.id)).decode() if sealed else ""


def words_context(row: object) -> str:
    return f"ticket.words:{row}"


def answer_context(row: object) -> str:
    return f"ticket.answer:{row}"


_AUDITED = {
    Event.TAKE: "taken",
    Event.GIVE_BACK: "given-back",
    Event.CALL: "called",
    Event.ANSWER: "answered",
    Event.SETTLE: "settled",
    Event.REOPEN: "reopened",
}


async def _one_at_a_time(connection: BaseDBAsyncClient, resident: UUID) -> None:
    await connection.execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", [f"tickets:{resident}"]
    )


async def _check_room(connection: BaseDBAsyncClient, resident: UUID, said: Said) -> None:
    mine = Ticket.filter(resident_id=resident).using_db(connection)
    unanswered = mine.filter(state__in=UNANSWERED)
    same = unanswered.filter(kind=said.kind, service=said.service.id, field=said.field)
    if said.application:
        same = same.filter(application_id=said.application.id)
    if row := await same.first():
        raise TicketOpenAlready(number=row.number)
    if await unanswered.count() >= MOST_OPEN and said.kind is not Kind.RATING:
        raise TicketsTooMany(most=MOST_OPEN)


async def _number(connection: BaseDBAsyncClient, day: date) -> str:
    """One that nobody has; two at the same moment would meet at the unique column."""
    for _ in range(_TRIES):
        number = made(TICKET, day)
        if not await Ticket.filter(number=number).using_db(connection).exists():
            return number
    raise RuntimeError("no number is free today")
