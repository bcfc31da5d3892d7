"""A resident's wallet of electronic licences: brought in, listed, read, shown, taken along."""

from datetime import datetime
from typing import Annotated, Literal

import segno
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Routes

routes = Routes("licences")

ONE = "/v1/licences/{id}"
PDF = "application/pdf"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Coordinate = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class Titled(BaseModel):
    id: str
    title: str


class Kind(Titled):
    icon: str
    department: Titled


class Line(BaseModel):
    """A card in the wallet. ``state``: valid, suspended, expired, superseded, withdrawn, deceased
    or closed; ``living``: neither superseded nor ended.
    """

    id: str
    type: Kind
    state: str
    state_title: str
    living: bool
    until: str | None
    issued_at: datetime


class Fact(BaseModel):
    name: str
    title: str
    value: str


class Whole(Line):
    """With its number (GB/T 36904) and facts; ``usual``: what is chosen at first."""

    number: str
    facts: list[Fact]
    usual: list[str]
    portrait: bool


class Page(BaseModel):
    """The youngest first; ``types``: every kind that can be brought in."""

    licences: list[Line]
    types: list[Kind]
    next: str | None


class PageQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, StringConstraints(max_length=128)] = ""


class HolderKey(BaseModel):
    """The public half of the device key (RFC 7517)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class Choice(BaseModel):
    """``shown``: names of facts, ``number`` and ``portrait``; ``key``: where the session is bound
    to a device key, its public half.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shown: Annotated[list[Name], Field(min_length=1, max_length=30)]
    key: HolderKey | None = None


class Handed(BaseModel):
    """``presentation`` is empty where the device signs ``code`` for ``audience`` over
    ``credential`` itself (RFC 9901 §4.3). A QR code is ``link`` and the presentation; where the
    house signed, ``qr`` is its picture as a data address.
    """

    credential: str = Field(repr=False)
    code: str = Field(repr=False)
    audience: str
    link: str
    seconds: int
    good_until: datetime
    presentation: str = Field(repr=False)
    qr: str = Field(repr=False)


@routes.get("/v1/licences", Access.OWN_APP, "The wallet", query=PageQuery, answer=Page)
async def listed(ask: Ask[None, PageQuery]) -> Page:
    wallet = ask.parts.launch.wallet
    return Page.model_validate(await wallet.listed(ask.caller, ask.locale, ask.query.cursor))


@routes.put(
    "/v1/licence-types/{id}/licence",
    Access.OWN_APP,
    "Bring one's licence of this kind in from its department, or bring it up to date",
    answer=Line,
)
async def bring_in(ask: Ask[None, None]) -> Line:
    wallet = ask.parts.launch.wallet
    return Line.model_validate(await wallet.bring_in(ask.caller, ask.path["id"], ask.locale))


@routes.get(ONE, Access.OWN_APP, "One licence whole", answer=Whole)
async def read(ask: Ask[None, None]) -> Whole:
    wallet = ask.parts.launch.wallet
    return Whole.model_validate(await wallet.read(ask.caller, ask.path["id"], ask.locale))


@routes.post(
    f"{ONE}/presentations",
    Access.OWN_APP,
    "Show chosen facts of a licence, for sixty seconds and one check",
    status=201,
    body=Choice,
    answer=Handed,
)
async def show(ask: Ask[Choice, None]) -> Handed:
    sent, showing = ask.body, ask.parts.launch.showing
    key = sent.key.model_dump() if sent.key else None
    made = await showing.show(ask.caller, ask.path["id"], sent.shown, key, ask.locale)
    return Handed(
        credential=made.credential,
        code=made.code,
        audience=made.audience,
        link=made.link,
        seconds=int(showing.good_for.total_seconds()),
        good_until=made.good_until,
        presentation=made.shown,
        qr=_picture(made.link + made.shown) if made.shown else "",
    )


@routes.get(f"{ONE}/pdf", Access.OWN_APP, "A licence as a sealed document", content_type=PDF)
async def pdf(ask: Ask[None, None]) -> Reply:
    made = await ask.parts.launch.printing.pdf(ask.caller, ask.path["id"], ask.locale)
    return Reply(made, PDF)


def _picture(text: str) -> str:
    """Black on white, at the lowest error correction: it is read from a bright screen."""
    made = segno.make_qr(text, error="L", boost_error=False)
    return made.svg_data_uri(light="#fff", border=4)
