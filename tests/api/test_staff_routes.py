"""Every staff route against every kind of caller; the cookie, and the defence of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from api.app import all_routes
from api.openapi import describe
from api.replies import Reply
from api.routes import Access, Route
from api.staff_door import cookie_name, with_cookie
from identity.models import StaffSession
from identity.staff.roles import Role
from services.catalogue import Catalogue
from tests.conftest import settings_on
from tests.support.http import Api, SignedIn
from tests.support.staff import (
    FROM_OUR_PAGE,
    PASSWORD,
    Desk,
    at_work,
    code_again,
    logins,
    room_of,
)

ROUTES = all_routes(Catalogue.load(), settings_on("postgresql://x/x", "redis://x", Path("nowhere")))
STAFF = [route for route in ROUTES if route.access is Access.STAFF]
DOOR = [route for route in ROUTES if route.access is Access.STAFF_DOOR]
CHANGING = [route for route in [*STAFF, *DOOR] if route.method != "GET"]
WITH_ROLES = [route for route in STAFF if route.roles]
OWN_APP = [route for route in ROUTES if route.access is Access.OWN_APP]


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


async def call(desk: Desk, route: Route, **given: object) -> tuple[int, str | None]:
    path = route.path.replace("{id}", str(uuid4())).replace("{purpose}", "x")
    body = {"json": {}} if route.body else {}
    answer = await desk.send(route.method, path, **(body | given))
    return answer.status, answer.code


@pytest.fixture(scope="module")
async def resident(api: Api) -> SignedIn:
    return await api.sign_in()


@pytest.fixture(scope="module")
async def clerk(api: Api) -> Desk:
    return await at_work(api, Role.CLERK)


def test_every_address_of_staff_is_for_staff_only():
    others = {named(r) for r in ROUTES if r.path.startswith("/staff")} - {
        named(r) for r in [*STAFF, *DOOR]
    }
    assert len(STAFF) >= 14 and not others


@pytest.mark.parametrize("route", STAFF, ids=named)
async def test_nobody_is_asked_to_sign_in(api: Api, route: Route):
    assert await call(Desk(api), route) == (401, "staff-sign-in-needed")
    assert await call(Desk(api, cookie="staff=guessed"), route) == (401, "staff-sign-in-needed")


@pytest.mark.parametrize("route", STAFF, ids=named)
async def test_a_resident_is_nobody_here(api: Api, route: Route, resident: SignedIn):
    headers = {**FROM_OUR_PAGE, "Authorization": f"Bearer {resident.access}"}
    assert await call(Desk(api), route, headers=headers) == (401, "staff-sign-in-needed")


@pytest.mark.parametrize("route", OWN_APP, ids=named)
async def test_staff_are_nobody_at_the_residents_own_record(clerk: Desk, route: Route):
    assert await call(clerk, route) == (401, "sign-in-needed")


@pytest.mark.parametrize("route", WITH_ROLES, ids=named)
async def test_another_role_is_refused(api: Api, route: Route):
    wrong = next(role for role in Role if role not in route.roles)
    desk = await _with(api, wrong)
    assert await call(desk, route) == (403, "staff-role-missing")


@pytest.mark.parametrize("route", WITH_ROLES, ids=named)
async def test_the_right_role_is_let_through(api: Api, route: Route):
    for role in route.roles:
        _, code = await call(await _with(api, role), route)
        assert code not in {"staff-role-missing", "staff-sign-in-needed", "staff-request-forged"}


@pytest.mark.parametrize("route", STAFF, ids=named)
async def test_an_ended_session_opens_nothing(api: Api, route: Route):
    desk = await _ended(api)
    assert await call(desk, route) == (401, "staff-sign-in-needed")


@pytest.mark.parametrize("route", CHANGING, ids=named)
async def test_a_request_without_our_header_is_forged(clerk: Desk, route: Route):
    assert await call(clerk, route, headers={}) == (403, "staff-request-forged")


@pytest.mark.parametrize("route", CHANGING, ids=named)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1"])
async def test_a_request_of_another_site_is_forged(clerk: Desk, route: Route, origin: str):
    headers = {**FROM_OUR_PAGE, "Origin": origin}
    assert await call(clerk, route, headers=headers) == (403, "staff-request-forged")


@pytest.mark.parametrize("route", [r for r in CHANGING if r.body], ids=named)
async def test_a_form_is_no_request(clerk: Desk, route: Route):
    headers = {**FROM_OUR_PAGE, "Content-Type": "text/plain"}
    roles = next(iter(route.roles), Role.CLERK)
    desk = await _with(clerk.api, roles)
    found = await call(desk, route, headers=headers, json=None, data=b"{}")
    assert found == (415, "content-type-unknown")


async def test_our_own_page_is_heard_by_either_name_of_loopback(clerk: Desk):
    for origin in (clerk.api.url, clerk.api.settings.public_url):
        headers = {**FROM_OUR_PAGE, "Origin": origin}
        answer = await clerk.send(
            "POST", "/staff/window-requests/find", json={"code": "2"}, headers=headers
        )
        assert answer.code == "window-code-unknown"


async def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_see(api: Api):
    one = await room_of(api).hire(Role.CLERK)
    sent = {"login": one.login, "password": PASSWORD, "code": await code_again(one)}
    answer = await Desk(api).post("/staff/sessions", sent)
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie and "Domain" not in cookie
    assert answer.headers["Cache-Control"] == "no-store"
    told = {"id", "login", "name", "roles", "region", "departments", "idle_seconds"}
    assert set(answer.body) == told


def test_over_https_the_cookie_is_bound_to_its_host():
    made = with_cookie(Reply(b""), "value", "https://zhiban.example").headers["set-cookie"]
    assert made.startswith("__Host-staff=value; Path=/;") and made.endswith("; Secure")
    assert cookie_name("http://127.0.0.1:8000") == "staff"


async def test_a_page_that_refreshes_by_itself_lets_the_session_grow_idle(api: Api):
    desk = await at_work(api, Role.CLERK)
    then = datetime.now(UTC) - timedelta(minutes=20)
    mine = StaffSession.filter(staff_id=desk.who["id"])
    await mine.update(last_used_at=then)
    watching = {"X-Staff-Page": "watching"}
    assert (await desk.send("GET", "/staff/window-requests", headers=watching)).status == 200
    assert (await mine.get()).last_used_at == then
    assert (await desk.send("GET", "/staff/window-requests")).status == 200
    assert (await mine.get()).last_used_at > then


async def test_signing_out_takes_the_cookie_away(api: Api):
    desk = await at_work(api, Role.CLERK)
    answer = await desk.send("DELETE", "/staff/sessions/current")
    assert answer.status == 204 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert (await desk.send("GET", "/staff/me")).status == 401


async def test_a_refused_sign_in_asks_for_no_token_and_sets_no_cookie(api: Api):
    sent = {"login": "nobody", "password": "x", "code": "000000"}
    answer = await Desk(api).post("/staff/sessions", sent)
    assert (answer.status, answer.code) == (401, "staff-sign-in-refused")
    assert not answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Set-Cookie" not in answer.headers


async def test_an_account_is_made_set_up_used_reset_and_disabled(api: Api):
    boss = await at_work(api, Role.ADMINISTRATOR, region="44")
    wanted = {"login": "li.na", "name": "李娜", "roles": ["operator"], "region": "4401"}
    made = await boss.post("/staff/accounts", wanted)
    assert made.status == 201, made.body
    given = {"login": "li.na", "one_time_password": made.body["one_time_password"]}
    shown = await Desk(api).post("/staff/enrolments", given)
    assert set(shown.body) == {"secret", "uri", "picture"}
    wrong = {**given, "password": PASSWORD, "code": "12345"}
    assert (await Desk(api).post("/staff/enrolments/completion", wrong)).status == 422
    listed = await boss.send("GET", "/staff/accounts")
    assert "li.na" in logins(listed.body["accounts"])
    one = f"/staff/accounts/{made.body['id']}"
    assert (await boss.post(f"{one}/reset")).body["one_time_password"]
    assert (await boss.post(f"{one}/disable")).status == 204
    assert (await boss.post(f"{one}/disable")).code == "staff-account-missing"


async def test_an_administrator_of_another_region_finds_no_account(api: Api):
    one = await room_of(api).hire(Role.CLERK, region="44")
    stranger = await at_work(api, Role.ADMINISTRATOR, region="45")
    for act in ("disable", "reset"):
        answer = await stranger.post(f"/staff/accounts/{one.id}/{act}")
        assert (answer.status, answer.code) == (404, "staff-account-missing")
    listed = await stranger.send("GET", "/staff/accounts")
    assert one.login not in logins(listed.body["accounts"])


async def test_nobody_changes_anothers_password(api: Api, clerk: Desk):
    other = await room_of(api).hire(Role.CLERK)
    body = {"present": PASSWORD, "wanted": "a new sentence of nobody"}
    answer = await clerk.post(f"/staff/accounts/{other.id}/password", body)
    assert (answer.status, answer.code) == (404, "staff-account-missing")


async def test_an_id_that_is_none_is_missing(api: Api, clerk: Desk):
    boss = await at_work(api, Role.ADMINISTRATOR)
    assert (await boss.post("/staff/accounts/none/disable")).code == "staff-account-missing"
    assert (await clerk.post("/staff/window-requests/none/refuse")).code == (
        "window-request-missing"
    )


def test_the_description_names_roles_and_the_ways_in():
    whole = describe(ROUTES, "https://zhiban.example")
    find = whole["paths"]["/staff/window-requests/find"]["post"]
    assert find["x-roles"] == ["clerk"]
    assert find["security"] == [{"staff": [], "staffPage": []}]
    schemes = whole["components"]["securitySchemes"]
    assert schemes["staff"]["name"] == "__Host-staff"


_desks: dict[tuple[str, str], Desk] = {}


async def _with(api: Api, role: Role) -> Desk:
    """One desk a role for this file: hashing passwords is slow on purpose."""
    key = (api.url, role.value)
    if key not in _desks:
        _desks[key] = await at_work(api, role)
    return _desks[key]


async def _ended(api: Api) -> Desk:
    key = (api.url, "ended")
    if key not in _desks:
        desk = await at_work(api, Role.ADMINISTRATOR)
        assert (await desk.send("DELETE", "/staff/sessions/current")).status == 204
        _desks[key] = desk
    return _desks[key]
