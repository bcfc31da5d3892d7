"""Who pays which part of a bill: the two equations and the three kinds of mix, to the fen.

    total = government + own account + other + cash + reductions
          = government + own account + other + medical cash + additions

After the interface by which the payment provider takes medical-insurance payments together with
cash (its ``mix_pay_type``): what each kind must have and must not have is checked where a split is
made, so that none exists which breaks a rule. Amounts are integer fen, never negative.

| mix | parts of insurance | insurance's number | cash |
|---|---|---|---|
| cash-only | forbidden; all that is billed counts as additions | forbidden | required, above 0 |
| insurance-only | required; may be 0 where reductions pay everything | required | forbidden |
| cash-and-insurance | required, not all 0 | required | required, above 0 |
"""

from dataclasses import dataclass
from enum import StrEnum


class Mix(StrEnum):
    CASH_ONLY = "cash-only"
    INSURANCE_ONLY = "insurance-only"
    BOTH = "cash-and-insurance"


class SplitBroken(ValueError):
    """A rule does not hold; the message names it and holds no amount."""


class ReducedTooMuch(SplitBroken):
    """More was taken off than cash is left to pay: the hospital must bill otherwise."""


@dataclass(frozen=True)
class Parts:
    """What insurance answers: what fund, own account and others pay, and the cash it leaves."""

    government: int
    own: int
    other: int
    medical_cash: int

    @property
    def whole(self) -> int:
        return self.government + self.own + self.other + self.medical_cash


@dataclass(frozen=True)
class Split:
    """A bill with its parts. ``parts``, ``settlement`` and ``cash`` are None where they are
    forbidden. Raises SplitBroken for what breaks a rule.
    """

    mix: Mix
    total: int
    additions: int
    reductions: int
    parts: Parts | None
    settlement: str | None
    cash: int | None

    def __post_init__(self) -> None:
        _check_amounts(self)
        _check_fields(self)
        _check_equations(self)

    @property
    def insured(self) -> int:
        """What insurance pays, its three parts together."""
        return self.parts.whole - self.parts.medical_cash if self.parts else 0

    @property
    def paid(self) -> int:
        """What really moves: insurance's parts and the cash."""
        return self.insured + (self.cash or 0)


def by_cash(billed: int, additions: int, reductions: int) -> Split:
    """Without insurance: everything that is billed is an addition to nothing.

    Raises SplitBroken where nothing is left to pay.
    """
    total = billed + additions
    return Split(Mix.CASH_ONLY, total, total, reductions, None, None, total - reductions)


def by_insurance(
    billed: int, additions: int, reductions: int, parts: Parts, settlement: str
) -> Split:
    """With what insurance answered; the kind of mix follows from what is left to pay in cash.

    Raises SplitBroken for parts that are not what was billed, ReducedTooMuch.
    """
    if parts.whole != billed:
        raise SplitBroken("the parts are not what was billed")
    cash = parts.medical_cash + additions - reductions
    if cash < 0:
        raise ReducedTooMuch("more was taken off than there is cash")
    mix = Mix.BOTH if cash else Mix.INSURANCE_ONLY
    total = billed + additions
    return Split(mix, total, additions, reductions, parts, settlement, cash or None)


def _check_amounts(split: Split) -> None:
    parts = split.parts
    own = (parts.government, parts.own, parts.other, parts.medical_cash) if parts else ()
    amounts = (split.total, split.additions, split.reductions, split.cash or 0, *own)
    if any(type(one) is not int or one < 0 for one in amounts):
        raise SplitBroken("an amount that is no whole number of fen")


def _check_fields(split: Split) -> None:
    """What each kind must have and must not have."""
    insured = split.mix is not Mix.CASH_ONLY
    if (split.parts is not None) is not insured or bool(split.settlement) is not insured:
        raise SplitBroken(f"{split.mix}: the fields of insurance")
    if split.mix is Mix.INSURANCE_ONLY and split.cash is not None:
        raise SplitBroken(f"{split.mix}: cash")
    if split.mix is not Mix.INSURANCE_ONLY and not split.cash:
        raise SplitBroken(f"{split.mix}: no cash")
    if split.mix is Mix.BOTH and split.parts is not None and not split.parts.whole:
        raise SplitBroken(f"{split.mix}: no part of insurance")


def _check_equations(split: Split) -> None:
    medical_cash = split.parts.medical_cash if split.parts else 0
    if split.total != split.insured + (split.cash or 0) + split.reductions:
        raise SplitBroken("first equation")
    if split.total != split.insured + medical_cash + split.additions:
        raise SplitBroken("second equation")
