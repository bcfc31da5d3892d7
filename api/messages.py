"""Whether a message is genuine: anybody may ask, by the code that stands in it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes

routes = Routes("messages")


class CodeGiven(BaseModel):
    """``code``: the eight characters of a message, with or without a hyphen."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]

    def __repr__(self) -> str:
        return "CodeGiven(…)"

    __str__ = __repr__


class MessageChecked(BaseModel):
    """``kind``, ``title`` and ``sent_on`` (a day in China) of a code that is known; ``yours`` is
    null where nobody is signed in.
    """

    known: bool
    kind: str | None
    title: str | None
    sent_on: date | None
    yours: bool | None


@routes.post(
    "/v1/messages/check",
    Access.ANYONE,
    "Ask whether a message was sent from here, by its code",
    body=CodeGiven,
    answer=MessageChecked,
)
async def check(ask: Ask[CodeGiven, None]) -> MessageChecked:
    checks, asked = ask.parts.own.message_checks, ask.body.code
    found = await checks.check(asked, ask.address, ask.locale, ask.caller.resident)
    return MessageChecked(**vars(found))
