"""A resident's own tickets: complaining, reporting a wrong field, following it, being satisfied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.caller import Caller
from identity.vault import Vault
from services.applications.errors import ApplicationMissing
from services.applications.numbers import APPLICATION, read
from services.applications.states import State as Stands
from services.catalogue import Catalogue
from services.clocks import add_working_days, today
from services.errors import ServiceUnknown
from services.idempotency import Idempotency, Once
from services.models import Application, Ticket
from services.service import Service
from services.tickets.ledger import Said, answer_of, move, numbered, open_one, words_of
from services.tickets.states import (
    UNANSWERED,
    WORKING_DAYS,
    Event,
    FieldUnknown,
    Kind,
    TicketMissing,
)

SHOWN = 100


@dataclass(frozen=True)
class Seen:
    """A ticket as its resident sees it; ``answer``: the code, ``told``: the words."""

    row: Ticket
    words: str = field(repr=False)
    told: str = field(repr=False)


@dataclass(frozen=True)
class Tickets:
    vault: Vault
    catalogue: Catalogue

    async def complain(
        self, caller: Caller, resident: UUID, number: str, words: str, once: Once | None
    ) -> str:
        """About one's own application, whatever state it is in but a draft; the ticket's number.

        Raises ApplicationMissing, TicketOpenAlready, TicketsTooMany and what ``kept`` refuses.
        """
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return slot.known.decode()
                row = await _applied(connection, resident, number)
                service = self.catalogue.service(row.service)
                said = Said(Kind.COMPLAINT, service, words, application=row)
                made = await open_one(connection, self.vault, caller, resident, said)
                slot.keep(made.number.encode())
        return made.number

    async def report(self, caller: Caller, resident: UUID, said: Said, once: Once | None) -> str:
        """A field of an answer is wrong: its owner hears of it. Returns the ticket's number.

        Raises FieldUnknown, TicketOpenAlready, TicketsTooMany and what ``kept`` refuses.
        """
        check_field(said.service, said.field)
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return slot.known.decode()
                made = await open_one(connection, self.vault, caller, resident, said)
                slot.keep(made.number.encode())
        return made.number

    async def listed(self, resident: UUID) -> Sequence[Ticket]:
        """The youngest first; one statement."""
        return await Ticket.filter(resident_id=resident).order_by("-created_at").limit(SHOWN)

    async def one(self, resident: UUID, number: str) -> Seen:
        """Raises TicketMissing."""
        row = await Ticket.get_or_none(number=numbered(number), resident_id=resident)
        if row is None:
            raise TicketMissing()
        return Seen(row, words_of(row, self.vault), answer_of(row, self.vault))

    async def satisfied(
        self, caller: Caller, resident: UUID, number: str, *, settled: bool
    ) -> None:
        """Whether the answer settles it; if not, it is open anew with its whole time.

        Raises TicketMissing or TicketMoved.
        """
        with reaching_database():
            async with in_transaction() as connection:
                rows = Ticket.filter(number=numbered(number), resident_id=resident)
                row = await rows.using_db(connection).select_for_update().first()
                if row is None:
                    raise TicketMissing()
                if settled:
                    row.closed_at = datetime.now(UTC)
                else:
                    _begin_anew(row)
                await move(connection, row, Event.SETTLE if settled else Event.REOPEN, caller)

    async def open_ones(self, resident: UUID) -> int:
        """How many wait for an answer."""
        return await Ticket.filter(resident_id=resident, state__in=UNANSWERED).count()


async def _applied(connection: BaseDBAsyncClient, resident: UUID, said: str) -> Application:
    number = read(said, APPLICATION)
    rows = Application.filter(number=number or "", resident_id=resident)
    row = await rows.using_db(connection).first()
    if row is None or row.state == Stands.DRAFT:
        raise ApplicationMissing()
    return row


def check_field(service: Service, field: str) -> None:
    """Raises FieldUnknown; ServiceUnknown for what answers nothing."""
    if service.function is None:
        raise ServiceUnknown("an application has no answer to be wrong")
    known = {info.alias or name for name, info in service.answer.model_fields.items()}
    if field not in known:
        raise FieldUnknown()


def _begin_anew(row: Ticket) -> None:
    """The second answer has its own time and its own call."""
    row.due_on = add_working_days(today(), WORKING_DAYS)
    row.staff_id = row.called_at = row.warned_at = row.escalated_at = None
    row.call_back = ""
