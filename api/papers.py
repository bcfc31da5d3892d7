"""Certificates: given out sealed, checked by their code; and sealed PDFs of anybody, judged."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.parsing import File
from api.replies import Reply
from api.routes import Access, Routes
from services.papers.apart import MOST_BYTES
from services.papers.errors import PaperNotOffered
from services.papers.room import MIME

routes = Routes("papers")


class Asked(BaseModel):
    """The question as the service's own route for answers takes it."""

    model_config = ConfigDict(extra="allow", frozen=True)


class CodeSent(BaseModel):
    """``code``: as it is printed, with or without hyphens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PaperChecked(BaseModel):
    """Nothing of whose it is. ``state``: good, or lapsed after ``good_until``; ``sha256``: of the
    PDF as it was given out.
    """

    state: Literal["good", "lapsed"]
    number: str
    title: str
    department: str
    issued_on: date
    good_until: date
    sha256: str


class SignatureJudged(BaseModel):
    """``issuer``: whose list it leads to; ``by``: whom the certificate names; ``at``: when, proven
    by a time stamp if ``stamped``.
    """

    state: str
    issuer: str
    by: str
    organisation: str
    serial: str
    at: datetime | None
    stamped: bool


class PaperJudged(BaseModel):
    state: Literal["valid", "unsigned", "changed", "unknown-issuer", "expired", "ended", "broken"]
    signatures: list[SignatureJudged]


@routes.post(
    "/v1/services/{id}/papers",
    Access.AT_THE_DESK,
    "Ask a service, and take its answer as a sealed certificate",
    content_type=MIME,
    judged=False,
    body=Asked,
    idempotent=True,
)
async def give(ask: Ask[dict[str, Any], None]) -> Reply:
    service = ask.parts.catalogue.service(ask.path["id"])
    if service.paper is None:
        raise PaperNotOffered()
    answered = await ask.parts.desk.answer(service, ask.caller, ask.body, ask.locale)
    given = await ask.parts.launch.certificates.give(
        ask.caller, ask.body, answered, ask.locale, once=ask.once
    )
    ask.parts.counter.uses.count(service.id)
    name = quote(f"{given.number}.pdf", safe="")
    headers = {
        "cache-control": "no-store",
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
    }
    return Reply(given.pdf, content_type=MIME, headers=headers)


@routes.post(
    "/v1/papers/check",
    Access.PUBLIC,
    "What a certificate's code says of it: nothing of whose it is",
    body=CodeSent,
    answer=PaperChecked,
)
async def check(ask: Ask[CodeSent, None]) -> PaperChecked:
    found = await ask.parts.launch.certificates.check(ask.body.code)
    catalogue = ask.parts.catalogue
    return PaperChecked(
        state=found.state,
        number=found.number,
        title=catalogue.service(found.service).title[ask.locale],
        department=catalogue.departments[found.department].title[ask.locale],
        issued_on=found.issued_on,
        good_until=found.good_until,
        sha256=found.sha256,
    )


@routes.post(
    "/v1/papers/judgement",
    Access.PUBLIC,
    "Whether the signatures in a PDF count; it is looked at in memory and kept nowhere",
    answer=PaperJudged,
    takes=(MIME,),
    limit=MOST_BYTES,
)
async def judge(ask: Ask[File, None]) -> PaperJudged:
    found = await ask.parts.launch.judging.judged(ask.body.content, ask.locale)
    return PaperJudged.model_validate(asdict(found))
