"""Adding and removing passkeys: only right after a strong proof, and nothing that is off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from identity.models import AuditEvent, Notice, Passkey, Resident, Session
from identity.passkeys.ceremony import Party
from identity.passkeys.errors import PasskeysNotOffered
from tests.support.authenticator import Authenticator, text
from tests.support.http import Api
from tests.support.passkey_parts import (
    ADD,
    PROVE,
    a_phone,
    add,
    options,
    prove,
    refused,
    somebody,
    with_passkey,
)


@pytest.fixture
def phone(api: Api) -> Authenticator:
    return a_phone(api)


async def test_what_is_asked_of_a_device_is_a_verified_key_of_our_host(api: Api):
    who = await somebody(api)
    answer = (await api.post(f"{ADD}/options", {}, who.access)).body
    asked = answer["publicKey"]
    assert answer["origin"] == f"http://localhost:{api.settings.port}"
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "preferred"
    assert asked["attestation"] == "none"
    assert "测" not in asked["user"]["name"]


async def test_a_return_binds_nothing(api: Api):
    who = await somebody(api, acr="3")
    for path, body in ((f"{ADD}/options", {}), (ADD, {"credential": {}})):
        answer = await api.post(path, body, who.access)
        refused(answer, 401, "step-up-needed")
        assert answer.body["max_age"] == 900 and set(answer.body["ways"]) - {"face"}


async def test_a_proof_of_a_quarter_of_an_hour_ago_binds_nothing(api: Api):
    who = await somebody(api)
    await Session.filter(id=who.session).update(
        auth_time=datetime.now(UTC) - timedelta(seconds=901)
    )
    refused(await api.post(f"{ADD}/options", {}, who.access), 401, "step-up-needed")


async def test_a_lapsed_proofing_binds_nothing_and_is_not_sent_to_a_passkey(api: Api):
    who = await somebody(api)
    await Resident.filter(id=who.resident).update(proofed_until=datetime.now(UTC))
    answer = await api.post(f"{ADD}/options", {}, who.access)
    refused(answer, 401, "step-up-needed")
    assert "passkey" not in answer.body["ways"]


async def test_adding_is_recorded_told_and_listed(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    (shown,) = (await api.get(ADD, who.access)).body["passkeys"]
    assert (shown["name"], shown["usable"], shown["last_used_at"]) == ("我的手机", True, None)
    assert await AuditEvent.filter(resident_id=who.resident, event="passkey:added").count() == 1
    assert await Notice.filter(resident_id=who.resident, kind="passkey-added").count() == 1
    assert (await prove(api, who, phone)).status == 200
    (shown,) = (await api.get(ADD, who.access)).body["passkeys"]
    assert shown["last_used_at"]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://localhost.example"},
        {"verified": False},
    ],
    ids=["address", "host", "unverified"],
)
async def test_an_answer_of_another_place_or_person_is_refused(
    api: Api, phone: Authenticator, lie: dict[str, Any]
):
    who = await somebody(api)
    refused(await add(api, who, replace(phone, **lie)), 422, "passkey-refused")
    assert not await Passkey.filter(resident_id=who.resident).exists()
    assert (await add(api, who, phone)).status == 201
    refused(await prove(api, who, replace(phone, **lie)), 422, "passkey-refused")


async def test_one_bound_at_a_window_waits_as_long_as_the_window(api: Api, phone: Authenticator):
    who = await somebody(api, acr="3")
    opens = datetime.now(UTC) + timedelta(hours=24)
    await Session.filter(id=who.session).update(sensitive_from=opens, amr="window")
    added = await add(api, who, phone)
    assert added.status == 201 and added.body["usable"] is False
    row = await Passkey.get(id=added.body["id"])
    assert (row.bound_at_level, row.usable_from) == (5, opens)
    waits = await api.post(f"{PROVE}/options", {}, who.access)
    refused(waits, 403, "passkey-waits")
    assert datetime.fromisoformat(waits.body["usable_from"]) <= opens
    await Passkey.filter(id=row.id).update(usable_from=datetime.now(UTC))
    assert (await prove(api, who, phone)).body["acr"] == "4"


async def test_a_passkey_is_bound_once(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    excluded = (await options(api, who))["excludeCredentials"]
    assert [one["id"] for one in excluded] == [text(phone.id)]
    refused(await add(api, who, phone), 409, "passkey-known")
    refused(await add(api, await somebody(api), phone), 409, "passkey-known")


async def test_ten_are_the_most(api: Api, phone: Authenticator):
    who = await somebody(api)
    for _ in range(10):
        assert (await add(api, who, Authenticator(phone.origin))).status == 201
    refused(await api.post(f"{ADD}/options", {}, who.access), 409, "passkeys-too-many")


async def test_a_removed_passkey_is_gone_for_good(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    asked = await options(api, who, PROVE)
    (shown,) = (await api.get(ADD, who.access)).body["passkeys"]
    removed = await api.send("DELETE", f"{ADD}/{shown['id']}", who.access)
    assert removed.status == 204
    late = await api.post(PROVE, {"credential": phone.get(asked)}, who.access)
    refused(late, 422, "passkey-refused")
    assert (await api.get(ADD, who.access)).body["passkeys"] == []
    assert await AuditEvent.filter(resident_id=who.resident, event="passkey:removed").exists()


async def test_another_residents_passkey_cannot_be_removed(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    (shown,) = (await api.get(ADD, who.access)).body["passkeys"]
    other = await somebody(api)
    for named in (shown["id"], str(UUID(int=1)), "x"):
        gone = await api.send("DELETE", f"{ADD}/{named}", other.access)
        refused(gone, 404, "passkey-missing")
    assert (await prove(api, who, phone)).status == 200


@pytest.mark.parametrize(
    ("url", "id", "origin"),
    [
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:8000/", "localhost", "http://localhost:8000"),
        ("https://zhiban.example", "zhiban.example", "https://zhiban.example"),
        ("https://zhiban.example:443/x", "zhiban.example", "https://zhiban.example"),
        ("https://zhiban.example:8443", "zhiban.example", "https://zhiban.example:8443"),
    ],
)
def test_the_host_of_the_public_address_is_what_passkeys_are_for(url: str, id: str, origin: str):
    assert Party.of(url) == Party(id, origin)


@pytest.mark.parametrize("url", ["https://203.0.113.7", "https://[2001:db8::1]:8443"])
def test_an_address_without_a_name_has_no_passkeys(url: str):
    with pytest.raises(PasskeysNotOffered):
        Party.of(url)
