"""Where the provider's books and ours say different things: noted once, seen to by staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from services.clocks import today
from services.models import PaymentDifference, PaymentRefund
from services.payments.moves import now
from services.payments.told import BillLine, Returned, Taken, Went

UNKNOWN = "payment-unknown"  # they took money for a payment that we never opened
FOREIGN = "currency-other"  # they took another currency
MISSING_HERE = "missing-here"  # they took or gave back, we had not heard of it
MISSING_THERE = "missing-there"  # we have it, their bill does not
SUM_OTHER = "sum-other"  # both have it, with another sum
REFUND_FAILED = "refund-failed"  # the payer's bank does not take it: to be put right with them
REFUND_CLOSED = "refund-closed"  # they gave it up, and nothing went back
REFUND_REFUSED = "refund-refused"  # they do not make it
REFUND_OVERDUE = "refund-overdue"  # it is on its way for more than a day
BILL_STANDS = "bill-stands"  # an insurance office never said that it paid, or took back
FAULTS: Mapping[Went, str] = MappingProxyType(
    {"stuck": REFUND_FAILED, "closed": REFUND_CLOSED, "refused": REFUND_REFUSED}
)
AGAIN = frozenset(FAULTS.values())  # of these nothing went back: they can be tried again
KINDS = (
    UNKNOWN, FOREIGN, MISSING_HERE, MISSING_THERE, SUM_OTHER,
    *FAULTS.values(), REFUND_OVERDUE, BILL_STANDS,
)  # fmt: skip
_NUMBER, _TRANSACTION = 40, 64  # characters that are kept of what may not be ours


def of_line(kind: str, line: BillLine, here: int | None) -> PaymentDifference:
    """A line of the bill beside what we have."""
    number = line.number if line.kind == "taken" else line.refund
    theirs = line.fen if line.kind == "taken" else -line.fen
    about = _About(kind, today(line.at), number, f"{line.kind}:{line.transaction}")
    return _made(about, here, theirs)


def of_ours(kind: str, day: date, number: str, transaction: str, fen: int) -> PaymentDifference:
    """What stands in our books only."""
    return _made(_About(kind, day, number, transaction), fen, None)


def unknown(taken: Taken) -> PaymentDifference:
    about = _About(UNKNOWN, today(taken.at), taken.number, taken.transaction)
    return _made(about, None, taken.fen)


def foreign(taken: Taken) -> PaymentDifference:
    """``there_fen``: hundredths of that currency."""
    about = _About(FOREIGN, today(taken.at), taken.number, taken.transaction)
    return _made(about, None, taken.fen)


def other_sum(refund: PaymentRefund, told: Returned) -> PaymentDifference:
    """They gave back, but not what we asked for."""
    key = f"returned:{told.transaction}"
    return _made(_About(SUM_OTHER, today(now()), refund.number, key), -refund.fen, -told.fen)


async def failed(connection: BaseDBAsyncClient, refund: PaymentRefund, told: Returned) -> None:
    """They could not give it back (``told.went`` in FAULTS). Each time it was tried is noted: what
    staff have seen to hides nothing. The payment is locked.
    """
    kind = FAULTS[told.went]
    before = PaymentDifference.filter(kind=kind, number=refund.number).using_db(connection)
    key = f"{refund.number}:{await before.count()}"
    about = _About(kind, today(now()), refund.number, key)
    await note(connection, _made(about, -refund.fen, None))


async def overdue(connection: BaseDBAsyncClient, refund: PaymentRefund) -> None:
    """On its way for too long; once more on another day after somebody has seen to it."""
    before = PaymentDifference.filter(kind=REFUND_OVERDUE, number=refund.number)
    if await before.filter(settled_at__isnull=True).using_db(connection).exists():
        return
    day = today(now())
    about = _About(REFUND_OVERDUE, day, refund.number, f"{refund.number}:{day}")
    await note(connection, _made(about, -refund.fen, None))


def standing(number: str, key: str, fen: int) -> PaymentDifference:
    """Insurance's part of a bill: its paying or, below zero, its return is in our books only.
    ``key``: what the office knows it by.
    """
    return _made(_About(BILL_STANDS, today(now()), number, key), fen, None)


async def note(connection: BaseDBAsyncClient, found: PaymentDifference) -> None:
    """Remember it, the first time."""
    await PaymentDifference.bulk_create([found], ignore_conflicts=True, using_db=connection)


@dataclass(frozen=True)
class _About:
    kind: str
    day: date
    number: str
    transaction: str


def _made(about: _About, here: int | None, there: int | None) -> PaymentDifference:
    return PaymentDifference(
        id=uuid4(),
        day=about.day,
        kind=about.kind,
        number=about.number[:_NUMBER],
        transaction=about.transaction[:_TRANSACTION],
        here_fen=here,
        there_fen=there,
        found_at=now(),
    )
