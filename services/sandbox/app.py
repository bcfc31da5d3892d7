"""The sandbox put together: database, page, counter, offices, control."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from config.settings import RefusedToStart, SandboxSettings
from services.sandbox import database as own_database
from services.sandbox import population_register, provident_fund, social_insurance
from services.sandbox.comparison import Comparison
from services.sandbox.control import open_control
from services.sandbox.counter import open_counter
from services.sandbox.database import Database
from services.sandbox.faults import CHINA, Faults
from services.sandbox.office import Office, open_office
from services.sandbox.page import open_page
from services.sandbox.portrait import MAX_BYTES, Darkroom
from services.sandbox.requests import answer_problems
from services.sandbox.residents import Residents
from services.sandbox.sealing import Seal

_JSON_AROUND_PICTURE = 64 * 1024


def today_in_china() -> date:
    return datetime.now(CHINA).date()


def offices(records_key: bytes, today: Callable[[], date]) -> list[Office]:
    """Every office there is. A new one is a file with an ``office`` function and a line here."""
    return [
        population_register.office(Comparison()),
        provident_fund.office(records_key, today),
        social_insurance.office(records_key, today),
    ]


def create_app(settings: SandboxSettings, name: str = "sandbox") -> Sanic[Any, Any]:
    """The application, connected to nothing yet. Raises RefusedToStart in production."""
    if settings.environment == "production":
        raise RefusedToStart("the sandbox plays the outside world and never runs in production")
    app: Sanic[Any, Any] = Sanic(name)
    _limit(app)
    database = Database(own_database.address(settings))
    seal = Seal(settings.sandbox_secret("seal"), settings.sandbox_secret("index"))
    residents, faults = Residents(database, seal), Faults()
    all_offices = offices(settings.sandbox_secret("records"), today_in_china)
    for office in all_offices:
        open_office(app, office, settings.sandbox_secret(office.id), residents, faults)
    open_control(app, settings.sandbox_secret("control"), {o.id for o in all_offices}, faults)
    open_counter(app, residents, Darkroom())
    open_page(app, settings.public_url)
    _health(app, residents)
    answer_problems(app)
    _lifetime(app, database)
    return app


def _limit(app: Sanic[Any, Any]) -> None:
    app.config.REQUEST_MAX_SIZE = MAX_BYTES * 4 // 3 + _JSON_AROUND_PICTURE
    app.config.RESPONSE_TIMEOUT = 3700  # longer than the longest hang that can be asked for
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
    app.config.ACCESS_LOG = False


def _lifetime(app: Sanic[Any, Any], database: Database) -> None:
    async def begin(_: Sanic[Any, Any]) -> None:
        await database.open()

    async def end(_: Sanic[Any, Any]) -> None:
        await database.close()

    app.register_listener(begin, "before_server_start")
    app.register_listener(end, "after_server_stop")


def _health(app: Sanic[Any, Any], residents: Residents) -> None:
    async def live(_: Request[Any, Any]) -> HTTPResponse:
        return json_response({"live": True})

    async def ready(_: Request[Any, Any]) -> HTTPResponse:
        await residents.ready()
        return json_response({"ready": True})

    app.add_route(live, "/health/live", methods=["GET"], name="live")
    app.add_route(ready, "/health/ready", methods=["GET"], name="ready")
