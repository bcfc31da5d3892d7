"""What OpenAPI describes is what is answered: schemathesis sends what the description allows, as
each kind of caller, and no answer is a 500 or of another form than described.

``DESCRIBED=50`` tries so many requests for each operation and caller; the usual run a few.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import all_routes
from api.openapi import describe
from api.routes import Access, Route
from identity.partners.metadata import EXCHANGE
from services.catalogue import Catalogue
from tests.support.http import Api
from tests.support.kiosk import a_kiosk
from tests.support.partner_app import SCOPES, an_approved_partner
from tests.support.partner_codes import tokens_of
from tests.support.staff import FROM_OUR_PAGE, at_work

EACH = int(os.environ.get("DESCRIBED", "2"))
ROOT = "http://described.example"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# A dependency may be away, and says so (RFC 9110 §15.6.4): that is no fault of the description.
AWAY = 503
ROLES = ("clerk", "supervisor", "operator", "partnerships", "caseworker", "case-lead", "listener")
# What a sign-out, a deletion or a switch of key would end for the caller is asked as nobody only.
ENDS = ("DELETE /v1/me", "DELETE /v1/me/sessions", "DELETE /staff/sessions/current")

Heads = Callable[[str, str], Mapping[str, str]]


@schemathesis.serializer("application/pdf")
def as_it_is(_ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    """A file is sent as it was made up."""
    return value if isinstance(value, bytes) else str(value).encode()


def routes(api: Api) -> list[Route]:
    return [one for one in all_routes(Catalogue.load(), api.settings) if not one.in_oauth]


@pytest.fixture(scope="module")
async def callers(api: Api) -> Mapping[str, Heads]:
    """Kind of caller → the headers it sends with a method and a path."""
    resident = await api.sign_in()
    app = await an_approved_partner(api.settings.public_url)
    token = (await tokens_of(api, app, scope="openid profile:name"))["access_token"]
    await app.call(api, "GET", "/oauth/userinfo", token)  # from here on it knows a nonce
    office = await an_approved_partner(
        api.settings.public_url,
        kind="department",
        grant_types=[EXCHANGE, "authorization_code", "client_credentials"],
        scope=f"{SCOPES} client:read",
    )
    theirs = (await tokens_of(api, office, scope=SCOPES))["access_token"]
    known = await office.call(api, "GET", "/oauth/userinfo", theirs)
    assert known.code == "resident-missing"  # it is taken: only the record has no document
    kiosk = await a_kiosk(api)
    await kiosk.ask(api, "GET", "/v1/kiosks/services")
    desk = await at_work(api, *ROLES)

    def bearer(_method: str, _path: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {resident.access}"}

    def partner(method: str, path: str) -> Mapping[str, str]:
        return {"Authorization": f"DPoP {token}", "DPoP": app.proof(method, path, token)}

    def department(method: str, path: str) -> Mapping[str, str]:
        proof = office.proof(method, path, theirs)
        return {"Authorization": f"DPoP {theirs}", "DPoP": proof}

    def terminal(method: str, path: str) -> Mapping[str, str]:
        proof = kiosk.proof(method, path, kiosk.own)
        return {"Authorization": f"DPoP {kiosk.own}", "DPoP": proof}

    return {
        "nobody": lambda _method, _path: {},
        "resident": bearer,
        "partner": partner,
        "department": department,
        "kiosk": terminal,
        "staff": lambda _method, _path: {**FROM_OUR_PAGE, "Cookie": desk.cookie},
    }


KINDS = ("nobody", "resident", "partner", "department", "kiosk", "staff")
USUAL = set(KINDS) - {"department"}  # elsewhere it is refused as a partner is, by the same line
REACHES = {
    Access.AT_THE_DESK: set(KINDS),
    Access.SIGNED_IN: set(KINDS),
    Access.STAFF: {"nobody", "staff"},
    Access.STAFF_DOOR: {"nobody", "staff"},
    Access.CLIENT_TOKEN: {"nobody", "partner", "department", "kiosk"},
    Access.PUBLIC: {"nobody", "resident"},
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_answer_is_as_described(api: Api, callers: Mapping[str, Heads], kind: str):
    wanted = [one for one in routes(api) if kind in REACHES.get(one.access, USUAL)]
    told = [f"{one.method} {one.path}" for one in wanted]
    described = schemathesis.openapi.from_dict(describe(wanted, ROOT))
    tried, faults = 0, list[str]()
    for found in described.get_all_operations():
        operation = found.ok()
        name = f"{operation.method.upper()} {operation.path}"
        assert name in told
        if kind != "nobody" and name in ENDS:
            continue
        tried += 1
        if fault := await asyncio.to_thread(_fault, operation, api.url, callers[kind]):
            faults.append(fault)
    assert not faults, "\n\n".join(faults)
    assert tried >= len(set(told)) - len(ENDS)


def _fault(operation: Any, url: str, heads: Heads) -> str:
    """What is wrong with an operation's answers, in words; nothing where nothing is."""
    try:
        _ask(operation, url, heads)
    except (Exception, FailureGroup) as fault:
        return f"{operation.label}: {fault}"
    return ""


def _ask(operation: Any, url: str, heads: Heads) -> None:
    """Requests that the description allows. Raises for an answer that it does not, and where
    nothing fits the description.
    """

    @settings(
        max_examples=EACH, database=None, deadline=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Case) -> None:
        headers = dict(heads(operation.method.upper(), case.formatted_path))
        answer = case.call(base_url=url, headers=headers, timeout=30)
        if answer.status_code != AWAY:
            case.validate_response(answer, checks=CHECKS, headers=headers)

    ask()
