"""The composition root: settings and department folders in, one Sanic application out."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from sanic import Blueprint, HTTPResponse, Request, Sanic

from api import cors, docs, door, services, wiring
from api.gate import check_declared
from api.measures import Measures
from api.resources import RESOURCES
from api.routes import Access, Route
from api.signals import QuietSignals
from api.staff_pages import staff_pages
from api.uploads import Uploads
from config import settings as house_settings
from config.settings import Settings
from mobile_ui.kiosk_pages import kiosk_pages
from mobile_ui.pages import pages
from mobile_ui.verifier_pages import verifier_pages
from services.catalogue import Catalogue

App = Sanic[Any, Any]
_PAGES = "mobile-pages"
_DRAINED = 16_000_000  # what is read and thrown away, so that the refusal can still be heard
_WITH_BODY = {"POST", "PUT", "PATCH"}


def create_app(
    settings: Settings | None = None,
    departments: Sequence[Path] = (),
    name: str = "zhiban",
) -> App:
    """The application, connected to nothing until its server starts.

    ``departments`` are further folders of departments; ``name`` must be unique in a process.
    Raises RefusedToStart, DeclarationRefused, NotInstalled or UndeclaredRoute.
    """
    house = settings or house_settings.settings()
    folders = (*house.department_folders, *departments)
    catalogue = Catalogue.load(*folders, items=house.items_folder)
    app: App = Sanic(
        name,
        error_handler=door.Refusals(),
        signal_router=QuietSignals(),
        configure_logging=False,
        strict_slashes=True,
    )
    _configure(app, house)
    routes = all_routes(catalogue, house)
    for route in routes:
        _register(app, route)
    _open_pages(app, pages(one.icon for one in catalogue.entries.values()))
    _open_pages(app, staff_pages(routes))
    _open_pages(app, verifier_pages())
    icons = (service.icon for service in catalogue.services.values())
    _open_pages(app, kiosk_pages(icons, house.card_reader_address))
    _live(app, house, catalogue)
    return app


def all_routes(catalogue: Catalogue, house: Settings) -> list[Route]:
    """Every declared route, its description last."""
    declared = [route for resource in RESOURCES for route in resource.routes.all]
    declared += services.answer_routes(catalogue)
    declared += cors.preflights(declared)
    return [*declared, docs.description_route(declared, house.public_url)]


def _configure(app: App, house: Settings) -> None:
    app.config.REQUEST_MAX_SIZE = _DRAINED
    app.config.REQUEST_TIMEOUT = 60
    app.config.RESPONSE_TIMEOUT = 60
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 10.0
    app.config.ACCESS_LOG = False
    app.ctx.settings = house
    app.ctx.secure = house.public_url.startswith("https://")
    app.ctx.measures = Measures()
    app.ctx.uploads = Uploads()


def _register(app: App, route: Route) -> None:
    """Bodies come as a stream, so that the gate is asked before anything is read."""
    methods = [route.method, "HEAD"] if route.method == "GET" else [route.method]
    app.add_route(
        door.serves(route),
        route.template,
        methods=methods,
        name=route.name,
        stream=route.method in _WITH_BODY,
        error_format="json",  # or Sanic reads every handler's source to guess it
        ctx_access=route.access,
    )


def _open_pages(app: App, blueprint: Blueprint) -> None:
    """Pages answer by themselves; they are public, and logged like everything else."""

    async def begin(request: Request[Any, Any]) -> None:
        door.begin(request)

    async def finish(request: Request[Any, Any], response: HTTPResponse) -> HTTPResponse | None:
        return door.finish(request, response, _PAGES)

    blueprint.middleware(begin, "request")
    blueprint.middleware(finish, "response")
    app.blueprint(blueprint)
    for route in app.router.routes:
        if route.name.startswith(f"{app.name}.{blueprint.name}."):
            route.ctx.access = Access.PUBLIC


def _live(app: App, house: Settings, catalogue: Catalogue) -> None:
    stack = AsyncExitStack()

    async def begin(app: App) -> None:
        check_declared(app)
        opened = wiring.opened(house, catalogue, app.ctx.measures)
        app.ctx.parts = await stack.enter_async_context(opened)

    async def end(_app: App) -> None:
        await stack.aclose()

    app.register_listener(begin, "before_server_start")
    app.register_listener(end, "after_server_stop")
