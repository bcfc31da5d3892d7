"""Erasing one's account: asked for, cancelled within the week, and what is kept all the same."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from config.texts import text
from identity.erasure import Asked

routes = Routes("me")


class Kept(BaseModel):
    """``code`` for programs, ``text`` for people: what stays, and why."""

    code: str
    text: str


class ErasureShown(BaseModel):
    """It is carried out after ``erase_after``; until then it can be cancelled."""

    erase_after: datetime
    keeps: list[Kept]

    @classmethod
    def of(cls, asked: Asked, locale: str) -> "ErasureShown":
        return cls(erase_after=asked.erase_after, keeps=kept(asked.keeps, locale))


def kept(codes: Sequence[str], locale: str) -> list[Kept]:
    return [Kept(code=code, text=text(f"keeps.{code}", locale)) for code in codes]


@routes.delete(
    "/v1/me",
    Access.OWN_APP,
    "Have everything erased, a week from now; needs a fresh proof",
    status=202,
    answer=ErasureShown,
)
async def ask_for_it(ask: Ask[None, None]) -> ErasureShown:
    return ErasureShown.of(await ask.parts.own.erasures.ask(ask.caller), ask.locale)


@routes.get("/v1/me/erasure", Access.OWN_APP, "The erasure that was asked for", answer=ErasureShown)
async def show(ask: Ask[None, None]) -> ErasureShown:
    asked = await ask.parts.own.erasures.asked(resident_of(ask.caller))
    return ErasureShown.of(asked, ask.locale)


@routes.delete("/v1/me/erasure", Access.OWN_APP, "Cancel the erasure", status=204)
async def cancel(ask: Ask[None, None]) -> None:
    await ask.parts.own.erasures.cancel(ask.caller)
