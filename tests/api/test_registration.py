"""Dynamic registration over HTTP (RFC 7591) and its management (RFC 7592)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.models import AuditEvent, Invitation, Partner
from identity.partners.client import ClientKind
from identity.partners.life import By
from identity.staff.accounts import COMMAND
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.partner_parts import PartnerServer, a_partner_server, jwk, said

PATH = "/oauth/register"
BY = By(COMMAND)
Json = dict[str, Any]


async def invited(api: Api, kind: str = "partner", environment: str = "sandbox") -> str:
    made = await api.parts.partners.life.invite(BY, ClientKind(kind), environment)
    return personal(made.token)


async def register(api: Api, token: str = "", **changed: Any) -> Answer:
    answer = await api.post(PATH, said(**changed), token or await invited(api))
    if answer.status == 201:
        personal(answer.body["registration_access_token"])
    return answer


async def registered(api: Api, **changed: Any) -> Json:
    answer = await register(api, **changed)
    assert answer.status == 201, answer.body
    body: Json = answer.body
    return body


def place(of: Json) -> str:
    return f"{PATH}/{of['client_id']}"


async def ask(api: Api, method: str, of: Json, **given: Any) -> Answer:
    return await api.send(method, place(of), of["registration_access_token"], **given)


def again(of: Json, **changed: Any) -> Json:
    return said(**changed) | {"client_id": of["client_id"]}


@pytest.fixture
async def partner_server() -> AsyncIterator[PartnerServer]:
    async with a_partner_server() as server:
        yield server


@pytest.mark.parametrize("authorization", [None, "Bearer ", "Basic eDp5", "DPoP abc", "Bearer né"])
async def test_nobody_registers_without_an_invitation(api: Api, authorization: str | None):
    headers = {"Authorization": authorization.encode()} if authorization else {}
    sent = {name: each.decode("latin-1") for name, each in headers.items()}
    answer = await api.post(PATH, said(), headers=sent)
    assert (answer.status, answer.body["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_an_invitation_that_is_late_lets_nobody_in(api: Api):
    token = await invited(api)
    await Invitation.all().update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert (await register(api, token)).body["error"] == "invalid_token"


async def test_of_many_who_use_one_invitation_at_once_one_is_registered(api: Api):
    token = await invited(api)
    before = await Partner.all().count()
    answers = await asyncio.gather(*(register(api, token) for _ in range(8)))
    assert sorted(one.status for one in answers) == [201, *[401] * 7]
    assert await Partner.all().count() == before + 1


async def test_a_refused_registration_leaves_the_invitation_good(api: Api):
    token = await invited(api)
    assert (await register(api, token, scope="nothing-we-know")).status == 400
    assert (await register(api, token)).status == 201


async def test_nothing_outside_is_asked_for_somebody_who_was_not_invited(
    api: Api, partner_server: PartnerServer
):
    body = {"jwks": None, "jwks_uri": f"{partner_server.url}/jwks"}
    assert (await register(api, "zi_guessed", **body)).status == 401
    assert partner_server.asked == []


@pytest.mark.parametrize(
    ("changed", "error", "member"),
    [
        ({"redirect_uris": ["https://a.example/cb#x"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["http://a.example/cb"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": None}, "invalid_redirect_uri", "redirect_uris"),
        ({"scope": "openid profile:shoe-size"}, "invalid_client_metadata", "scope"),
        ({"scope": "openid openid"}, "invalid_client_metadata", "scope"),
        ({"scope": ""}, "invalid_client_metadata", "scope"),
        ({"scope": "openid kiosk"}, "invalid_client_metadata", "scope"),
        ({"scope": "openid client:read"}, "invalid_client_metadata", "scope"),
        ({"jwks": None}, "invalid_client_metadata", "jwks"),
        ({"jwks": {"keys": [jwk(use="enc")]}}, "invalid_client_metadata", "jwks"),
        ({"jwks": {"keys": [jwk(d="AQAB")]}}, "invalid_client_metadata", "jwks"),
        (
            {"token_endpoint_auth_signing_alg": "PS256"},
            "invalid_client_metadata",
            "jwks",
        ),
        (
            {"id_token_encrypted_response_alg": "RSA-OAEP-256"},
            "invalid_client_metadata",
            "id_token_encrypted_response_alg",
        ),
        (
            {"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]},
            "invalid_client_metadata",
            "sector_identifier_uri",
        ),
        ({"responsible": None}, "invalid_client_metadata", "responsible"),
        (
            {"responsible": {"name": "王", "phone": "1", "mail": "a@b.example"}},
            "invalid_client_metadata",
            "responsible.phone",
        ),
        ({"token_endpoint_auth_method": "none", "jwks": None}, "invalid_client_metadata", "scope"),
    ],
)
async def test_what_is_not_allowed_is_refused_by_its_member(
    api: Api, changed: Json, error: str, member: str
):
    """The last: a public client that asks for more than what names nobody."""
    answer = await register(api, **changed)
    assert (answer.status, answer.body["error"]) == (400, error)
    assert answer.body["error_description"].endswith(f"Look at: {member}.")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"scope":"a","scope":"b"}'])
async def test_a_body_that_is_no_object_is_refused_as_oauth_does(api: Api, body: bytes):
    headers = {"Content-Type": "application/json"}
    answer = await api.send("POST", PATH, await invited(api), data=body, headers=headers)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_a_registered_client_waits_for_an_operator(api: Api):
    made = await registered(api)
    assert made["state"] == "pending" and made["environment"] == "sandbox"
    assert made["registration_client_uri"].endswith(place(made))
    assert made["token_endpoint_auth_method"] == "private_key_jwt"
    assert made["grant_types"] == ["authorization_code", "refresh_token"]
    assert "client_secret" not in made
    client = await api.parts.ground.registry.client(made["client_id"])
    assert client and not client.approved
    event = await AuditEvent.get(event="partner:registered", client=made["client_id"])
    assert event.resident_id is None


async def test_who_answers_for_it_is_sealed_and_never_told(api: Api):
    made = await registered(api)
    assert "responsible" not in made
    row = await Partner.get(id=made["client_id"])
    assert row.responsible_sealed and "上官".encode() not in row.responsible_sealed
    assert "上官" not in row.metadata
    assert "responsible" not in (await ask(api, "GET", made)).body


async def test_tokens_are_kept_as_digests(api: Api):
    token = await invited(api)
    made = await registered(api, token=token)
    row = await Partner.get(id=made["client_id"])
    assert made["registration_access_token"] not in row.registration_token
    assert not await Invitation.filter(digest=token).exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_its_own_token_manages_a_client(api: Api, method: str):
    mine, other = await registered(api), await registered(api)
    given = {"json": again(mine)} if method == "PUT" else {}
    tokens = ["", "zg_guessed", other["registration_access_token"], await invited(api)]
    answers = [await api.send(method, place(mine), token, **given) for token in tokens]
    unknown = await api.send(
        method, f"{PATH}/c-unknown", mine["registration_access_token"], **given
    )
    assert {one.status for one in [*answers, unknown]} == {401}
    assert {one.body["error"] for one in [*answers, unknown]} == {"invalid_token"}
    assert (await ask(api, "GET", mine)).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "c-another"},
        {"client_id": None},
        {"registration_access_token": "zg_x"},
        {"registration_client_uri": "https://a.example"},
        {"client_id_issued_at": 1},
        {"client_secret": "x"},
    ],
)
async def test_a_change_names_the_client_and_none_of_our_members(api: Api, wrong: Json):
    made = await registered(api)
    answer = await ask(api, "PUT", made, json=again(made) | wrong)
    assert (answer.status, answer.body["error"]) == (400, "invalid_client_metadata")


async def test_before_approval_a_change_replaces_what_waits(api: Api):
    made = await registered(api)
    changed = await ask(api, "PUT", made, json=again(made, scope="openid profile:over-18"))
    assert (changed.status, changed.body["scope"]) == (200, "openid profile:over-18")
    assert "proposed" not in changed.body


async def test_after_approval_a_change_waits_and_what_is_in_force_stays(api: Api):
    made = await registered(api)
    await api.parts.partners.life.approve(BY, made["client_id"])
    moved = {"redirect_uris": ["https://hospital.example/new"]}
    changed = await ask(api, "PUT", made, json=again(made, **moved))
    assert changed.body["redirect_uris"] == made["redirect_uris"]
    assert changed.body["proposed"]["redirect_uris"] == moved["redirect_uris"]
    client = await api.parts.ground.registry.client(made["client_id"])
    assert client and list(client.metadata.redirect_uris) == made["redirect_uris"]
    await api.parts.partners.life.approve(BY, made["client_id"])
    read = (await ask(api, "GET", made)).body
    assert read["redirect_uris"] == moved["redirect_uris"] and "proposed" not in read
    client = await api.parts.ground.registry.client(made["client_id"])
    assert client and list(client.metadata.redirect_uris) == moved["redirect_uris"]


async def test_saying_the_same_again_takes_a_change_back(api: Api):
    made = await registered(api)
    await api.parts.partners.life.approve(BY, made["client_id"])
    await ask(api, "PUT", made, json=again(made, scope="openid"))
    assert "proposed" not in (await ask(api, "PUT", made, json=again(made))).body


async def test_a_bad_change_changes_nothing(api: Api):
    made = await registered(api)
    before = await Partner.get(id=made["client_id"])
    assert (await ask(api, "PUT", made, json=again(made, jwks=None))).status == 400
    after = await Partner.get(id=made["client_id"])
    assert (after.metadata, after.proposed) == (before.metadata, None)


async def test_a_client_that_leaves_is_closed_for_ever(api: Api):
    made = await registered(api)
    assert (await ask(api, "DELETE", made)).status == 204
    assert (await ask(api, "GET", made)).status == 401
    row = await Partner.get(id=made["client_id"])
    assert (row.state, row.responsible_sealed, row.registration_token) == ("closed", None, "")


async def test_keys_and_sector_may_stand_at_the_clients_own_addresses(
    api: Api, partner_server: PartnerServer
):
    uris = ["https://a.example/cb", "https://b.example/cb"]
    partner_server.says = {"/jwks": {"keys": [jwk(kid="1")]}, "/sector": uris}
    changed = {
        "jwks": None,
        "jwks_uri": f"{partner_server.url}/jwks",
        "redirect_uris": uris,
        "sector_identifier_uri": f"{partner_server.url}/sector",
    }
    made = await registered(api, **changed)
    assert made["jwks_uri"] == changed["jwks_uri"]
    assert sorted(partner_server.asked) == ["/jwks", "/sector"]


async def test_of_a_key_only_what_it_is_made_of_is_kept(api: Api):
    """A key's other members may be anything, and as deep as anybody likes."""
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    given = jwk(kid="sign", use="sig", alg="ES256")
    made = await registered(api, jwks={"keys": [given | {"x5c": deep}], "more": deep})
    assert made["jwks"] == {"keys": [given]}
