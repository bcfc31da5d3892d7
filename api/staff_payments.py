"""The provider's books beside ours, before staff: role ``operator``. Numbers, and nobody's name."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.ask import Ask
from api.routes import Access, Routes
from api.staff_case import ChoiceShown
from api.staff_door import member_of
from api.verifications import Private
from config.texts import text
from identity.staff.roles import Role
from services.models import PaymentBill, PaymentDifference
from services.payments import desk

routes = Routes("staff")

_ROLES = frozenset({Role.OPERATOR})


class DayQuery(BaseModel):
    """Nothing said: what nobody has seen to yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date | None = None


class Day(BaseModel):
    """A day in China; amounts in fen, the provider's (``there``) and ours (``here``)."""

    day: date
    state: str
    state_title: str
    charged_there_fen: int
    charged_here_fen: int
    returned_there_fen: int
    returned_here_fen: int
    lines: int
    checked_at: datetime

    @classmethod
    def of(cls, row: PaymentBill, locale: str) -> "Day":
        title = text(f"payment.bill.{row.state}", locale)
        return cls(state_title=title, **{name: getattr(row, name) for name in _OF_DAY})


_OF_DAY = (
    "day", "state", "charged_there_fen", "charged_here_fen", "returned_there_fen",
    "returned_here_fen", "lines", "checked_at",
)  # fmt: skip


class Difference(BaseModel):
    """``here_fen`` or ``there_fen`` is null where that side has nothing."""

    id: UUID
    day: date
    kind: str
    kind_title: str
    number: str
    transaction: str
    here_fen: int | None
    there_fen: int | None
    found_at: datetime
    settled_at: datetime | None
    how: str
    ways: list[ChoiceShown]

    @classmethod
    def of(cls, row: PaymentDifference, locale: str) -> "Difference":
        told = {name: getattr(row, name) for name in _OF_DIFFERENCE}
        title = text(f"payment.difference.{row.kind}", locale)
        how = text(f"payment.way.{row.how}", locale) if row.how else ""
        ways = [] if row.settled_at else _ways(row, locale)
        return cls(kind_title=title, how=how, ways=ways, **told)


_OF_DIFFERENCE = (
    "id", "day", "kind", "number", "transaction", "here_fen", "there_fen", "found_at", "settled_at",
)  # fmt: skip


class Books(BaseModel):
    days: list[Day]
    differences: list[Difference]


class Settled(Private):
    how: Literal["put-right", "explained", "passed-on", "try-again"]


@routes.get(
    "/staff/payments/differences",
    Access.STAFF,
    "Days of the last month, and what the two books say differently",
    roles=_ROLES,
    query=DayQuery,
    answer=Books,
)
async def listed(ask: Ask[None, DayQuery]) -> Books:
    books = ask.parts.launch.books
    days, found = await books.days(), await books.found(ask.query.day)
    return Books(
        days=[Day.of(row, ask.locale) for row in days],
        differences=[Difference.of(row, ask.locale) for row in found],
    )


@routes.post(
    "/staff/payments/differences/{id}/settlement",
    Access.STAFF,
    "Say what was done about a difference; try a refund that failed again",
    roles=_ROLES,
    status=204,
    body=Settled,
)
async def settle(ask: Ask[Settled, None]) -> None:
    books, who = ask.parts.launch.books, member_of(ask).caller
    await books.settle(who, ask.path["id"], ask.body.how)


def _ways(row: PaymentDifference, locale: str) -> list[ChoiceShown]:
    able = desk.ways(row.kind)
    return [ChoiceShown(code=way, title=text(f"payment.way.{way}", locale)) for way in able]
