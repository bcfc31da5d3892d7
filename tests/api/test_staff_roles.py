"""Who may call what at the staff pages, written down once and tried with every role.

A new route, or a role more on an old one, is a decision: it is made here too.
"""

import pytest

from api.app import all_routes
from api.routes import Access
from identity.staff.roles import Role
from services.catalogue import Catalogue
from tests.conftest import settings_on
from tests.support.http import Api
from tests.support.staff import Desk, at_work

TABLE = {
    "caseworker case-lead": """
        GET /staff/cases
        POST /staff/cases/next
        GET /staff/cases/{number}
        GET /staff/cases/{number}/materials/{id}
        POST /staff/cases/{number}/taking
        POST /staff/cases/{number}/release
        POST /staff/cases/{number}/acceptance
        POST /staff/cases/{number}/supplement
        POST /staff/cases/{number}/decision
        POST /staff/cases/{number}/repetition
        POST /staff/cases/{number}/escalation
        GET /staff/booking-offices
        GET /staff/bookings
        GET /staff/bookings/{number}
        POST /staff/bookings/{number}/arrival
        POST /staff/bookings/{number}/no-show""",
    "case-lead": """
        GET /staff/cases/{number}/colleagues
        POST /staff/cases/{number}/assignment""",
    "listener case-lead": """
        GET /staff/tickets
        GET /staff/tickets/{number}
        POST /staff/tickets/{number}/taking
        POST /staff/tickets/{number}/release
        POST /staff/tickets/{number}/call
        POST /staff/tickets/{number}/answer
        GET /staff/car-reports
        POST /staff/car-reports/{id}/settlement""",
    "catalogue-editor": """
        GET /staff/catalogue/items
        GET /staff/catalogue/items/{id}
        GET /staff/catalogue/items/{id}/edits
        POST /staff/catalogue/items/{id}/edits
        GET /staff/catalogue/items/{id}/edits/{version}/preview
        POST /staff/catalogue/items/{id}/edits/{version}/publication
        POST /staff/catalogue/items/{id}/edits/{version}/restoration
        GET /staff/catalogue/coverage
        GET /staff/catalogue/misses""",
    "caseworker case-lead listener catalogue-editor": """
        GET /staff/figures""",
    "operator": """
        GET /staff/jobs
        POST /staff/jobs/revival
        POST /staff/jobs/{name}/beginning
        GET /staff/payments/differences
        POST /staff/payments/differences/{id}/settlement
        GET /staff/attacks
        GET /staff/kiosks
        POST /staff/kiosks/codes
        POST /staff/kiosks/{id}/suspension
        POST /staff/kiosks/{id}/reinstatement""",
    "administrator": """
        GET /staff/accounts
        POST /staff/accounts
        PUT /staff/accounts/{id}/departments
        POST /staff/accounts/{id}/disable
        POST /staff/accounts/{id}/reset""",
    "clerk": """
        POST /staff/window-requests/find
        POST /staff/window-requests/{id}/check""",
    "supervisor": """
        POST /staff/window-requests/{id}/confirm
        GET /staff/corrections
        POST /staff/corrections/{id}/decide
        POST /staff/record-changes/{id}/confirm""",
    "clerk supervisor": """
        GET /staff/window-requests
        GET /staff/window-requests/{id}
        POST /staff/window-requests/{id}/refuse
        GET /staff/record-changes
        POST /staff/record-changes
        GET /staff/record-changes/{id}
        POST /staff/record-changes/{id}/refuse""",
    "partnerships": """
        GET /staff/partners
        GET /staff/partners/{id}
        POST /staff/invitations
        POST /staff/partners/{id}/approval
        POST /staff/partners/{id}/refusal
        POST /staff/partners/{id}/suspension
        POST /staff/partners/{id}/reinstatement
        POST /staff/partners/{id}/closing""",
    "": """
        GET /staff/me
        DELETE /staff/sessions/current
        POST /staff/accounts/{id}/password""",
}
MAY = {
    tuple(line.split()): frozenset(roles.split())
    for roles, lines in TABLE.items()
    for line in lines.strip().splitlines()
}
FOR_SOME = {route: roles for route, roles in MAY.items() if roles}


def test_the_table_names_every_route_with_its_roles(tmp_path):
    settings = settings_on("postgresql://x/x", "redis://x", tmp_path)
    routes = all_routes(Catalogue.load(), settings)
    declared = {
        (one.method, one.path): frozenset(map(str, one.roles))
        for one in routes
        if one.access is Access.STAFF
    }
    assert declared == MAY


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_what_is_its_own_and_nothing_else(api: Api, role: Role):
    """An allowed call of nothing in particular is refused for another reason, or answered."""
    desk = await at_work(api, role)
    refused = {route for route in FOR_SOME if await _refused(desk, route)}
    assert refused == {route for route, roles in FOR_SOME.items() if role not in roles}


async def test_roles_add_up_but_for_the_administrators(api: Api):
    every = [role for role in Role if role is not Role.ADMINISTRATOR]
    desk = await at_work(api, *every)
    refused = {route for route in FOR_SOME if await _refused(desk, route)}
    assert {roles for route, roles in FOR_SOME.items() if route in refused} == {
        frozenset({"administrator"})
    }


async def _refused(desk: Desk, route: tuple[str, str]) -> bool:
    method, path = route
    body = {} if method == "GET" else {"json": {}}
    answer = await desk.send(method, path.replace("{version}", "1"), **body)
    assert answer.status < 500 and answer.code != "staff-sign-in-needed", (route, answer.body)
    assert (answer.status == 403) == (answer.code == "staff-role-missing"), (route, answer.body)
    return answer.code == "staff-role-missing"
