"""Where residents rate and complain and a listener answers, on a database of the test's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from config.settings import Settings
from identity.caller import Caller
from identity.staff.roles import Member, Role
from identity.vault import Vault
from services.catalogue import Catalogue
from services.clocks import today
from services.models import Application, Ticket
from services.ratings.giving import Opinion, Ratings
from services.tickets.desk import TicketDesk
from services.tickets.own import Tickets
from tests.services.applications.permit import Brigade, Register, permit
from tests.services.counter import caller
from tests.support.counter_held import an_application


@dataclass
class Opinions:
    """One resident, ``me``, and one application service of the department ``register``."""

    vault: Vault
    catalogue: Catalogue
    ratings: Ratings
    tickets: Tickets
    desk: TicketDesk
    who: Caller
    me: UUID

    async def applied(self, state: str = "approved", **more: object) -> str:
        """One of mine in this state; its number."""
        service = next(iter(self.catalogue.services))
        id = await an_application(self.vault, self.me, state=state, service=service, **more)
        return (await Application.get(id=id)).number

    async def rate(self, number: str, grade: int, words: str = "", me: UUID | None = None) -> str:
        opinion = Opinion(grade, (), words)
        return await self.ratings.give(self.who, me or self.me, number, opinion, None)

    async def complained(self, words: str = "Nobody answers") -> Ticket:
        number = await self.applied("in-review")
        made = await self.tickets.complain(self.who, self.me, number, words, None)
        return await self.ticket(made)

    async def ticket(self, number: str) -> Ticket:
        return await Ticket.get(number=number)

    async def answered(self, number: str, listener: Member) -> None:
        await self.desk.take(listener, number)
        await self.desk.called(listener, number, "reached")
        await self.desk.answer(listener, number, "explained", "This is how it was")

    async def finished(self, number: str, at: datetime) -> None:
        await Application.filter(number=number).update(finished_at=at)

    async def due(self, number: str, days: int) -> None:
        """As if it were due so many days from today."""
        await Ticket.filter(number=number).update(due_on=today() + timedelta(days=days))


def opinions(settings: Settings) -> Opinions:
    """The database is open already."""
    vault, me = Vault.from_settings(settings), uuid4()
    catalogue = Catalogue([permit()], [Register, Brigade])
    ratings, tickets = Ratings(vault, catalogue), Tickets(vault, catalogue)
    return Opinions(vault, catalogue, ratings, tickets, TicketDesk(vault), caller(me), me)


def a_listener(role: Role = Role.LISTENER) -> Member:
    return Member(
        id=uuid4(), login="l", roles=frozenset({role}), region="", session=uuid4(),
        departments=frozenset({"register"}), document="",
    )  # fmt: skip
