"""The catalogue, its details, and one real route for every service's answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Handler, Route, Routes
from services.catalogue import EVERYTHING, Catalogue, Page, Wanted
from services.items.regions import tree
from services.search import MOST_CHARACTERS
from services.service import Service

routes = Routes("services")

# The catalogue follows Accept-Language; an edit reaches whoever keeps a page within a minute.
_CACHED = {"cache-control": "public, max-age=60", "vary": "accept-language"}
_Short = Annotated[str, StringConstraints(max_length=64)]
Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,9}$")]
"""A region's code, 2 to 9 digits (GB/T 2260, GB/T 10114)."""


class CatalogueQuery(BaseModel):
    """What to list; empty means everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)] = ""
    department: _Short = ""
    audience: _Short = ""
    region: Region = ""
    group: _Short = ""
    kind: Literal["", "query", "application", "appointment", "payment", "page", "listed"] = ""
    cursor: _Short = ""


class DetailQuery(BaseModel):
    """Whose edition: a region's code; empty for what holds everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Region = ""


@routes.get("/v1/services", Access.PUBLIC, "Search the catalogue of services", query=CatalogueQuery)
async def list_services(ask: Ask[None, CatalogueQuery]) -> Reply:
    asked = ask.query.model_fields_set
    wanted = Wanted(**ask.query.model_dump()) if asked else EVERYTHING
    check_region(wanted.region)
    page = ask.parts.catalogue.page(ask.locale, wanted)
    if page.empty and wanted == Wanted(q=wanted.q, region=wanted.region):
        ask.parts.counter.misses.count(wanted.q)
    return _page(page)


@routes.get(
    "/v1/services/{id}",
    Access.PUBLIC,
    "One service with its item, its question and its answer, as a region has it",
    query=DetailQuery,
)
async def show(ask: Ask[None, DetailQuery]) -> Reply:
    check_region(ask.query.region)
    page = ask.parts.catalogue.detail(ask.path["id"], ask.locale, ask.query.region)
    ask.parts.counter.uses.count(ask.path["id"])
    return _page(page)


def check_region(code: str) -> None:
    """Raise RegionUnknown for a code that no region has; empty is every region."""
    if code:
        tree().region(code)


def answer_routes(catalogue: Catalogue) -> list[Route]:
    """One route for each query of the catalogue; a dropped-in file is there too."""
    return [_answers(service) for service in catalogue.services.values() if service.function]


def _answers(service: Service) -> Route:
    return Route(
        method="POST",
        path=f"/v1/services/{service.id}/answers",
        access=Access.AT_THE_DESK,
        handler=_asks(service),
        summary=f"Ask: {service.title['en']}",
        tag="answers",
        body=service.question,
        answer=service.answer,
        judged=False,
    )


def _asks(service: Service) -> Handler:
    async def ask_desk(ask: Ask[dict[str, object], None]) -> Reply:
        answered = await ask.parts.desk.answer(service, ask.caller, ask.body, ask.locale)
        ask.parts.counter.uses.count(service.id)
        return Reply(answered.as_json(ask.locale))

    return ask_desk


def _page(page: Page) -> Reply:
    return Reply(page.body, headers=_CACHED, etag=page.etag)
