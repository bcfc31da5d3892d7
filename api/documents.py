"""The resident's documents: which kinds there are, which they hold, and joining two records."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from api.ask import Ask
from api.me import resident_of
from api.routes import Access, Routes
from config.texts import text
from identity.documents import KINDS
from identity.documents.errors import DocumentMissing
from identity.linking import Held, Wanted

routes = Routes("documents")


class KindShown(BaseModel):
    """``register``: a face can verify it; ``level``: what it reaches on one's own device;
    ``country``: whether the country that issued it has to be said."""

    id: str
    title: str
    example: str
    register_: bool = Field(serialization_alias="register")
    level: int
    country: bool


class KindList(RootModel[list[KindShown]]):
    """In the order in which they are offered."""


class DocumentShown(BaseModel):
    """``number`` shows its first and last character; ``main``: departments ask by this one."""

    id: str
    document_type: str
    title: str
    country: str
    number: str
    level: int
    valid_until: date | None
    expired: bool
    added_at: datetime
    main: bool


class DocumentList(BaseModel):
    documents: list[DocumentShown]


class DocumentWanted(BaseModel):
    """``country``: ISO 3166-1 alpha-2, for passports."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    document_type: Annotated[str, StringConstraints(max_length=32)]
    number: Annotated[str, StringConstraints(max_length=64)]
    country: Annotated[str, StringConstraints(max_length=8)] = ""
    valid_until: date | None = None

    def __repr__(self) -> str:
        return "DocumentWanted(…)"

    __str__ = __repr__


class MergeWanted(BaseModel):
    """``other_token``: an access token of the other record, from a verification a moment ago."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    other_token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]

    def __repr__(self) -> str:
        return "MergeWanted(…)"

    __str__ = __repr__


@routes.get(
    "/v1/document-types", Access.PUBLIC, "The documents one can verify with", answer=KindList
)
async def kinds(ask: Ask[None, None]) -> KindList:
    return KindList(
        [
            KindShown(
                id=kind.id,
                title=text(f"document.{kind.id}", ask.locale),
                example=kind.example,
                register_=kind.register,
                level=kind.level,
                country=not kind.country,
            )
            for kind in KINDS.values()
        ]
    )


@routes.get("/v1/me/documents", Access.OWN_APP, "The resident's documents", answer=DocumentList)
async def held(ask: Ask[None, None]) -> DocumentList:
    return await _held(ask)


@routes.post(
    "/v1/me/documents",
    Access.OWN_APP,
    "Add a document, or renew one",
    status=201,
    body=DocumentWanted,
    answer=DocumentList,
)
async def link(ask: Ask[DocumentWanted, None]) -> DocumentList:
    sent = ask.body
    wanted = Wanted(sent.document_type, sent.number, sent.country, sent.valid_until)
    await ask.parts.own.linking.link(ask.caller, wanted)
    return await _held(ask)


@routes.delete("/v1/me/documents/{id}", Access.OWN_APP, "Remove a document", status=204)
async def unlink(ask: Ask[None, None]) -> None:
    try:
        document = UUID(ask.path["id"])
    except ValueError:
        raise DocumentMissing() from None
    await ask.parts.own.linking.unlink(ask.caller, document)


@routes.post(
    "/v1/me/merges",
    Access.OWN_APP,
    "Join another record of oneself into this one",
    body=MergeWanted,
    answer=DocumentList,
)
async def merge(ask: Ask[MergeWanted, None]) -> DocumentList:
    await ask.parts.own.merging.by_token(ask.caller, ask.body.other_token)
    return await _held(ask)


async def _held(ask: Ask[Any, None]) -> DocumentList:
    rows = await ask.parts.own.linking.held(resident_of(ask.caller))
    return DocumentList(documents=[_shown(row, ask.locale) for row in rows])


def _shown(row: Held, locale: str) -> DocumentShown:
    return DocumentShown(
        id=str(row.id),
        document_type=row.kind,
        title=text(f"document.{row.kind}", locale),
        country=row.country,
        number=row.number,
        level=row.level,
        valid_until=row.valid_until,
        expired=row.expired,
        added_at=row.added_at,
        main=row.main,
    )
