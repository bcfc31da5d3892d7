"""Every route says who may pass, and the description says the same as the routes."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from sanic import Sanic
from sanic.response import empty

from api.app import all_routes, create_app
from api.gate import UndeclaredRoute, check_declared
from api.openapi import describe
from api.routes import Access, Route
from config.settings import Settings
from services.catalogue import Catalogue
from tests.conftest import settings_on
from tests.support.sandbox import free_port

ANYBODY = {Access.PUBLIC, Access.ANYONE, Access.STAFF_DOOR}
# What needs no token. A new line here is a decision about who may read what.
OPEN = """
GET /.well-known/jwt-vc-issuer/issuers/{department}
GET /.well-known/oauth-authorization-server
GET /.well-known/openid-configuration
GET /docs
GET /docs/docs.js
GET /docs/page.css
GET /health/live
GET /health/ready
GET /metrics
GET /oauth/jwks
GET /openapi.json
GET /problems
GET /problems/{code}
GET /v1/consents/{purpose}
GET /v1/document-types
GET /v1/interactions/{id}
GET /v1/issuers
GET /v1/environment
GET /v1/licence-types
GET /v1/licence-types/{id}
GET /v1/outside-logins/callback
GET /v1/partners
GET /v1/ratings
GET /v1/regions
GET /v1/services
GET /v1/services/{id}
GET /v1/services/{id}/appointments
GET /v1/services/{id}/appointments/offices
GET /v1/services/{id}/appointments/offices/{office}
GET /v1/status-lists
GET /v1/status-lists/{id}
GET /v1/suggestions
GET /v1/ways
POST /staff/enrolments
POST /staff/enrolments/completion
POST /staff/sessions
POST /v1/card-checks
POST /v1/card-checks/{id}/tokens
POST /v1/challenges
POST /v1/freezes
POST /v1/interactions/{id}/login-required
POST /v1/kiosks
POST /v1/messages/check
POST /v1/move-car/calls
POST /v1/move-car/codes
POST /v1/move-car/messages
POST /v1/move-car/state
POST /v1/outside-logins
POST /v1/outside-logins/{id}/tokens
POST /v1/presentations/check
POST /v1/payments/callbacks/{provider}
POST /v1/papers/check
POST /v1/papers/judgement
POST /v1/sessions
POST /v1/tokens
POST /v1/verifications
POST /v1/window-requests
POST /v1/window-requests/{id}/state
POST /v1/window-requests/{id}/tokens
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_on("", "", tmp_path_factory.mktemp("d"))


@pytest.fixture(scope="module")
def routes(house: Settings) -> list[Route]:
    return all_routes(Catalogue.load(), house)


@pytest.fixture(scope="module")
def app(house: Settings) -> Sanic[Any, Any]:
    app = create_app(house, name="house-test")
    app.router.finalize()
    return app


def as_declared(path: str) -> str:
    """Sanic's ``v1/services/<id:str>`` as ``v1/services/{id}``."""
    return re.sub(r"<(\w+):[^>]*>", r"{\1}", path)


def named(routes: Iterable[Route]) -> set[str]:
    return {f"{route.method} {route.path}" for route in routes}


def test_a_route_without_a_declaration_stops_the_start(house: Settings):
    app = create_app(house, name="house-test-undeclared")
    app.add_route(lambda _request: empty(), "/smuggled", name="smuggled")
    app.router.finalize()
    with pytest.raises(UndeclaredRoute, match="/smuggled"):
        check_declared(app)


async def test_the_start_itself_asks_for_declarations(house: Settings):
    app = create_app(house, name="house-test-start")
    app.add_route(lambda _request: empty(), "/smuggled", name="smuggled")
    server = await app.create_server(port=free_port(), return_asyncio_server=True)
    assert server is not None
    await server.startup()
    with pytest.raises(UndeclaredRoute, match="/smuggled"):
        await server.before_start()
    await server.close()


def test_every_registered_route_says_who_may_pass(app: Sanic[Any, Any]):
    check_declared(app)
    assert all(isinstance(route.ctx.access, Access) for route in app.router.routes)


def test_what_needs_no_token_is_a_short_known_list(routes: list[Route]):
    """OPTIONS are asked by browsers before the request itself; api.cors says which may be."""
    asked = [one for one in routes if one.method != "OPTIONS"]
    free = {f"{one.method} {one.path}" for one in asked if one.access in ANYBODY}
    assert free == set(OPEN.split("\n")) - {""}


def test_the_description_equals_the_routes(routes: list[Route]):
    paths = describe(routes, "http://127.0.0.1:8000")["paths"]
    described = {f"{method.upper()} {path}" for path, ways in paths.items() for method in ways}
    assert described == named(routes)


def test_the_registered_routes_equal_the_declared_ones(app: Sanic[Any, Any], routes: list[Route]):
    ours = {f"{app.name}.{route.name}" for route in routes}
    registered = {
        f"{method} /{as_declared(route.path)}"
        for route in app.router.routes
        for method in route.methods - {"HEAD"}
        if route.name in ours
    }
    assert registered == named(routes)
    pages = {route.name for route in app.router.routes} - ours
    assert all(name.startswith(f"{app.name}.mobile") for name in pages), pages


def test_every_service_has_an_answer_route_of_its_own(routes: list[Route]):
    asked = {one.id for one in Catalogue.load().services.values() if one.function}
    assert asked
    assert {f"POST /v1/services/{one}/answers" for one in asked} <= named(routes)


def test_every_operation_id_is_its_own(routes: list[Route]):
    names = [route.name for route in routes]
    assert len(names) == len(set(names))


def test_every_reference_of_the_description_leads_somewhere(routes: list[Route]):
    whole = describe(routes, "http://127.0.0.1:8000")
    named_parts = set(whole["components"]["schemas"])
    wanted = set(re.findall(r"#/components/schemas/([\w.-]+)", str(whole)))
    assert wanted <= named_parts
