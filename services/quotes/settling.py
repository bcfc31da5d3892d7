"""Entering at the office what was paid for a quote: by a job, once, or all of it goes back.

    paid (in the payment's transaction) → job → the office is asked with the quote's key → receipt

An office that is away is asked again; one that refuses sends the money back by itself. A worker
that dies in between asks again with the same key, and the office answers what it did.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.errors import Problem, Unavailable
from config.jobs import Handler, Payload, enqueue_each
from identity import notices
from identity.audit import OK, record
from identity.caller import Caller, CallerKind
from identity.vault import Vault
from services.asking import Residents
from services.catalogue import Catalogue
from services.clocks import today
from services.department import Department
from services.desk import ANSWERED, FAILED
from services.errors import DepartmentTimeout, ServiceBroken
from services.models import Payment
from services.models import Quote as Row
from services.payments import refunding
from services.payments.moves import now
from services.quotes.declaration import Paid
from services.quotes.papers import PAID, REFUSED, SETTLED, Papers
from services.quotes.paying import JOB
from services.service import Service

log = logs.get("services.quotes")

WATCH = "watch-quotes"
SCHEDULES: Mapping[str, str] = {WATCH: "*/10 * * * *"}
OFFICE_REFUSED = "office-refused"
_FORGOTTEN = timedelta(minutes=20)
_AT_ONCE = 200
_FORGET = """
    DELETE FROM quote WHERE state IN ('offered', 'lapsed') AND expires_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM payment WHERE subject = 'quote:' || quote.number)
"""


async def watch(_payload: Payload) -> None:
    """The job ``watch-quotes``: what was paid and is not entered yet is tried again for good; what
    nobody began to pay is forgotten after a day.
    """
    with reaching_database():
        async with in_transaction() as connection:
            await connection.execute_query(_FORGET)
            waiting = Row.filter(state=PAID, changed_at__lt=now() - _FORGOTTEN)
            rows = await waiting.using_db(connection).limit(_AT_ONCE).select_for_update()
            for row in rows:
                row.changed_at = now()
                await row.save(using_db=connection)
            await enqueue_each(connection, JOB, [{"quote": str(row.id)} for row in rows])


class Settling:
    def __init__(
        self,
        vault: Vault,
        catalogue: Catalogue,
        departments: Mapping[str, Department],
        residents: Residents,
    ):
        self._papers, self._catalogue = Papers(vault), catalogue
        self._departments, self._residents = departments, residents

    async def settle(self, payload: Payload) -> None:
        """The handler of ``settle-quote``, ``{"quote": id}``. Raises what is worth another try."""
        with reaching_database():
            row = await Row.get_or_none(id=UUID(payload["quote"]))
        if row is None or row.state != PAID:
            return
        service = self._catalogue.service(row.service)
        try:
            receipt = await self._entered(row, service)
        except Unavailable as away:
            await self._fault(row, away.code)
            raise
        except Problem as refused:
            log.info("payment-refused", service=service.id, code=refused.code)
            await self._end(row, service, REFUSED, refused.code)
        else:
            await self._end(row, service, SETTLED, OK, receipt)

    async def _entered(self, row: Row, service: Service) -> Mapping[str, Any]:
        bill, department = service.bill, self._departments[service.department.id]
        if bill is None:
            raise ServiceBroken("not paid for any more")
        person = await self._residents.reveal(UUID(str(row.resident_id)))
        question = service.question.model_validate(self._papers.question(row), by_alias=True)
        with reaching_database():
            payment = await Payment.get(number=row.payment_number)
        about = Paid(
            UUID(str(row.key)),
            payment.number,
            payment.fen,
            today(payment.paid_at),
            self._papers.quote(row).choice,
        )
        try:
            async with asyncio.timeout(service.deadline):
                found = await bill.enter(person, question, department, about)
        except TimeoutError:
            raise DepartmentTimeout(f"{service.id}: {service.deadline} s") from None
        return found.model_dump(mode="json", by_alias=True, exclude_none=True)

    async def _fault(self, row: Row, code: str) -> None:
        with reaching_database():
            await Row.filter(id=row.id, state=PAID).update(fault=code[:40])

    async def _end(
        self,
        known: Row,
        service: Service,
        state: str,
        outcome: str,
        receipt: Mapping[str, Any] | None = None,
    ) -> None:
        """What the office did, the notice, and the refund where it did nothing: together."""
        with reaching_database():
            async with in_transaction() as connection:
                payments = Payment.filter(number=known.payment_number).using_db(connection)
                payment = await payments.select_for_update().get()  # before the quote, as in paid
                mine = Row.filter(id=known.id).using_db(connection)
                row = await mine.select_for_update().get()
                if row.state != PAID:
                    return
                row.state, row.changed_at, row.fault = state, now(), ""
                if receipt is not None:
                    row.receipt_sealed = self._papers.seal_receipt(UUID(str(row.id)), receipt)
                else:
                    row.fault = outcome[:40]
                    left = payment.fen - payment.promised_fen
                    await refunding.refund(
                        connection, payment.number, left, f"quote:{row.number}", OFFICE_REFUSED
                    )
                await row.save(using_db=connection)
                await _tell(connection, row, service, outcome)


async def _tell(connection: BaseDBAsyncClient, row: Row, service: Service, outcome: str) -> None:
    resident = UUID(str(row.resident_id))
    facts: notices.Facts = {"service": service.title, "number": row.number}
    kind = "quote-settled" if row.state == SETTLED else "quote-refused"
    await notices.tell(connection, resident, kind, facts, subject=f"quote:{row.number}")
    await record(
        connection,
        event=ANSWERED if outcome == OK else FAILED,
        resident=resident,
        caller=Caller(CallerKind.DEPARTMENT, actor=service.department.id),
        purpose=service.purpose,
        service=service.id,
        outcome=outcome,
    )


def handlers(
    vault: Vault,
    catalogue: Catalogue,
    departments: Mapping[str, Department],
    residents: Residents,
) -> dict[str, Handler]:
    """Both are safe to repeat."""
    settling = Settling(vault, catalogue, departments, residents)
    return {JOB: settling.settle, WATCH: watch}
