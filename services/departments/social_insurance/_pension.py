"""A monthly pension in today's money, to the fen, by the formula of 国发〔2005〕38号.

    basic    = base × (1 + index) ÷ 2 × years × 1 %
    personal = account ÷ months of payment

Wages, rates and interest stand still in it, and the transitional part of those who worked before
1998 is left out: an estimate, never a decision.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.departments.social_insurance._pension_rules import (
    PERSONAL_PERCENT,
    Post,
    Sex,
    base_on,
    months_needed,
    payout_months,
    retirement_age,
    retires_in,
)


@dataclass(frozen=True)
class Past:
    """What was paid so far. ``account`` and ``base`` (of today) in fen; ``index``: the mean of
    one's base over the average wage, ``newest`` the same of the newest month.
    """

    sex: Sex
    born: date
    months: int
    account: int
    base: int
    index: Fraction
    newest: Fraction


@dataclass(frozen=True)
class Estimate:
    """Fen a month; ``retires`` is a month's first day, ``needed`` months of contribution."""

    retires: date
    age: int
    months: int
    needed: int
    index: Fraction
    account: int
    basic: int
    personal: int

    @property
    def monthly(self) -> int:
        return self.basic + self.personal

    @property
    def enough(self) -> bool:
        return self.months >= self.needed


def estimate(past: Past, today: date, post: Post, *, paying_on: bool) -> Estimate:
    """``paying_on``: until retirement, on today's base; else nothing more is paid."""
    retires = retires_in(past.born, past.sex, post)
    left = (retires.year - today.year) * 12 + retires.month - today.month
    more = max(left, 0) if paying_on else 0
    months = past.months + more
    index = (past.index * past.months + past.newest * more) / months if months else Fraction(0)
    account = past.account + more * _fen(Fraction(past.base * PERSONAL_PERCENT, 100))
    age = retirement_age(past.born, past.sex, post)
    basic = base_on(today) * (1 + index) / 2 * Fraction(months, 12) / 100
    return Estimate(
        retires=retires,
        age=age,
        months=months,
        needed=months_needed(retires),
        index=index,
        account=account,
        basic=_fen(basic),
        personal=_fen(Fraction(account, payout_months(age))),
    )


def _fen(exact: Fraction) -> int:
    """Half up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
