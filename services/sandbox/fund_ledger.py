"""A provident fund account as its movements; the balance is their sum, to the fen.

Interest: on the balance of each day, a year of 360 days and months of 30, at the rate in force on
the day, credited on 30 June (住房公积金管理条例 art. 21; 银发〔2016〕43号 for the rate since 2016).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.sandbox.life import Job, Life
from services.sandbox.months import following, latest_posted, rounded
from services.sandbox.wages import interest_rates

Kind = Literal["deposit", "interest", "withdrawal"]
_DEPOSIT_DAY, _CLOSING_DAY = 15, 20
_BASIS_POINTS = 10_000
_YEAR_DAYS = 360


@dataclass(frozen=True)
class Paid:
    """The two sides of a deposit in fen, and who employed the person then."""

    personal: int
    employer_side: int
    employer: str


NOTHING = Paid(0, 0, "")


@dataclass(frozen=True)
class Movement:
    """Fen, signed; a deposit is its two sides together. ``balance`` is the one after it."""

    day: date
    kind: Kind
    amount: int
    balance: int
    paid: Paid = NOTHING


@dataclass
class Ledger:
    """Open from the first deposit; ``accrued`` is interest not yet credited, times 360 × 10,000."""

    movements: list[Movement] = field(default_factory=list)
    balance: int = 0
    carried: int = 0
    accrued: int = 0
    counted_to: date | None = None
    closed: bool = False

    def deposit(self, day: date, paid: Paid) -> None:
        self._count(day)
        self._book(day, "deposit", paid.personal + paid.employer_side, paid)

    def credit_interest(self, day: date) -> None:
        """Book what has accrued and carry the balance into the new fund year."""
        self._count(day)
        self._book(day, "interest", rounded(self.accrued, _YEAR_DAYS * _BASIS_POINTS))
        self.accrued, self.carried = 0, self.balance

    def withdraw_all(self, day: date) -> None:
        """Retirement: interest to the day, then everything out and the account closed."""
        self.credit_interest(day)
        self._book(day, "withdrawal", -self.balance)
        self.carried, self.closed = 0, True

    def withdraw(self, day: date, fen: int) -> None:
        """A part of the balance, paid out on request."""
        self._count(day)
        self._book(day, "withdrawal", -fen)

    def _count(self, day: date) -> None:
        """Accrue interest for the days since the last movement."""
        if self.counted_to is not None:
            for start, end, rate in interest_rates(self.counted_to, day):
                self.accrued += self.balance * _days(start, end) * rate
        self.counted_to = day

    def _book(self, day: date, kind: Kind, amount: int, paid: Paid | None = None) -> None:
        self.balance += amount
        self.movements.append(Movement(day, kind, amount, self.balance, paid or NOTHING))


def side(base: int, percent: int) -> int:
    """One side's monthly payment in fen: base × rate, to the whole yuan as centres collect it."""
    return rounded(base * percent, 100) * 100


def keep(life: Life, today: date, taken: Sequence[tuple[date, int]] = ()) -> Ledger:
    """Every movement of a life up to ``today``, oldest first; ``taken``: days and fen of what
    was paid out on request.
    """
    ledger = Ledger()
    worked: dict[date, Job] = dict(life.months(latest_posted(today)))
    month = life.start
    while month <= today and not ledger.closed:
        for day, book in _one_month(ledger, life, month, worked.get(month), taken):
            if day <= today and not ledger.closed:
                book(day)
        month = following(month)
    return ledger


def _one_month(
    ledger: Ledger, life: Life, month: date, job: Job | None, taken: Sequence[tuple[date, int]]
) -> list[tuple[date, Callable[[date], None]]]:
    """What is booked in a month, by day; what is booked on one day comes in this order."""
    booked: list[tuple[date, Callable[[date], None]]] = []
    if job is not None:
        each = side(life.base(month), job.fund_percent)
        paid = Paid(each, each, job.employer)
        booked.append((month.replace(day=_DEPOSIT_DAY), lambda day: ledger.deposit(day, paid)))
    for when, fen in taken:
        if when.replace(day=1) == month:
            booked.append((when, lambda day, fen=fen: ledger.withdraw(day, fen)))  # type: ignore[misc]
    if month >= life.retired:
        booked.append((month.replace(day=_CLOSING_DAY), ledger.withdraw_all))
    elif month.month == 6 and (ledger.movements or job is not None):
        booked.append((month.replace(day=30), ledger.credit_interest))
    return sorted(booked, key=lambda one: one[0])


def _days(start: date, end: date) -> int:
    """Days between two dates where every month has 30 (the 31st counts as the 30th)."""
    return (
        (end.year - start.year) * _YEAR_DAYS
        + (end.month - start.month) * 30
        + (min(end.day, 30) - min(start.day, 30))
    )
