"""A hospital's bills, by its own credentials: opened, followed, given back in part or whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.ask import Ask
from api.case_shapes import Text
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text
from identity import documents
from services.bills import rows
from services.bills.hospitals import Bill, Opened
from services.bills.office import Care
from services.bills.rows import Line
from services.models import MedicalBill, MedicalRefund

routes = Routes("medical-bills")

ONE = "/v1/medical-bills/{number}"
MOST_FEN = 1_000_000_000  # ten million yuan
Fen = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN)]
Reference = Annotated[Text, StringConstraints(min_length=1, max_length=64)]


class Patient(Private):
    """As on the document: the bill reaches whoever is called so and has that number."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    document_type: Annotated[str, StringConstraints(max_length=40)] = documents.RESIDENT_ID


class Titled(Private):
    """In both languages of our pages."""

    zh: Annotated[Text, StringConstraints(min_length=1, max_length=60)]
    en: Annotated[Text, StringConstraints(min_length=1, max_length=60)]

    @property
    def said(self) -> dict[str, str]:
        return {"zh-CN": self.zh, "en": self.en}


class Fee(Private):
    """A medical fee, which insurance may share."""

    title: Titled
    fen: Fen


class Addition(Private):
    """Billed beside the fees, and never insurance's: sending medicines, other expenses."""

    kind: Literal["freight", "other-medical"]
    fen: Fen


class Reduction(Private):
    """Taken off the cash."""

    kind: Literal["hospital", "pharmacy", "discount", "prepayment", "deposit"]
    fen: Fen


class BillSent(Private):
    """``visit``: the hospital's own number: sent again it is the same bill. ``insured``: whether
    the hospital takes insurance for it.
    """

    visit: Reference
    patient: Patient
    care: Care
    fees: Annotated[tuple[Fee, ...], Field(min_length=1, max_length=100)]
    additions: Annotated[tuple[Addition, ...], Field(max_length=10)] = ()
    reductions: Annotated[tuple[Reduction, ...], Field(max_length=10)] = ()
    insured: bool = True

    @property
    def lines(self) -> list[Line]:
        made = [Line("fee", one.title.said, one.fen) for one in self.fees]
        made += [_line("addition", one.kind, one.fen) for one in self.additions]
        return made + [_line("reduction", one.kind, one.fen) for one in self.reductions]


class RefundSent(Private):
    """``reference``: the hospital's own number of it: sent again it is the same refund."""

    reference: Reference
    fen: Fen


class PartsShown(BaseModel):
    """Integer fen. ``total_fen`` = government + self + other + cash + reductions
    = government + self + other + medical cash + additions.
    """

    mix: str | None
    total_fen: int
    government_fen: int
    self_fen: int
    other_fen: int
    medical_cash_fen: int
    cash_fen: int
    additions_fen: int
    reductions_fen: int

    @classmethod
    def sums(cls, row: MedicalBill) -> dict[str, object]:
        return {"mix": row.mix or None} | {
            name: getattr(row, name) for name in PartsShown.model_fields if name != "mix"
        }


class ReturnShown(BaseModel):
    """``done``: all of it is back where it came from."""

    fen: int
    government_fen: int
    self_fen: int
    other_fen: int
    cash_fen: int
    created_at: datetime
    done: bool

    @classmethod
    def of(cls, row: MedicalRefund) -> "ReturnShown":
        return cls(
            fen=row.fen,
            government_fen=row.government_fen,
            self_fen=row.self_fen,
            other_fen=row.other_fen,
            cash_fen=row.cash_fen,
            created_at=row.created_at,
            done=bool(row.insurance_done_at and row.cash_done_at),
        )


class HospitalBill(PartsShown):
    """``left_fen``: what was paid and may still be given back."""

    number: str
    state: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    left_fen: int
    refunds: list[ReturnShown]

    @classmethod
    def of(cls, bill: Bill) -> "HospitalBill":
        row = bill.row
        return cls.model_validate(
            PartsShown.sums(row)
            | {
                "number": row.number,
                "state": row.state,
                "created_at": row.created_at,
                "expires_at": row.expires_at,
                "paid_at": row.paid_at,
                "left_fen": left_of(row, bill.refunds),
                "refunds": [ReturnShown.of(one) for one in bill.refunds],
            }
        )


class BillOpened(BaseModel):
    """``state`` is ``opened`` whoever the patient is: a hospital does not learn who is with us."""

    number: str
    state: str
    expires_at: datetime


@routes.post(
    "/v1/medical-bills",
    Access.CLIENT_TOKEN,
    "Open a bill of a visit (scope medical-bills:open)",
    status=201,
    body=BillSent,
    answer=BillOpened,
)
async def open_one(ask: Ask[BillSent, None]) -> BillOpened:
    sent = ask.body
    number = documents.parse(sent.patient.document_type, sent.patient.id_number)
    opened = Opened(
        sent.visit, sent.patient.name, number, sent.care, sent.lines, insured=sent.insured
    )
    row = await ask.parts.launch.hospitals.open(ask.caller, opened)
    return BillOpened(number=row.number, state=row.state, expires_at=row.expires_at)


@routes.get(ONE, Access.CLIENT_TOKEN, "One of the hospital's own bills", answer=HospitalBill)
async def show(ask: Ask[None, None]) -> HospitalBill:
    return HospitalBill.of(await ask.parts.launch.hospitals.show(ask.caller, ask.path["number"]))


@routes.post(
    f"{ONE}/refunds",
    Access.CLIENT_TOKEN,
    "Give back a part or the whole: each part goes where it came from",
    status=201,
    body=RefundSent,
    answer=ReturnShown,
)
async def refund(ask: Ask[RefundSent, None]) -> ReturnShown:
    number, sent = ask.path["number"], ask.body
    hospitals = ask.parts.launch.hospitals
    return ReturnShown.of(await hospitals.refund(ask.caller, number, sent.reference, sent.fen))


def left_of(row: MedicalBill, refunds: Sequence[MedicalRefund]) -> int:
    """What was paid and has not been promised back; nothing of what is unpaid."""
    if row.paid_at is None or row.state not in ("paid", "part-refunded"):
        return 0
    given: int = sum(one.fen for one in refunds)
    return rows.sources_of(row).whole - given


def _line(kind: str, code: str, fen: int) -> Line:
    title = {locale: text(f"bill.{kind}.{code}", locale) for locale in ("zh-CN", "en")}
    return Line(kind, title, fen)
