"""The sandbox put together: database, page, counter, offices, control."""

from types import ModuleType
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from config.settings import RefusedToStart, SandboxSettings
from services.sandbox import (
    card_checker,
    card_reader,
    civil_affairs,
    housing,
    market_regulation,
    medical_insurance,
    other_province,
    pay_keys,
    population_register,
    provident_fund,
    public_security,
    sms_gateway,
    social_insurance,
    tax,
    transport,
    upstream,
    voice_gateway,
    wechat,
)
from services.sandbox import database as own_database
from services.sandbox.changes import Deaths, open_changes
from services.sandbox.comparison import Comparison
from services.sandbox.control import open_control
from services.sandbox.counter import open_counter
from services.sandbox.database import Database
from services.sandbox.deeds import Deeds
from services.sandbox.faults import Faults
from services.sandbox.guardianships import Guardianships
from services.sandbox.messages import Messages, open_messages
from services.sandbox.office import Office, open_office
from services.sandbox.page import open_page
from services.sandbox.pay import open_pay
from services.sandbox.portrait import MAX_BYTES, Darkroom
from services.sandbox.premises import Premises
from services.sandbox.requests import answer_problems
from services.sandbox.residents import Residents
from services.sandbox.robot_routes import open_robot
from services.sandbox.sealing import Seal
from services.sandbox.upstream_clients import Clients
from services.sandbox.upstream_tokens import Signer
from services.sandbox.vehicles import open_vehicles
from services.sandbox.wechat_routes import open_wechat

_JSON_AROUND_PICTURE = 64 * 1024


# Every department there is: a new one is a file with ``office(premises)`` and a name here.
DEPARTMENTS: tuple[ModuleType, ...] = (
    provident_fund,
    social_insurance,
    medical_insurance,
    tax,
    housing,
    civil_affairs,
    transport,
    public_security,
    market_regulation,
)


def create_app(settings: SandboxSettings, name: str = "sandbox") -> Sanic[Any, Any]:
    """The application, connected to nothing yet. Raises RefusedToStart in production."""
    if settings.environment == "production":
        raise RefusedToStart("the sandbox plays the outside world and never runs in production")
    app: Sanic[Any, Any] = Sanic(name)
    _limit(app)
    database = Database(own_database.address(settings))
    seal = Seal(settings.sandbox_secret("seal"), settings.sandbox_secret("index"))
    residents, faults = Residents(database, seal), Faults()
    control, carried = settings.sandbox_secret("control"), settings.sandbox_secret("belongings")
    messages = Messages()
    guardianships = Guardianships(database, seal)
    deaths = Deaths(database, seal)
    register = population_register.office(Comparison(), residents, guardianships, deaths)
    premises = Premises(settings.sandbox_secret("records"), Deeds(database, seal))
    departments = [one.office(premises) for one in DEPARTMENTS]
    all_offices: list[Office] = [register, card_checker.office(carried, messages), *departments]
    for office in all_offices:
        open_office(app, office, settings.sandbox_secret(office.id), residents, faults)
    _upstream(settings, residents, deaths, faults, carried).open(app)
    _open_telephones(app, settings, faults, messages)
    _open_card_reader(app, settings, residents, faults)
    _open_other_province(app, settings, faults)
    open_pay(app, settings, database, faults)
    others = {
        pay_keys.ID,
        upstream.ID,
        wechat.ID,
        sms_gateway.ID,
        voice_gateway.ID,
        card_reader.ID,
        other_province.LIST,
    }
    open_control(app, control, {*others, *(o.id for o in all_offices)}, faults)
    open_changes(app, control, residents, deaths)
    open_vehicles(app, control, residents, premises)
    open_messages(app, messages, control)
    open_counter(app, residents, guardianships, Darkroom(), carried)
    open_robot(app, settings.public_url)
    open_page(app, settings.public_url)
    _health(app, residents)
    answer_problems(app)
    _lifetime(app, database)
    return app


def _open_telephones(
    app: Sanic[Any, Any], settings: SandboxSettings, faults: Faults, messages: Messages
) -> None:
    key = settings.sandbox_secret(sms_gateway.ID)
    sms_gateway.open_sms_gateway(app, key, faults, messages)
    voice = settings.sandbox_secret(voice_gateway.ID)
    voice_gateway.open_voice_gateway(app, voice, faults, messages)
    played = wechat.WeChat(settings.sandbox_secret(wechat.ID), messages)
    open_wechat(app, played, faults)


def _open_card_reader(
    app: Sanic[Any, Any], settings: SandboxSettings, residents: Residents, faults: Faults
) -> None:
    secret, origin = settings.sandbox_secret(card_reader.ID), settings.public_url.rstrip("/")
    card_reader.CardReader(secret, residents, faults, origin).open(app)


def _open_other_province(app: Sanic[Any, Any], settings: SandboxSettings, faults: Faults) -> None:
    address = f"http://{settings.sandbox_host}:{settings.sandbox_port}/{other_province.ID}"
    province = other_province.Province(address, settings.sandbox_secret(other_province.ID))
    key = other_province.key_of(settings.sandbox_secret(other_province.LIST))
    keeper = other_province.Keeper(key, province)
    other_province.open_other_province(app, province, keeper, faults)


def _upstream(
    settings: SandboxSettings, residents: Residents, deaths: Deaths, faults: Faults, carried: bytes
) -> upstream.Upstream:
    issuer = f"http://{settings.sandbox_host}:{settings.sandbox_port}/{upstream.ID}"
    return upstream.Upstream(
        issuer=issuer,
        clients=Clients(settings.public_url, issuer),
        signer=Signer(issuer, settings.sandbox_secret(upstream.ID)),
        residents=residents,
        deaths=deaths,
        faults=faults,
        carried=carried,
    )


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
