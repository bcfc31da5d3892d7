"""Payments: begun, led to the cashier, looked at, listed; and the provider's callbacks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.errors import RouteUnknown
from api.parsing import File
from api.replies import JSON, Reply
from api.routes import Access, Routes
from api.verifications import Private
from config.texts import text
from services.models import Payment, PaymentRefund
from services.payments import provider
from services.payments.moves import title_of
from services.payments.signing import HEADERS
from services.payments.story import Shown

routes = Routes("payments")

ONE = "/v1/payments/{number}"
_MOST_SENT = 32 * 1024


class Wanted(Private):
    """``subject``: what is to be paid, as the page of the bill or quote says it."""

    subject: Annotated[str, StringConstraints(min_length=3, max_length=80)]


class PageQuery(BaseModel):
    """``cursor``: the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, StringConstraints(max_length=128)] = ""


class CashierShown(Private):
    """Where to pay: the page goes there, and comes back by its ``redirect_url``."""

    url: str


class RefundShown(BaseModel):
    number: str
    fen: int
    surplus: bool
    state: str
    state_title: str
    created_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, row: PaymentRefund, locale: str) -> "RefundShown":
        return cls(
            number=row.number,
            fen=row.fen,
            surplus=row.surplus,
            state=row.state,
            state_title=text(f"payment.refund.{row.state}", locale),
            created_at=row.created_at,
            done_at=row.done_at,
        )


class PaymentLine(BaseModel):
    """Amounts in fen; ``returned_fen``: of it, what has gone back."""

    number: str
    subject: str
    title: str
    fen: int
    returned_fen: int
    state: str
    state_title: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None

    @classmethod
    def of(cls, row: Payment, locale: str) -> "PaymentLine":
        title = title_of(row)
        return cls(
            number=row.number,
            subject=row.subject,
            title=title.get(locale) or title["zh-CN"],
            fen=row.fen,
            returned_fen=row.returned_fen,
            state=row.state,
            state_title=text(f"payment.state.{row.state}", locale),
            created_at=row.created_at,
            expires_at=row.expires_at,
            paid_at=row.paid_at,
        )


class PaymentShown(PaymentLine):
    """``payee``: who is paid; ``transaction``: the provider's own number of what was paid;
    ``cashier``: while it is to be paid.
    """

    payee: str
    transaction: str
    refunds: list[RefundShown]
    cashier: CashierShown | None


class PaymentPage(BaseModel):
    """The youngest first; ``next``: the cursor of the page after, or null."""

    payments: list[PaymentLine]
    next: str | None


@routes.post(
    "/v1/payments",
    Access.OWN_APP,
    "Begin to pay, or go on: whoever asks again is led to the same cashier",
    status=201,
    body=Wanted,
    answer=PaymentShown,
    idempotent=True,
)
async def begin(ask: Ask[Wanted, None]) -> Reply:
    found = await ask.parts.launch.payments.open(
        ask.caller, ask.body.subject, ask.once, ask.address
    )
    made = _shown(found, ask)
    headers = {"cache-control": "no-store", "location": f"/v1/payments/{made.number}"}
    return Reply(made.model_dump_json().encode(), JSON, headers=headers)


@routes.get(
    "/v1/payments", Access.OWN_APP, "The resident's payments", query=PageQuery, answer=PaymentPage
)
async def listed(ask: Ask[None, PageQuery]) -> PaymentPage:
    rows, after = await ask.parts.launch.payments.listed(ask.caller, ask.query.cursor)
    return PaymentPage(payments=[PaymentLine.of(row, ask.locale) for row in rows], next=after)


@routes.get(
    ONE,
    Access.OWN_APP,
    "One payment; an unpaid one is asked for first",
    answer=PaymentShown,
)
async def show(ask: Ask[None, None]) -> PaymentShown:
    return _shown(await ask.parts.launch.payments.show(ask.caller, ask.path["number"]), ask)


@routes.post(
    f"{ONE}/cashier", Access.OWN_APP, "The cashier of an unpaid payment, once more",
    answer=CashierShown,
)  # fmt: skip
async def cashier(ask: Ask[None, None]) -> CashierShown:
    url = await ask.parts.launch.payments.pay(ask.caller, ask.path["number"], ask.address)
    return CashierShown(url=url)


@routes.post(
    "/v1/payments/callbacks/{provider}",
    Access.PUBLIC,
    "A payment provider tells what it took or gave back, signed; answered once it is committed",
    status=204,
    takes=(JSON,),
    heard=HEADERS,
    limit=_MOST_SENT,
)
async def told(ask: Ask[File, None]) -> None:
    if ask.path["provider"] != provider.ID:
        raise RouteUnknown("no such provider")
    await ask.parts.launch.payments.told(ask.heard, ask.body.content)


def _shown(found: Shown, ask: Ask[Wanted, None] | Ask[None, None]) -> PaymentShown:
    row, locale = found.row, ask.locale
    return PaymentShown(
        **PaymentLine.of(row, locale).model_dump(),
        payee=_payee(row, ask),
        transaction=found.transaction,
        refunds=[RefundShown.of(one, locale) for one in found.refunds],
        cashier=CashierShown(url=found.cashier) if found.cashier else None,
    )


def _payee(row: Payment, ask: Ask[Wanted, None] | Ask[None, None]) -> str:
    """A department by its title; a partner is named in the title of what is paid."""
    office = ask.parts.catalogue.departments.get(row.payee)
    return office.title[ask.locale] if office else ""
