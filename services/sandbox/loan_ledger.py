"""A provident fund housing loan, repaid month by month in equal payments, to the fen.

Whoever was born on an even day and has paid in for three years has one, on a first home. Rates:
first-home loans of over five years from the fund, by the dates they changed (memory of the central
bank's notices); a running loan follows on 1 January, as its contract says.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from services.sandbox.fund_ledger import side
from services.sandbox.life import Life
from services.sandbox.months import following, rounded

# (in force from, basis points a year)
RATES: tuple[tuple[date, int], ...] = (
    (date(1999, 7, 1), 450),
    (date(2014, 11, 22), 425),
    (date(2015, 3, 1), 400),
    (date(2015, 5, 11), 375),
    (date(2015, 6, 28), 350),
    (date(2015, 8, 26), 325),
    (date(2022, 10, 1), 310),
    (date(2024, 5, 18), 285),
    (date(2025, 5, 8), 260),
)
WAITED, TERM = 36, 240  # months paid in before the loan; months to repay it
_MOST, _LEAST, _STEP = 600_000, 100_000, 10_000  # yuan
_DAY, _GRANTED = 20, 5
_YEARLY = 12 * 10_000


@dataclass(frozen=True)
class Repayment:
    """Fen; ``left`` is what is owed after it."""

    day: date
    principal: int
    interest: int
    left: int


@dataclass
class Loan:
    """``payment`` in fen a month at ``rate`` (basis points a year)."""

    granted: int
    granted_on: date
    rate: int
    payment: int
    left: int
    repaid: list[Repayment] = field(default_factory=list)

    def repay(self, day: date) -> None:
        """One month; the rate of 1 January before it, and a new payment where it has changed."""
        rate = rate_of(max(date(day.year, 1, 1), self.granted_on))
        if rate != self.rate:
            self.rate, self.payment = rate, annuity(self.left, rate, TERM - len(self.repaid))
        interest = rounded(self.left * rate, _YEARLY)
        last = len(self.repaid) == TERM - 1
        principal = self.left if last else min(self.payment - interest, self.left)
        self.left -= principal
        self.repaid.append(Repayment(day, principal, interest, self.left))

    @property
    def due(self) -> date:
        """When the next payment is taken."""
        return following(self.granted_on, len(self.repaid) + 1).replace(day=_DAY)


def borrow(life: Life, born: date, today: date) -> Loan | None:
    """The loan of a life as it stands today; None for who has none, or has repaid it."""
    worked = life.months(today)
    if born.day % 2 or len(worked) < WAITED:
        return None
    month, job = worked[WAITED - 1]
    granted_on = following(month).replace(day=_GRANTED)
    loan = _granted(side(life.base(month), job.fund_percent), granted_on)
    while loan.left and loan.due <= today:
        loan.repay(loan.due)
    return loan if loan.left and granted_on <= today else None


def rate_of(day: date) -> int:
    return next((rate for since, rate in reversed(RATES) if since <= day), RATES[0][1])


def annuity(fen: int, rate: int, months: int) -> int:
    """The equal monthly payment: P × r × (1 + r)^n / ((1 + r)^n − 1), to the fen."""
    monthly = Fraction(rate, _YEARLY)
    grown = (1 + monthly) ** months
    exact = fen * monthly * grown / (grown - 1)
    return rounded(exact.numerator, exact.denominator)


def _granted(each: int, day: date) -> Loan:
    """As many yuan as four hundred deposits of one side (fen), within the centre's bounds."""
    yuan = min(max(each * 400 // 100 // _STEP * _STEP, _LEAST), _MOST)
    rate = rate_of(day)
    return Loan(yuan * 100, day, rate, annuity(yuan * 100, rate, TERM), yuan * 100)
