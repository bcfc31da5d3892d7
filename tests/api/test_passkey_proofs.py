"""A passkey as a fresh proof: it raises this session, once an answer, and lies are refused."""

import asyncio
import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from identity.models import AuditEvent, Passkey, Resident, Session
from identity.passkeys.ceremony import went_back
from tests.support.authenticator import Authenticator, text
from tests.support.http import Api
from tests.support.passkey_parts import (
    ADD,
    PROVE,
    a_phone,
    came_back,
    options,
    prove,
    refused,
    with_passkey,
)


@pytest.fixture
def phone(api: Api) -> Authenticator:
    return a_phone(api)


async def test_a_passkey_raises_a_returned_session_and_makes_it_fresh(
    api: Api, phone: Authenticator
):
    who = await with_passkey(api, phone)
    back = await came_back(api, who)
    await Session.filter(id=back.session).update(auth_time=datetime.now(UTC) - timedelta(days=9))
    answer = await prove(api, back, phone)
    assert answer.status == 200, answer.body
    raised = await api.remember(answer.body)
    claims = jwt.decode(raised.access, options={"verify_signature": False})
    assert (claims["acr"], claims["amr"]) == ("4", ["swk", "user"])
    assert claims["sid"] == str(back.session)
    assert datetime.now(UTC).timestamp() - claims["auth_time"] < 60
    assert await AuditEvent.filter(session_id=back.session, event="session:raised").exists()
    again = await api.post("/v1/tokens", {"refresh_token": raised.refresh})
    assert again.body["acr"] == "4"
    await api.remember(again.body)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.clear(),
        lambda c: c.update(id=["x"]),
        lambda c: c.update(response=None),
        lambda c: c.update(response={}),
        lambda c: c["response"].update(clientDataJSON="é"),
        lambda c: c["response"].update(attestationObject="", authenticatorData=""),
        lambda c: c["response"].update(attestationObject=text(b"\x9f" * 5000), signature="AA"),
        lambda c: c.update(type="password"),
        lambda c: c["response"].update(transports=5, signature=None),
    ],
)
async def test_nonsense_is_refused_and_breaks_nothing(api: Api, phone: Authenticator, spoil: Any):
    who = await with_passkey(api, phone)
    other = Authenticator(phone.origin)
    for path, make in ((ADD, other.create), (PROVE, phone.get)):
        credential = copy.deepcopy(make(await options(api, who, path)))
        spoil(credential)
        refused(
            await api.post(path, {"credential": credential}, who.access), 422, "passkey-refused"
        )
    assert await Passkey.filter(resident_id=who.resident).count() == 1


async def test_a_question_is_answered_once(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    credential = phone.get(await options(api, who, PROVE))
    sent = [api.post(PROVE, {"credential": credential}, who.access) for _ in range(5)]
    codes = sorted(str(answer.code) for answer in await asyncio.gather(*sent))
    assert codes == ["None"] + ["passkey-too-late"] * 4


async def test_a_question_of_another_session_is_not_answered_here(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    asked = await options(api, who, PROVE)
    back = await came_back(api, who)
    late = await api.post(PROVE, {"credential": phone.get(asked)}, back.access)
    refused(late, 422, "passkey-too-late")
    await options(api, back, PROVE)
    crossed = await api.post(PROVE, {"credential": phone.get(asked)}, back.access)
    refused(crossed, 422, "passkey-refused")


async def test_a_question_for_adding_is_none_for_proving(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    asked = await options(api, who)
    credential = phone.get({"rpId": "localhost", "challenge": asked["challenge"]})
    refused(await api.post(PROVE, {"credential": credential}, who.access), 422, "passkey-too-late")


async def test_the_passkey_of_another_resident_is_refused(api: Api, phone: Authenticator):
    await with_passkey(api, phone)
    own = Authenticator(phone.origin)
    thief = await with_passkey(api, own)
    credential = phone.get(await options(api, thief, PROVE))
    refused(await api.post(PROVE, {"credential": credential}, thief.access), 422, "passkey-refused")


async def test_a_signature_of_another_key_is_refused(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    forged = Authenticator(phone.origin, id=phone.id, count=100)
    refused(await prove(api, who, forged), 422, "passkey-refused")
    assert not await AuditEvent.filter(resident_id=who.resident, event="passkey:refused").exists()


async def test_a_counter_that_went_back_is_refused_and_recorded(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    copied = replace(phone)
    assert (await prove(api, who, phone)).status == 200
    back = await came_back(api, who)
    refused(await prove(api, back, copied), 403, "passkey-copied")
    (event,) = await AuditEvent.filter(resident_id=who.resident, event="passkey:refused")
    assert event.outcome == "passkey-copied"
    assert (await Session.get(id=back.session)).acr == "3"


async def test_a_device_that_does_not_count_is_accepted_again_and_again(api: Api):
    synced = Authenticator(f"http://localhost:{api.settings.port}", counts=False)
    who = await with_passkey(api, synced)
    for _ in range(3):
        assert (await prove(api, who, synced)).status == 200


def test_a_counter_goes_forward_or_stays_at_nothing():
    assert [went_back(*pair) for pair in ((0, 0), (0, 1), (5, 6))] == [False] * 3
    assert [went_back(*pair) for pair in ((5, 5), (5, 4), (5, 0))] == [True] * 3


async def test_a_passkey_is_nothing_once_the_proofing_lapsed(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    asked = await options(api, who, PROVE)
    await Resident.filter(id=who.resident).update(proofed_until=datetime.now(UTC))
    late = await api.post(PROVE, {"credential": phone.get(asked)}, who.access)
    for answer in (late, await api.post(f"{PROVE}/options", {}, who.access)):
        refused(answer, 401, "step-up-needed")
        assert "passkey" not in answer.body["ways"] and answer.body["ways"]


async def test_one_bound_too_low_proves_nothing(api: Api, phone: Authenticator):
    who = await with_passkey(api, phone)
    asked = await options(api, who, PROVE)
    await Passkey.filter(resident_id=who.resident).update(bound_at_level=3)
    late = await api.post(PROVE, {"credential": phone.get(asked)}, who.access)
    refused(late, 422, "passkey-refused")
    refused(await api.post(f"{PROVE}/options", {}, who.access), 404, "passkey-missing")
