"""The catalogue, its details, and one real route for every service's answers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.ask import Ask
from api.replies import Reply
from api.routes import Access, Handler, Route, Routes
from services.catalogue import EVERYTHING, Catalogue, Page, Wanted
from services.search import MOST_CHARACTERS
from services.service import Service

routes = Routes("services")

# The catalogue follows Accept-Language and changes only with a release.
_CACHED = {"cache-control": "public, max-age=60", "vary": "accept-language"}
_Short = Annotated[str, StringConstraints(max_length=64)]


class CatalogueQuery(BaseModel):
    """What to list; empty means everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)] = ""
    department: _Short = ""
    audience: _Short = ""
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,6}$")] = ""
    cursor: _Short = ""


@routes.get("/v1/services", Access.PUBLIC, "Search the catalogue of services", query=CatalogueQuery)
async def list_services(ask: Ask[None, CatalogueQuery]) -> Reply:
    asked = ask.query.model_fields_set
    wanted = Wanted(**ask.query.model_dump()) if asked else EVERYTHING
    return _page(ask.parts.catalogue.page(ask.locale, wanted))


@routes.get("/v1/services/{id}", Access.PUBLIC, "One service, with its question and answer")
async def show(ask: Ask[None, None]) -> Reply:
    return _page(ask.parts.catalogue.detail(ask.path["id"], ask.locale))


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
        return Reply(answered.as_json(ask.locale))

    return ask_desk


def _page(page: Page) -> Reply:
    return Reply(page.body, headers=_CACHED, etag=page.etag)
