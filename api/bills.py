"""A resident's medical bills: seen, shared out between insurance and cash, confirmed.

The cash part is paid like everything else: ``POST /v1/payments`` with the ``subject`` of the bill.
"""

from datetime import datetime

from pydantic import BaseModel

from api.ask import Ask
from api.me import resident_of
from api.medical_bills import PartsShown, ReturnShown
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text, words
from services.bills import own, rows
from services.bills.hospitals import Bill
from services.bills.rows import Words
from services.models import MedicalBill

routes = Routes("bills")

ONE = "/v1/bills/{number}"


class ShareWanted(Private):
    """``insurance``: False pays everything by cash."""

    insurance: bool


class LineShown(BaseModel):
    """``kind``: fee, addition or reduction."""

    kind: str
    title: str
    fen: int


class BillLine(PartsShown):
    """``subject``: what ``POST /v1/payments`` is asked with."""

    number: str
    place: str
    care: str
    care_title: str
    state: str
    state_title: str
    insured: bool
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    subject: str

    @classmethod
    def members(cls, row: MedicalBill, ask: "Ask[None, None]") -> dict[str, object]:
        about = rows.about_of(row, ask.parts.ground.vault)
        return PartsShown.sums(row) | {
            "number": row.number,
            "place": _in(about.place, ask.locale),
            "care": about.care,
            "care_title": text(f"bill.care.{about.care}", ask.locale),
            "state": row.state,
            "state_title": text(f"bill.state.{row.state}", ask.locale),
            "insured": row.insured,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "paid_at": row.paid_at,
            "subject": f"{rows.SUBJECT}:{row.number}",
        }


class BillShown(BillLine):
    """``may``: of share, by-cash, pay, confirm. ``fault``: why insurance did not, in words."""

    lines: list[LineShown]
    refunds: list[ReturnShown]
    may: list[str]
    fault: str | None
    payment: str | None

    @classmethod
    def of(cls, bill: Bill, ask: "Ask[None, None]") -> "BillShown":
        row, locale = bill.row, ask.locale
        about = rows.about_of(row, ask.parts.ground.vault)
        lines = [
            LineShown(kind=one.kind, title=_in(one.title, locale), fen=one.fen)
            for one in about.lines
        ]
        return cls.model_validate(
            BillLine.members(row, ask)
            | {
                "lines": lines,
                "refunds": [ReturnShown.of(one) for one in bill.refunds],
                "may": own.may(row),
                "fault": words(locale).get(f"bill.fault.{row.fault}") if row.fault else None,
                "payment": row.payment_number or None,
            }
        )


class BillList(BaseModel):
    """The youngest first, fifty at most."""

    bills: list[BillLine]


@routes.get("/v1/bills", Access.OWN_APP, "The resident's medical bills", answer=BillList)
async def listed(ask: Ask[None, None]) -> BillList:
    found = await ask.parts.launch.bills.listed(ask.caller, resident_of(ask.caller))
    return BillList(bills=[BillLine.model_validate(BillLine.members(one, ask)) for one in found])


@routes.get(ONE, Access.OWN_APP, "One medical bill with its parts", answer=BillShown)
async def show(ask: Ask[None, None]) -> BillShown:
    bills = ask.parts.launch.bills
    found = await bills.one(ask.caller, resident_of(ask.caller), ask.path["number"])
    return BillShown.of(found, ask)


@routes.post(
    f"{ONE}/share",
    Access.OWN_APP,
    "Have insurance reckon its parts, or pay everything by cash",
    status=204,
    body=ShareWanted,
)
async def share(ask: Ask[ShareWanted, None]) -> None:
    number, insurance = ask.path["number"], ask.body.insurance
    bills = ask.parts.launch.bills
    await bills.share(ask.caller, resident_of(ask.caller), number, insurance=insurance)


@routes.post(
    f"{ONE}/confirm",
    Access.OWN_APP,
    "Let insurance pay, where no cash is left to pay",
    status=204,
)
async def confirm(ask: Ask[None, None]) -> None:
    bills = ask.parts.launch.bills
    await bills.confirm(ask.caller, resident_of(ask.caller), ask.path["number"])


def _in(said: Words, locale: str) -> str:
    return said["en"] if locale == "en" else said["zh-CN"]
