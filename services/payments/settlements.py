"""What other rooms do when something of theirs is paid or given back.

A room makes a ``Settlement`` for the first word of its payments' subjects; ``services.payables``
puts them together for web and worker. Payments know no room.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.caller import Caller
from services.models import Payment, PaymentRefund
from services.payments.errors import SubjectUnknown
from services.payments.opening import Order

MayOpen = Callable[[BaseDBAsyncClient, Caller, str], Awaitable[Order]]
Paid = Callable[[BaseDBAsyncClient, Payment], Awaitable[None]]
Refunded = Callable[[BaseDBAsyncClient, Payment, PaymentRefund], Awaitable[None]]


async def _nothing(_connection: BaseDBAsyncClient, _payment: Payment) -> None:
    return


async def _nothing_more(
    _connection: BaseDBAsyncClient, _payment: Payment, _refund: PaymentRefund
) -> None:
    return


@dataclass(frozen=True)
class Settlement:
    """``kind``: the first word of the subject. ``may_open(connection, caller, id)``: what this
    caller may pay for the rest of the subject, else it raises a Problem of the room's own.
    ``paid``, ``refunded`` and ``closed`` run in the transaction in which the payment moves, with
    its row locked: they write and enqueue, and call nobody outside. ``refunded`` is told of what
    has really gone back; a charge that was too much is no business of the room's.
    """

    kind: str
    may_open: MayOpen
    paid: Paid = _nothing
    refunded: Refunded = _nothing_more
    closed: Paid = _nothing


class Settlements:
    def __init__(self, settlements: Iterable[Settlement] = ()):
        self._all: Mapping[str, Settlement] = {one.kind: one for one in settlements}

    def of(self, subject: str) -> tuple[Settlement, str]:
        """The settlement and the rest of the subject. Raises SubjectUnknown."""
        kind, _, rest = subject.partition(":")
        if kind not in self._all or not rest:
            raise SubjectUnknown()
        return self._all[kind], rest
