"""The fund centre's code table: what its answers hold, in its field codes.

Field codes after JGJ/T 320 (housing provident fund basic data), from memory. They end here:
services read the names beside them.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from services.money import Fen
from services.schema import Month

State = Literal["paying", "sealed", "transferred", "withdrawn", "other"]
Kind = Literal["deposit", "withdrawal", "interest", "other"]
Reason = Literal["home", "rent", "loan", "retirement", "leaving", "other"]
Why = Literal[
    "closed", "paying", "few-deposits", "has-home", "no-loan", "nothing-left", "not-retired",
    "too-much", "other",
]  # fmt: skip
Method = Literal["equal-payments", "equal-principal", "other"]
_STATES = {"01": "paying", "02": "sealed", "04": "transferred", "05": "withdrawn"}
_KINDS = {"01": "deposit", "04": "withdrawal", "09": "interest"}
_REASONS = {"01": "home", "03": "retirement", "06": "loan", "07": "rent", "08": "leaving"}
_WHYS = {
    "A1": "closed",
    "A2": "paying",
    "A3": "few-deposits",
    "A4": "has-home",
    "A5": "no-loan",
    "A6": "nothing-left",
    "A7": "not-retired",
    "A8": "too-much",
}
_METHODS = {"01": "equal-payments", "02": "equal-principal"}
REASON_CODES = {reason: code for code, reason in _REASONS.items()}


def _month(code: Any) -> Any:
    """``202611`` → ``2026-11``; nothing for an empty one."""
    if not code:
        return None
    return f"{code[:4]}-{code[4:]}" if isinstance(code, str) and len(code) == 6 else code


def _known(table: dict[str, str]) -> BeforeValidator:
    """A code as its name; one that the table lacks is ``other``."""
    return BeforeValidator(lambda code: table.get(code, "other"))


Compact = BeforeValidator(_month)
Absent = BeforeValidator(lambda code: None if code == "" else _WHYS.get(code, "other"))


class Account(BaseModel):
    """An account; amounts in fen. ``city``: where it is paid in, GB/T 2260, as far as the centre
    says so.
    """

    number: str = Field(alias="GRZH", min_length=1)
    employer: str = Field("", alias="DWMC")
    base: Fen = Field(alias="GRJCJS")
    personal: Fen = Field(alias="GRYJCE")
    employer_side: Fen = Field(alias="DWYJCE")
    balance: Fen = Field(alias="GRZHYE")
    carried: Fen = Field(alias="GRZHSNJZYE")
    this_year: Fen = Field(alias="GRZHDNGJYE")
    paid_until: Annotated[Month | None, Compact] = Field(alias="GRJZNY")
    state: Annotated[State, _known(_STATES)] = Field(alias="GRZHZT")
    opened: date | None = Field(None, alias="KHRQ")
    city: str = Field("", alias="JCXZQH", pattern="^([0-9]{4}00)?$")


class Movement(BaseModel):
    """One booking; ``month`` is the one a deposit was made for."""

    day: date = Field(alias="JZRQ")
    kind: Annotated[Kind, _known(_KINDS)] = Field(alias="GJHTQYWLX")
    month: Annotated[Month | None, Compact] = Field(None, alias="HJNY")
    amount: Fen = Field(alias="FSE")
    personal: Fen = Field(alias="GRYJCE")
    employer_side: Fen = Field(alias="DWYJCE")
    balance: Fen = Field(alias="GRZHYE")


class Records(BaseModel):
    """Movements, oldest first."""

    movements: list[Movement] = Field(alias="MXLB")


class Repayment(BaseModel):
    """One month repaid; ``left`` is what is owed after it."""

    day: date = Field(alias="HKRQ")
    principal: Fen = Field(alias="HKBJ")
    interest: Fen = Field(alias="HKLX")
    left: Fen = Field(alias="DKYE")


class Loan(BaseModel):
    """A housing loan; ``rate`` in percent a year, ``months`` its whole term, ``overdue`` in fen.
    Repayments of the last twelve months, oldest first.
    """

    contract: str = Field(alias="JKHTBH", min_length=1)
    granted: Fen = Field(alias="DKFFE")
    granted_on: date = Field(alias="DKFFRQ")
    rate: Decimal = Field(alias="DKLL", ge=0, lt=100)
    months: int = Field(alias="DKQS", gt=0)
    paid_months: int = Field(alias="YHQS", ge=0)
    method: Annotated[Method, _known(_METHODS)] = Field(alias="DKHKFS")
    left: Fen = Field(alias="DKYE")
    payment: Fen = Field(alias="DQYHJE")
    due: date | None = Field(alias="XQHKRQ")
    overdue: Fen = Field(alias="DQYQJE")
    repayments: list[Repayment] = Field(alias="HKMX")


class Term(BaseModel):
    """One reason to withdraw: whether it holds now, for how much, and if not, why."""

    reason: Annotated[Reason, _known(_REASONS)] = Field(alias="TQYY")
    allowed: bool = Field(alias="KTQ")
    most: Fen = Field(alias="KTJE")
    why: Annotated[Why | None, Absent] = Field(alias="BKYY")


class Terms(BaseModel):
    """Every reason that the centre knows."""

    reasons: list[Term] = Field(alias="TQYYLB")
    balance: Fen = Field(alias="GRZHYE")


class Withdrawn(BaseModel):
    """What came of a withdrawal: its number and the amount, or ``why`` nothing was paid."""

    number: str = Field("", alias="TQDJH")
    amount: Fen = Field(alias="TQE")
    balance: Fen = Field(alias="GRZHYE")
    why: Annotated[Why | None, Absent] = Field("", alias="BKYY", validate_default=True)
