"""What belongs to one resident is missing to every other, on each route that names it by its id."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.models import Model
from tortoise.transactions import in_transaction

from api.routes import Access, Route
from identity import ages, notices
from identity.models import (
    BoundDevice,
    Document,
    Guardianship,
    Mandate,
    Notice,
    Passkey,
    Session,
)
from identity.vault import Vault
from tests.api.test_callers import ROUTES, body_of, named
from tests.support.http import Api, SignedIn
from tests.support.passkey_parts import a_phone, add, somebody
from tests.support.returning import a_phone as a_browser

OWN = "/v1/me/"
SERVICES = "/v1/services/"  # there it is the service that is named, and that is everybody's
NAMING = [
    one
    for one in ROUTES
    if one.access is Access.OWN_APP and "{id}" in one.path and not one.path.startswith(SERVICES)
]
MINE = [one for one in NAMING if one.path.startswith(OWN)]
# What is no resident's thing but belongs to the session or browser it began in; who else holds
# its id is refused in test_handoffs (only_the_telephone) and test_interactions (another_browser).
# Materials are held to the same in test_materials (nobody_else), with the uses they have; so are
# lines in test_bookings (a_day_that_is_full), cars in test_cars (nobody_else), licences in
# test_licences (nobody_else), documents to sign in test_signatures (nobody_signs).
ELSEWHERE = {
    "/v1/booking-lines/{id}",
    "/v1/cars/{number}/requests/{id}/answer",
    "/v1/cars/{number}/requests/{id}/report",
    "/v1/handoffs/{id}",
    "/v1/interactions/{id}",
    "/v1/licence-types/{id}/licence",  # the kind is named: one's own of it
    "/v1/licences/{id}",
    "/v1/licences/{id}/pdf",
    "/v1/licences/{id}/presentations",
    "/v1/materials/{id}",
    "/v1/signatures/{id}",
    "/v1/signatures/{id}/confirmation",
    "/v1/signatures/{id}/document",
}


async def a_session(api: Api, owner: SignedIn) -> UUID:
    return (await api.sign_in(resident=owner.resident)).session


async def a_device(api: Api, owner: SignedIn) -> UUID:
    browser = await a_browser(api, resident=owner.resident)
    return UUID((await browser.bind()).body["id"])


async def a_notice(_api: Api, owner: SignedIn) -> UUID:
    facts = {"device": "iPhone", "place": "广东省广州市"}
    async with in_transaction() as connection:
        return await notices.tell(connection, owner.resident, "new-device", facts)


async def a_document(_api: Api, owner: SignedIn) -> UUID:
    row = await Document.get(resident_id=owner.resident)
    return UUID(str(row.id))


async def a_passkey(api: Api, owner: SignedIn) -> UUID:
    return UUID((await add(api, owner, a_phone(api))).body["id"])


async def a_mandate(api: Api, owner: SignedIn) -> UUID:
    today = ages.today()
    offer = {
        "agent": {"name": "李小明", "id_number": "11010519491231002X"},
        "services": ["provident-fund-balance"],
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=30)),
    }
    return UUID((await api.post("/v1/me/mandates", offer, owner.access)).body["id"])


async def a_ward(api: Api, owner: SignedIn) -> UUID:
    vault, made = Vault.from_settings(api.settings), uuid4()
    await Guardianship.create(
        id=made,
        guardian_id=owner.resident,
        ward=vault.digest("ward", made.hex),
        ward_name_sealed=vault.seal("李小明".encode(), f"guardianship.ward_name:{made}"),
        ends_on=ages.today() + timedelta(days=3000),
    )
    return made


Maker = Callable[[Api, SignedIn], Awaitable[UUID]]
# What the word after /v1/me/ names: its table, and how a resident comes to have one.
THINGS: Mapping[str, tuple[type[Model], Maker]] = {
    "sessions": (Session, a_session),
    "devices": (BoundDevice, a_device),
    "notices": (Notice, a_notice),
    "documents": (Document, a_document),
    "passkeys": (Passkey, a_passkey),
    "mandates": (Mandate, a_mandate),
    "wards": (Guardianship, a_ward),
}


def word_of(route: Route) -> str:
    return route.path.split("/")[3]


async def row_of(table: type[Model], thing: UUID) -> dict[str, Any]:
    (row,) = await table.filter(id=thing).values()
    return dict(row)


def test_there_are_things_to_ask_for() -> None:
    assert {word_of(route) for route in MINE} == THINGS.keys()
    assert {route.path for route in NAMING} - {route.path for route in MINE} == ELSEWHERE


@pytest.mark.parametrize("route", MINE, ids=named)
async def test_another_residents_thing_is_missing_and_stays_as_it_is(
    api: Api, route: Route
) -> None:
    table, make = THINGS[word_of(route)]
    owner, stranger = await somebody(api), await somebody(api)
    thing = await make(api, owner)
    before = await row_of(table, thing)
    path = route.path.replace("{id}", str(thing))
    refused = await api.send(route.method, path, stranger.access, **body_of(route))
    nothing = route.path.replace("{id}", str(uuid4()))
    alike = await api.send(route.method, nothing, stranger.access, **body_of(route))
    assert refused.status == alike.status == 404
    assert refused.code == alike.code and str(refused.code).endswith("-missing")
    assert await row_of(table, thing) == before


@pytest.mark.parametrize("word", THINGS)
async def test_its_owner_does_find_it(api: Api, word: str) -> None:
    """Or the test above would pass for a thing that is not there."""
    owner = await somebody(api)
    thing = await THINGS[word][1](api, owner)
    listed = (await api.get(f"/v1/me/{word}", owner.access)).body[word]
    assert str(thing) in {one["id"] for one in listed}
