"""A resident's applications: begun, changed, submitted, listed, read."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.case_shapes import (
    CaseFile,
    DraftSent,
    FormSent,
    Lines,
    MaterialsSent,
    Submission,
)
from api.me import resident_of
from api.replies import JSON, Reply
from api.routes import Access, Routes
from services.applications.declaration import Receipt
from services.applications.states import State

routes = Routes("applications")

ONE = "/v1/applications/{number}"


class ListQuery(BaseModel):
    """``state``: only those; ``cursor``: the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State | None = None
    cursor: Annotated[str, StringConstraints(max_length=128)] = ""


@routes.post(
    "/v1/services/{id}/drafts",
    Access.OWN_APP,
    "Begin an application; the form may be incomplete",
    status=201,
    body=DraftSent,
    answer=Receipt,
)
async def draft(ask: Ask[DraftSent, None]) -> Reply:
    applications = ask.parts.counter.applications
    made = await applications.draft(ask.caller, ask.path["id"], ask.body.form, ask.locale)
    return created(made)


@routes.put(ONE, Access.OWN_APP, "Change the form", body=FormSent, answer=Receipt)
async def change(ask: Ask[FormSent, None]) -> Receipt:
    applications, sent = ask.parts.counter.applications, ask.body
    return await applications.change(ask.caller, ask.path["number"], sent.form, sent.version)


@routes.post(
    "/v1/services/{id}/applications",
    Access.OWN_APP,
    "Submit an application at once, or a draft with its last form",
    status=201,
    body=Submission,
    answer=Receipt,
    idempotent=True,
)
async def submit(ask: Ask[Submission, None]) -> Reply:
    sent = ask.body
    made = await ask.parts.counter.applications.submit(
        ask.caller,
        ask.path["id"],
        sent.form,
        sent.materials,
        ask.locale,
        draft=sent.draft,
        once=ask.once,
    )
    return created(made)


@routes.post(
    f"{ONE}/submission",
    Access.OWN_APP,
    "Submit a draft with the form it has",
    status=201,
    body=MaterialsSent,
    answer=Receipt,
    idempotent=True,
)
async def send_draft(ask: Ask[MaterialsSent, None]) -> Reply:
    applications, number = ask.parts.counter.applications, ask.path["number"]
    made = await applications.send_draft(
        ask.caller, number, ask.body.materials, ask.locale, once=ask.once
    )
    return created(made)


@routes.get(
    "/v1/applications", Access.OWN_APP, "The resident's applications", query=ListQuery, answer=Lines
)
async def listed(ask: Ask[None, ListQuery]) -> Lines:
    asked = ask.query
    found = await ask.parts.counter.applications.listed(
        ask.caller, ask.locale, state=asked.state or "", cursor=asked.cursor
    )
    return Lines.model_validate(found)


@routes.get(ONE, Access.OWN_APP, "The whole case file", answer=CaseFile)
async def show(ask: Ask[None, None]) -> CaseFile:
    counter = ask.parts.counter
    file = await counter.applications.case_file(ask.caller, ask.path["number"], ask.locale)
    rating, rateable = await counter.ratings.beside(resident_of(ask.caller), file["number"])
    may = [one for one in file["may"] if one != "rate" or rateable]
    return CaseFile.model_validate(file | {"rating": rating, "may": may})


def created(made: Receipt) -> Reply:
    """Where the case file is."""
    headers = {"cache-control": "no-store", "location": f"/v1/applications/{made.number}"}
    return Reply(made.model_dump_json().encode(), JSON, headers=headers)
