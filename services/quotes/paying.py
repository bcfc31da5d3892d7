"""Paying a quote: what may be paid, and what happens when it was paid or nobody paid in time."""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.jobs import enqueue
from identity import release
from identity.caller import Caller
from services.applications import numbers
from services.catalogue import Catalogue
from services.errors import ServiceUnknown
from services.models import Payment
from services.models import Quote as Row
from services.payments.moves import now
from services.payments.opening import Order
from services.payments.settlements import Settlement
from services.quotes.declaration import Bill
from services.quotes.errors import QuoteLapsed, QuoteMissing
from services.quotes.papers import LAPSED, NUMBER, OFFERED, PAID, REFUSED
from services.service import Service

KIND, JOB = "quote", "settle-quote"


def payable(catalogue: Catalogue, id: str) -> tuple[Service, Bill]:
    """Raises ServiceUnknown for what is not paid for."""
    service = catalogue.service(id)
    if service.bill is None:
        raise ServiceUnknown(f"{id} is not paid for here")
    return service, service.bill


def settlement(catalogue: Catalogue) -> Settlement:
    """Of payments for ``quote:<number>``."""

    async def may_open(connection: BaseDBAsyncClient, caller: Caller, said: str) -> Order:
        """Raises QuoteMissing, QuoteLapsed and what ``release.permit`` refuses."""
        number = numbers.read(said, NUMBER)
        mine = Row.filter(number=number or "", resident_id=caller.resident)
        row = await mine.using_db(connection).get_or_none()
        if row is None:
            raise QuoteMissing()
        service, _ = payable(catalogue, row.service)
        release.permit(caller, scope=service.scope, level=service.level, max_age=service.max_age)
        late = row.state == OFFERED and row.expires_at < now()
        if late or row.state in (LAPSED, REFUSED):
            raise QuoteLapsed()
        return _order(row, service, caller)

    return Settlement(KIND, may_open, paid=paid, closed=closed)


async def paid(connection: BaseDBAsyncClient, payment: Payment) -> None:
    """In the payment's transaction: the quote waits to be entered, and a job enters it."""
    row = await _locked(connection, payment)
    row.state, row.payment_number, row.changed_at = PAID, payment.number, now()
    await row.save(using_db=connection)
    await enqueue(connection, JOB, {"quote": str(row.id)})


async def closed(connection: BaseDBAsyncClient, payment: Payment) -> None:
    """Nobody paid in time, or another sum: another quote may be asked for."""
    row = await _locked(connection, payment)
    if row.state == OFFERED:
        row.state, row.changed_at = LAPSED, now()
        await row.save(using_db=connection)


def _order(row: Row, service: Service, caller: Caller) -> Order:
    return Order(
        subject=f"{KIND}:{row.number}",
        payer=UUID(str(row.resident_id)),
        payee=service.department.id,
        fen=row.fen,
        title=service.title,
        expires=row.expires_at,
        service=service.id,
        by=caller,
    )


async def _locked(connection: BaseDBAsyncClient, payment: Payment) -> Row:
    """After the payment, whose row is locked already: everybody keeps to this order."""
    number = payment.subject.partition(":")[2]
    return await Row.filter(number=number).using_db(connection).select_for_update().get()
