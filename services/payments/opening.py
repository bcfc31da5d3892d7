"""Opening a payment: of one subject there is one at a time, however many tabs ask for it."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.caller import NOBODY, Caller
from services.applications import numbers
from services.clocks import today
from services.models import Payment
from services.payments.errors import PaymentUnderWay
from services.payments.moves import audited, note, now
from services.payments.states import LIVING, PaymentMoved
from services.schema import Words

NUMBER, DIGITS = "ZF", 10
_TRIES = 5
_SUBJECT = re.compile(r"[a-z][a-z-]{0,31}:[A-Za-z0-9-]{1,47}")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_OPEN = """
    INSERT INTO payment (id, number, subject, resident_id, payee, service, title, fen, state,
        promised_fen, returned_fen, fault, expires_at, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'opened', 0, 0, '', $9, $10, $10)
    ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class Order:
    """What is to be paid. ``subject``: kind and id (``medical-bill:YB…``), by which it is paid
    once; ``payee``: the department or client that is owed it; ``fen``: at least one; ``title``:
    what for, in general words, since the payment provider reads them; ``expires``: when nobody
    need pay any more (UTC); ``service``: the catalogue's id or a code; ``by``: who asks.
    """

    subject: str
    payer: UUID
    payee: str
    fen: int
    title: Words = field(repr=False)
    expires: datetime
    service: str = ""
    by: Caller = NOBODY

    def __post_init__(self) -> None:
        if not _SUBJECT.fullmatch(self.subject) or not _CODE.fullmatch(self.payee):
            raise ValueError("payment: a subject or payee that is not a code")
        if self.fen < 1:
            raise ValueError("payment: nothing to pay")


async def open(connection: BaseDBAsyncClient, order: Order) -> Payment:
    """The payment of this subject, locked: a new one, or the one that lives already (it may be
    paid). In the caller's transaction.

    Raises PaymentUnderWay where the living one is of another sum or payer.
    """
    for _ in range(_TRIES):
        made = uuid4()
        if await connection.execute_query_dict(_OPEN, _row(made, order)):
            row = await Payment.select_for_update().using_db(connection).get(id=made)
            await note(connection, row, "open")
            await audited(connection, row, "payment:opened", order.by)
            return row
        if found := await living(connection, order.subject):
            return _same(found, order)
    raise RuntimeError("payment: no number was free")


async def living(connection: BaseDBAsyncClient, subject: str) -> Payment | None:
    """The one that is not over, locked."""
    rows = Payment.filter(subject=subject, state__in=LIVING).using_db(connection)
    return await rows.select_for_update().get_or_none()


def _same(found: Payment, order: Order) -> Payment:
    if UUID(str(found.resident_id)) != order.payer:
        raise PaymentUnderWay("of another payer", number="")
    if (found.fen, found.payee) != (order.fen, order.payee):
        raise PaymentUnderWay("of another sum", number=found.number)
    return found


def _row(made: UUID, order: Order) -> list[object]:
    at = now()
    number = numbers.made(NUMBER, today(at), digits=DIGITS)
    title = json.dumps(dict(order.title), ensure_ascii=False)
    who = order.payer, order.payee, order.service
    return [made, number, order.subject, *who, title, order.fen, order.expires, at]


def moved(row: Payment) -> PaymentMoved:
    """For who would pay what is paid or over."""
    return PaymentMoved("pay", state=row.state)
