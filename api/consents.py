"""The texts residents agree to, readable by anyone before they do, and ever after."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes
from identity import consent

routes = Routes("verification")


class ConsentQuery(BaseModel):
    """``version``: an earlier text; ``hash``: the very text that was agreed to (SHA-256, hex)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, StringConstraints(max_length=16)] = ""
    hash: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class ConsentText(BaseModel):
    """``version`` is what the agreement names; the text follows Accept-Language, or the hash."""

    purpose: str
    version: str
    text: str
    hash: str


@routes.get(
    "/v1/consents/{purpose}",
    Access.PUBLIC,
    "The text to agree to, or one that was agreed to",
    query=ConsentQuery,
    answer=ConsentText,
)
async def show(ask: Ask[None, ConsentQuery]) -> ConsentText:
    found = _found(ask.path["purpose"], ask.query, ask.locale)
    return ConsentText(
        purpose=found.purpose, version=found.version, text=found.text, hash=found.hash
    )


def _found(purpose: str, wanted: ConsentQuery, locale: str) -> consent.ConsentText:
    if wanted.hash:
        return consent.of_hash(purpose, wanted.hash)
    if wanted.version:
        return consent.of_version(purpose, wanted.version, locale)
    return consent.current(purpose, locale)
