"""The resident's own copy: JSON for programs, a page for people, both of everything held."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from api import reads
from api.ask import Ask
from api.copy_page import page, policy
from api.erasures import Kept, kept
from api.replies import JSON, Reply
from api.routes import Access, Routes
from identity import own_copy
from identity.erasure import ALWAYS
from identity.holdings import Coded
from identity.own_copy import Copy, Field, Section

routes = Routes("me")

HTML = "text/html; charset=utf-8"
_FILE = "zhiban-my-data"


class FieldCopied(BaseModel):
    """``name`` for programs, ``title`` in words; times are UTC."""

    name: str
    title: str
    value: datetime | date | bool | int | str | None


class SectionCopied(BaseModel):
    """One kind of thing that is held; ``about`` says what for and how long."""

    name: str
    title: str
    about: str
    records: list[list[FieldCopied]]


class CopyGiven(BaseModel):
    """``after_erasure``: what an erasure would leave, and why."""

    made_at: datetime
    resident: str
    sections: list[SectionCopied]
    after_erasure: list[Kept]


@routes.get(
    "/v1/me/export",
    Access.OWN_APP,
    "A copy of everything held; with Accept: text/html as a readable page. Needs a fresh proof",
    answer=CopyGiven,
)
async def take(ask: Ask[None, None]) -> Reply:
    copy = await own_copy.take(ask.caller, ask.parts.own.holdings, ask.locale, _say(ask))
    keeps = kept(ALWAYS, ask.locale)
    if "text/html" in ask.accept.lower():
        made, kind, ending = page(copy, keeps).encode(), HTML, "html"
    else:
        made, kind, ending = _given(copy, keeps).model_dump_json().encode(), JSON, "json"
    name = f"{_FILE}-{copy.made_at:%Y%m%d}.{ending}"
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{name}"',
        "vary": "accept, accept-language",
        "content-security-policy": policy(),
    }
    return Reply(made, kind, headers=headers)


def _say(ask: Ask[None, None]) -> own_copy.Say:
    """Services and fields have titles of their own, everything else the locale files'."""

    def say(coded: Coded, locale: str) -> str:
        if coded.prefix == "service":
            return ", ".join(reads.what(ask.parts, one, locale) for one in coded.code.split())
        if coded.prefix == "purpose":
            return reads.why(coded.code, locale)
        return own_copy.in_words(coded, locale)

    return say


def _given(copy: Copy, keeps: Sequence[Kept]) -> CopyGiven:
    return CopyGiven(
        made_at=copy.made_at,
        resident=str(copy.resident),
        sections=[_section(one) for one in copy.sections],
        after_erasure=list(keeps),
    )


def _section(one: Section) -> SectionCopied:
    records = [[_field(field) for field in record] for record in one.records]
    return SectionCopied(name=one.name, title=one.title, about=one.about, records=records)


def _field(field: Field) -> FieldCopied:
    return FieldCopied(name=field.name, title=field.title, value=field.value)
