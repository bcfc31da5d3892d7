"""Asking what is to be paid: the office is asked, the quote stands for half an hour, sealed.

Everything an answer at the counter asks is asked here too: the scope and level of the service, the
channel, a guardian, the office's hours; and the read is recorded before the quote leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Problem
from identity import audit, guardians, release
from identity.caller import Caller
from identity.vault import Vault
from identity.ways import ORDINARY
from services.applications import numbers
from services.asking import Residents, in_hours, in_time, told
from services.catalogue import Catalogue
from services.clocks import today
from services.department import Department
from services.desk import ANSWERED, FAILED, REFUSED
from services.errors import ChannelClosed
from services.idempotency import Idempotency, Once
from services.models import Payment
from services.models import Quote as Row
from services.payments.moves import now
from services.question import read
from services.quotes.declaration import Bill, Line, Quote
from services.quotes.errors import NothingToPay, QuoteMissing
from services.quotes.papers import DIGITS, NUMBER, OFFERED, Papers
from services.quotes.paying import payable
from services.service import Service


@dataclass(frozen=True)
class Seen:
    """A quote as its resident sees it; ``payment``: the number of the one that was begun last."""

    row: Row
    service: Service | None
    quote: Quote = field(repr=False)
    question: Mapping[str, Any] = field(repr=False)
    receipt: Mapping[str, Any] | None = field(repr=False, default=None)
    payment: str = ""

    @property
    def lines(self) -> Sequence[Line]:
        return self.quote.lines


class Quotes:
    """``departments`` by id, as ``services.offices`` opens them."""

    def __init__(
        self,
        vault: Vault,
        catalogue: Catalogue,
        departments: Mapping[str, Department],
        residents: Residents,
    ):
        self._papers, self._idempotency = Papers(vault), Idempotency(vault)
        self._catalogue, self._departments = catalogue, departments
        self._residents = residents

    async def ask(
        self,
        caller: Caller,
        service_id: str,
        question: Mapping[str, Any],
        locale: str,
        once: Once | None,
    ) -> Seen:
        """Have it reckoned. Raises ServiceUnknown, what ``release.permit`` refuses, ChannelClosed,
        GuardianConsentNeeded, QuestionInvalid, NothingToPay, the problems of ``Department.call``,
        IdempotencyKeyReused or IdempotencyInFlight.
        """
        service, bill = payable(self._catalogue, service_id)
        event = REFUSED
        try:
            await self._admit(service, caller)
            asked = read(service, question, locale)
            event = FAILED
            found = await self._reckoned(service, bill, caller, asked)
        except Problem as problem:
            await self._record(caller, service, event, problem.code)
            raise told(problem, service.department.title, locale) from problem.__cause__
        given = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        number = await self._kept(caller, service, given, found, once)
        return await self.show(caller, number)

    async def show(self, caller: Caller, said: str) -> Seen:
        """One's own. Raises QuoteMissing and what ``release.permit`` refuses."""
        number = numbers.read(said, NUMBER)
        with reaching_database():
            row = number and await Row.get_or_none(number=number, resident_id=caller.resident)
        if not row:
            raise QuoteMissing()
        service = self._catalogue.services.get(row.service)
        if service is not None:
            release.permit(caller, scope=service.scope, level=ORDINARY)
        with reaching_database():
            begun = Payment.filter(subject=f"quote:{row.number}").order_by("-created_at")
            payment = await begun.first()
        papers = self._papers
        return Seen(
            row,
            service,
            papers.quote(row),
            papers.question(row),
            papers.receipt(row),
            payment.number if payment else "",
        )

    async def _admit(self, service: Service, caller: Caller) -> None:
        release.permit(caller, scope=service.scope, level=service.level, max_age=service.max_age)
        if "mobile" not in service.channels:
            raise ChannelClosed()
        if service.guardian_consent and caller.resident:
            await guardians.require(await self._residents.reveal(caller.resident))

    async def _reckoned(self, service: Service, bill: Bill, caller: Caller, asked: Any) -> Quote:
        department = in_hours(self._departments[service.department.id], now())
        assert caller.resident is not None  # permit has refused everybody else
        person = await self._residents.reveal(caller.resident)
        asking = bill.quote(person, asked, department)
        found = await in_time(service.id, service.deadline, asking)
        if not found.fen:
            raise NothingToPay()
        return found

    async def _kept(
        self,
        caller: Caller,
        service: Service,
        given: Mapping[str, Any],
        found: Quote,
        once: Once | None,
    ) -> str:
        with reaching_database():
            async with (
                in_transaction() as connection,
                self._idempotency.kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return slot.known.decode()
                row = self._row(caller, service, given, found)
                await row.save(using_db=connection, force_create=True)
                await self._recorded(connection, caller, service, ANSWERED, audit.OK)
                slot.keep(row.number.encode())
        return row.number

    def _row(self, caller: Caller, service: Service, given: Mapping[str, Any], found: Quote) -> Row:
        made, at = uuid4(), now()
        assert service.bill is not None
        return Row(
            id=made,
            number=numbers.made(NUMBER, today(at), digits=DIGITS),
            resident_id=caller.resident,
            service=service.id,
            state=OFFERED,
            question_sealed=self._papers.seal_question(made, given),
            lines_sealed=self._papers.seal_lines(made, found),
            fen=found.fen,
            key=uuid4(),
            expires_at=at + timedelta(minutes=service.bill.minutes),
            created_at=at,
            changed_at=at,
        )

    async def _record(self, caller: Caller, service: Service, event: str, outcome: str) -> None:
        """A refusal or failure, in a transaction of its own."""
        if caller.resident is None:
            return
        with reaching_database():
            async with in_transaction() as connection:
                await self._recorded(connection, caller, service, event, outcome)

    async def _recorded(
        self, connection: BaseDBAsyncClient, caller: Caller, service: Service, *what: str
    ) -> None:
        event, outcome = what
        await audit.record(
            connection,
            event=event,
            resident=caller.resident,
            caller=caller,
            purpose=service.purpose,
            service=service.id,
            outcome=outcome,
        )
