"""What a payment provider tells of: taken, given back, and where a payment stands with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

YUAN = "CNY"
Stands = Literal["paid", "unpaid", "closed", "unknown"]
Went = Literal["done", "going", "stuck", "closed", "refused", "unknown"]


@dataclass(frozen=True)
class Taken:
    """Somebody was charged. ``number``: our payment; ``transaction``: the provider's own number;
    ``fen``: hundredths of ``currency``; ``at``: when, UTC.
    """

    number: str
    transaction: str
    fen: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class Looked:
    """Where a payment stands. ``unknown``: the provider has never heard of it."""

    stands: Stands
    taken: Taken | None = None


@dataclass(frozen=True)
class Returned:
    """Where a refund stands. ``number``: our refund; ``at``: when it went back, where that is told.

    ``stuck``: the payer's bank does not take it, and it lies with the provider until somebody puts
    it right there; ``closed``: given up for good, nothing went back under this number; ``refused``:
    it was never made.
    """

    number: str
    went: Went
    transaction: str = ""
    fen: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class BillLine:
    """One line of a day's bill: a charge (``kind`` taken) or a refund (returned)."""

    kind: Literal["taken", "returned"]
    number: str
    transaction: str
    refund: str
    fen: int
    currency: str
    at: datetime
