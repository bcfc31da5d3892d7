"""Where the provider's books and ours say different things: noted once, seen to by staff."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from services.clocks import today
from services.models import PaymentDifference, PaymentRefund
from services.payments.moves import now
from services.payments.told import BillLine, Returned, Taken

UNKNOWN = "payment-unknown"  # they took money for a payment that we never opened
FOREIGN = "currency-other"  # they took another currency
MISSING_HERE = "missing-here"  # they took or gave back, we had not heard of it
MISSING_THERE = "missing-there"  # we have it, their bill does not
SUM_OTHER = "sum-other"  # both have it, with another sum
REFUND_FAILED = "refund-failed"  # they could not give it back
KINDS = (UNKNOWN, FOREIGN, MISSING_HERE, MISSING_THERE, SUM_OTHER, REFUND_FAILED)
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


def failed(refund: PaymentRefund, told: Returned) -> PaymentDifference:
    about = _About(REFUND_FAILED, today(now()), refund.number, refund.number)
    return _made(about, -refund.fen, -told.fen if told.went == "done" else None)


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
