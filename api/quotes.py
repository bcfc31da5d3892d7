"""What a payable service asks, reckoned on request: the quote that is paid."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.ask import Ask
from api.case_shapes import ServiceNamed
from api.replies import JSON, Reply
from api.routes import Access, Routes
from config.texts import text
from services.quotes.story import Seen

routes = Routes("payments")


class QuestionSent(BaseModel):
    """As the service's ``question`` describes it; what is left out the office chooses."""


class QuoteLine(BaseModel):
    title: str
    fen: int


class QuoteShown(BaseModel):
    """Amounts in fen. ``subject``: what a payment is begun with; ``question``: as it is reckoned;
    ``notes``: what to know before; ``payment``: the number of the one that was begun last;
    ``receipt``: as the service's ``answer`` describes it, once the office has entered it.
    """

    number: str
    subject: str
    service: ServiceNamed
    state: str
    state_title: str
    lines: list[QuoteLine]
    notes: list[str]
    question: dict[str, Any]
    fen: int
    expires_at: datetime
    payment: str | None
    receipt: dict[str, Any] | None

    @classmethod
    def of(cls, seen: Seen, locale: str) -> "QuoteShown":
        row, service = seen.row, seen.service
        named = ServiceNamed(
            id=row.service,
            title=service.title[locale] if service else row.service,
            icon=service.icon if service else "",
        )
        return cls(
            number=row.number,
            subject=f"quote:{row.number}",
            service=named,
            state=row.state,
            state_title=text(f"quote.state.{row.state}", locale),
            lines=[QuoteLine(title=_said(one.title, locale), fen=one.fen) for one in seen.lines],
            notes=[_said(one, locale) for one in seen.quote.notes],
            question=dict(seen.question),
            fen=row.fen,
            expires_at=row.expires_at,
            payment=seen.payment or None,
            receipt=dict(seen.receipt) if seen.receipt is not None else None,
        )


@routes.post(
    "/v1/services/{id}/quotes",
    Access.OWN_APP,
    "Have it reckoned what is to be paid; the quote holds for half an hour",
    status=201,
    body=QuestionSent,
    judged=False,
    answer=QuoteShown,
    idempotent=True,
)
async def reckon(ask: Ask[Mapping[str, Any], None]) -> Reply:
    seen = await ask.parts.launch.quotes.ask(
        ask.caller, ask.path["id"], ask.body, ask.locale, ask.once
    )
    made = QuoteShown.of(seen, ask.locale)
    headers = {"cache-control": "no-store", "location": f"/v1/quotes/{made.number}"}
    return Reply(made.model_dump_json().encode(), JSON, headers=headers)


@routes.get("/v1/quotes/{number}", Access.OWN_APP, "One quote, and its receipt", answer=QuoteShown)
async def show(ask: Ask[None, None]) -> QuoteShown:
    return QuoteShown.of(
        await ask.parts.launch.quotes.show(ask.caller, ask.path["number"]), ask.locale
    )


def _said(words: Mapping[str, str], locale: str) -> str:
    return words.get(locale) or words["zh-CN"]
