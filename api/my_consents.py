"""What the resident agreed to, and withdrawing it."""

from datetime import datetime

from pydantic import BaseModel

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from config.texts import words
from identity import consent

routes = Routes("me")


class ConsentShown(BaseModel):
    """``title`` is the purpose in words; ``version`` names the text that was agreed to."""

    purpose: str
    title: str
    version: str
    given_at: datetime


class ConsentList(BaseModel):
    consents: list[ConsentShown]


@routes.get("/v1/me/consents", Access.OWN_APP, "What the resident agreed to", answer=ConsentList)
async def given(ask: Ask[None, None]) -> ConsentList:
    rows = await consent.living(resident_of(ask.caller))
    known = words(ask.locale)
    shown = [
        ConsentShown(
            purpose=row.purpose,
            title=known.get(f"purpose.{row.purpose}", row.purpose),
            version=row.version,
            given_at=row.given_at,
        )
        for row in rows
    ]
    return ConsentList(consents=shown)


@routes.delete(
    "/v1/me/consents/{purpose}",
    Access.OWN_APP,
    "Withdraw a consent; every session ends with it",
    status=204,
)
async def withdraw(ask: Ask[None, None]) -> None:
    resident = resident_of(ask.caller)
    await consent.withdraw(ask.parts.sessions, resident, ask.path["purpose"], ask.caller)
