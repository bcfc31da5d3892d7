"""Freezing one's identity: signed in, or by a word that only the resident was given."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.routes import Access, Routes

routes = Routes("freezes")


class WordGiven(BaseModel):
    """``word``: the one of a notice, or the freeze code on paper."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    word: Annotated[str, StringConstraints(min_length=1, max_length=64)]

    def __repr__(self) -> str:
        return "WordGiven(…)"

    __str__ = __repr__


class FreezeCode(BaseModel):
    """To be written down: it is shown this once."""

    code: str

    def __repr__(self) -> str:
        return "FreezeCode(…)"

    __str__ = __repr__


@routes.post(
    "/v1/freezes",
    Access.PUBLIC,
    "Freeze an identity by a word, without signing in",
    status=204,
    body=WordGiven,
)
async def by_word(ask: Ask[WordGiven, None]) -> None:
    await ask.parts.own.freezes.by_word(ask.body.word, ask.address)


@routes.post("/v1/me/freeze", Access.OWN_APP, "Freeze one's own identity", status=204)
async def freeze(ask: Ask[None, None]) -> None:
    await ask.parts.own.freezes.by_resident(ask.caller)


@routes.post(
    "/v1/me/freeze-code",
    Access.OWN_APP,
    "A new code to freeze one's identity with; an older one is void",
    status=201,
    answer=FreezeCode,
)
async def new_code(ask: Ask[None, None]) -> FreezeCode:
    return FreezeCode(code=await ask.parts.own.freezes.new_code(ask.caller))
