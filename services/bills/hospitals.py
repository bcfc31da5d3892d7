"""What a hospital does with its own bills, by its own credentials: opens, looks, gives back.

A bill is found by the hospital's number of the visit, so that whoever sends it twice has one bill,
until it is over without having paid anything: then the visit is billed anew.
A patient who is nobody of ours gets the same answer: no hospital learns who has an account here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.jobs import enqueue
from identity import documents, release
from identity.caller import Caller
from identity.errors import ResidentMissing
from identity.oauth.played import Played
from identity.partners.client import Client
from identity.partners.registry import Registry
from identity.person import IdNumber
from identity.residents import Residents
from identity.vault import Vault
from services.applications.numbers import made
from services.bills import lapsing, mix, returns, rows
from services.bills.errors import (
    BillInvalid,
    BillMissing,
    BillMoved,
    BillRefundReused,
    BillRefundTooMuch,
    BillVisitReused,
)
from services.bills.office import Care
from services.bills.rows import About, Line
from services.bills.states import OVER, PAID, Event, State
from services.clocks import today
from services.models import MedicalBill, MedicalRefund
from services.payments import moves as payment_moves
from services.payments import refunding

SCOPE = "medical-bills:open"
LIFE = timedelta(hours=24)
REASON = "hospital"
RETURN = "return-medical-bill"
_VISIT, _REFERENCE = "bill-visit", "bill-refund"


@dataclass(frozen=True)
class Opened:
    """What a hospital bills. ``visit``: its own number of it; ``lines`` with their kinds."""

    visit: str = field(repr=False)
    name: str = field(repr=False)
    number: IdNumber = field(repr=False)
    care: Care = field(repr=False)
    lines: Sequence[Line] = field(repr=False)
    insured: bool = True


@dataclass(frozen=True)
class Bill:
    """A bill and what was given back of it, the eldest first."""

    row: MedicalBill
    refunds: Sequence[MedicalRefund]


@dataclass(frozen=True)
class Hospitals:
    vault: Vault
    residents: Residents
    registry: Registry
    played: Played

    async def open(self, caller: Caller, opened: Opened) -> MedicalBill:
        """Raises ScopeMissing, BillInvalid or BillVisitReused."""
        check_scope(caller)
        client = await self._client(caller)
        said = client.metadata.organisation
        about = About({"zh-CN": said.zh, "en": said.en}, opened.care, tuple(opened.lines))
        _check_sums(about)
        patient = await self._patient(client, opened)
        with reaching_database():
            try:
                async with in_transaction() as connection:
                    return await self._begin(connection, caller, opened, about, patient)
            except IntegrityError:  # the same visit a moment ago, or a number twice in a million
                async with in_transaction() as connection:
                    return await self._begin(connection, caller, opened, about, patient)

    async def show(self, caller: Caller, number: str) -> Bill:
        """One of their own. Raises ScopeMissing or BillMissing."""
        check_scope(caller)
        with reaching_database():
            row = await self._own(caller, number)
            refunds = await MedicalRefund.filter(bill_id=row.id).order_by("created_at")
        return Bill(row, refunds)

    async def refund(self, caller: Caller, number: str, reference: str, fen: int) -> MedicalRefund:
        """Give ``fen`` back, each part to its source; ``reference``: the hospital's own number of
        it, by which it is given back once.

        Raises ScopeMissing, BillMissing, BillMoved (not paid), BillRefundTooMuch or
        BillRefundReused.
        """
        check_scope(caller)
        with reaching_database():
            found = await self._own(caller, number)
            async with in_transaction() as connection:
                if found.payment_number:  # the payment first, as everybody does
                    await payment_moves.locked(connection, found.payment_number)
                row = await rows.locked(connection, found.id)
                if row.payment_number != found.payment_number:
                    raise BillMoved("it was paid this moment", state=found.state)
                if known := await self._known(connection, row, reference):
                    if known.fen != fen:
                        raise BillRefundReused()
                    return known
                return await self._promise(connection, caller, row, reference, fen)

    async def _begin(
        self,
        connection: BaseDBAsyncClient,
        caller: Caller,
        opened: Opened,
        about: About,
        patient: UUID | None,
    ) -> MedicalBill:
        visit = f"{caller.client}|{opened.visit}"
        digests = list(self.vault.digests(_VISIT, visit).values())
        living = MedicalBill.filter(visit__in=digests, state__not_in=list(OVER))
        known = await living.using_db(connection).select_for_update().first()
        if known and not await lapsing.expire(connection, known):
            return self._same(known, about, opened)
        row = self._row(caller.client, opened, about, patient)
        row.visit = self.vault.digest(_VISIT, visit)
        await row.save(using_db=connection, force_create=True)
        if patient:
            await rows.audited(connection, row, "bill:opened", caller)
            await rows.tell(connection, row, "opened")
        return row

    def _same(self, known: MedicalBill, about: About, opened: Opened) -> MedicalBill:
        before = rows.about_of(known, self.vault)
        if before.written() != about.written() or known.insured != opened.insured:
            raise BillVisitReused(number=known.number)
        return known

    def _row(self, client: str, opened: Opened, about: About, patient: UUID | None) -> MedicalBill:
        id, at = uuid4(), rows.now()
        fees, additions, reductions = rows.billed(about)
        return MedicalBill(
            id=id,
            number=made(rows.NUMBER, today(at), digits=rows.DIGITS),
            client=client,
            resident_id=patient,
            visit_sealed=self.vault.seal(opened.visit.encode(), rows.visit_context(id)),
            about_sealed=self.vault.seal(about.written(), rows.about_context(id)),
            state=State.OPENED,
            insured=opened.insured,
            total_fen=fees + additions,
            additions_fen=additions,
            reductions_fen=reductions,
            key=uuid4(),
            expires_at=at + LIFE,
            created_at=at,
            changed_at=at,
        )

    async def _patient(self, client: Client, opened: Opened) -> UUID | None:
        """The resident of this number, if they are called so; a client that is only trying things
        out meets test residents only.
        """
        resident = await self.residents.find(opened.number)
        if resident is None or not await self.played.enters(client, resident):
            return None
        try:
            person = await self.residents.reveal(resident)
        except ResidentMissing:
            return None
        return resident if person.name == documents.name(opened.name) else None

    async def _client(self, caller: Caller) -> Client:
        client = await self.registry.client(caller.client)
        if client is None:
            raise BillMissing("its client is gone")
        return client

    async def _own(self, caller: Caller, number: str) -> MedicalBill:
        known = MedicalBill.get_or_none(number=rows.numbered(number), client=caller.client)
        row = await known
        if row is None:
            raise BillMissing()
        return row

    async def _known(
        self, connection: BaseDBAsyncClient, row: MedicalBill, reference: str
    ) -> MedicalRefund | None:
        digests = self.vault.digests(_REFERENCE, f"{row.id}|{reference}").values()
        known = MedicalRefund.filter(reference__in=list(digests)).using_db(connection)
        return await known.first()

    async def _promise(
        self,
        connection: BaseDBAsyncClient,
        caller: Caller,
        row: MedicalBill,
        reference: str,
        fen: int,
    ) -> MedicalRefund:
        if State(row.state) not in PAID:
            raise BillMoved("refund", state=row.state)
        left = await rows.left_of(connection, row)
        if fen > left.whole:
            raise BillRefundTooMuch(left_fen=left.whole)
        back = returns.shared(fen, left)
        refund = _refund(row, fen, back)
        refund.reference = self.vault.digest(_REFERENCE, f"{row.id}|{reference}")
        await refund.save(using_db=connection, force_create=True)
        rest = fen == left.whole
        await rows.move(connection, row, Event.RETURN_REST if rest else Event.RETURN_PART, caller)
        await rows.audited(connection, row, "bill:refund-asked", caller)
        if back.cash:
            key = refund_key(refund)
            await refunding.refund(connection, row.payment_number, back.cash, key, REASON)
        if back.whole > back.cash:
            await enqueue(connection, RETURN, {"refund": str(refund.id)})
        return refund


def check_scope(caller: Caller) -> None:
    """Raises ScopeMissing."""
    if SCOPE not in caller.scopes:
        raise release.scope_missing(caller, SCOPE)


def refund_key(refund: MedicalRefund) -> str:
    """By which the payment's refund is asked for, and known again when it is done."""
    return f"{rows.SUBJECT}:{refund.id}"


def _check_sums(about: About) -> None:
    """Raises BillInvalid where even cash alone could not pay it."""
    try:
        mix.by_cash(*rows.billed(about))
    except mix.SplitBroken as broken:
        raise BillInvalid(str(broken)) from None


def _refund(row: MedicalBill, fen: int, back: returns.Sources) -> MedicalRefund:
    """What is nobody's part is done already."""
    at = rows.now()
    return MedicalRefund(
        id=uuid4(),
        bill_id=row.id,
        fen=fen,
        government_fen=back.government,
        self_fen=back.own,
        other_fen=back.other,
        cash_fen=back.cash,
        insurance_done_at=at if back.whole == back.cash else None,
        cash_done_at=None if back.cash else at,
        created_at=at,
    )
