"""The texts residents agree to, readable by anyone before they do."""

from pydantic import BaseModel

from api.ask import Ask
from api.routes import Access, Routes
from identity import consent

routes = Routes("verification")


class ConsentText(BaseModel):
    """``version`` is what the agreement names; the text follows Accept-Language."""

    purpose: str
    version: str
    text: str


@routes.get("/v1/consents/{purpose}", Access.PUBLIC, "The text to agree to", answer=ConsentText)
async def show(ask: Ask[None, None]) -> ConsentText:
    found = consent.current(ask.path["purpose"], ask.locale)
    return ConsentText(purpose=found.purpose, version=found.version, text=found.text)
