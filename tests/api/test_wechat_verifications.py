"""Verifying inside WeChat, where its own face check takes the place of frames."""

import secrets
from uuid import UUID

import pytest

from identity.models import Notice, Session, Try
from tests.support.http import Api
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.wechat import WechatUser, verified


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    return await api.new_resident()


@pytest.fixture
def user(api: Api) -> WechatUser:
    return WechatUser(api.sandbox)


async def test_neither_frames_nor_wechats_word_is_no_verification(
    api: Api, person: SandboxResident
):
    assert (await verified(api, person, "")).code == "request-invalid"


async def test_frames_and_wechats_word_together_are_refused(api: Api, person: SandboxResident):
    frame = {"prompt": "front", "image": "AAAA"}
    assert (await verified(api, person, "x", frames=[frame])).code == "request-invalid"


async def test_the_challenge_is_needed_and_good_once(
    api: Api, person: SandboxResident, user: WechatUser
):
    result = await user.face(person.name, person.number)
    answer = await verified(api, person, result, challenge="never-issued")
    assert answer.code == "challenge-unknown"
    assert (await verified(api, person, result)).status == 201, "nothing was used up"


async def test_a_result_that_wechat_does_not_know_spends_no_try(api: Api, person: SandboxResident):
    answer = await verified(api, person, "unknown")
    assert (answer.status, answer.code) == (422, "wechat-face-unusable")
    assert not await Try.filter(spent=True).exists()


@pytest.mark.parametrize("how", ["not passed", "another name", "another number"])
async def test_what_does_not_fit_has_one_answer_and_spends_a_try(
    api: Api, person: SandboxResident, user: WechatUser, how: str
):
    other = await api.new_resident()
    result = {
        "not passed": await user.face(person.name, person.number, passed=False),
        "another name": await user.face(other.name, person.number),
        "another number": await user.face(person.name, other.number),
    }[how]
    before = await Try.filter(spent=True).count()
    answer = await verified(api, person, result)
    assert (answer.status, answer.code) == (403, "identity-not-matched")
    assert await Try.filter(spent=True).count() > before


async def test_somebody_the_register_does_not_know_is_not_matched(
    api: Api, person: SandboxResident, user: WechatUser
):
    await api.sandbox.delete(person)
    result = await user.face(person.name, person.number)
    assert (await verified(api, person, result)).code == "identity-not-matched"


async def test_a_result_verifies_once(api: Api, person: SandboxResident, user: WechatUser):
    result = await user.face(person.name, person.number)
    assert (await verified(api, person, result)).status == 201
    assert (await verified(api, person, result)).code == "wechat-face-unusable"


async def test_a_result_of_long_ago_is_refused(api: Api, person: SandboxResident, user: WechatUser):
    result = await user.face(person.name, person.number, age=1000)
    assert (await verified(api, person, result)).code == "wechat-face-expired"


async def test_wechat_being_away_spends_no_try(api: Api, person: SandboxResident, user: WechatUser):
    result = await user.face(person.name, person.number)
    await api.sandbox.fault("wechat", "error")
    before = await Try.filter(spent=True).count()
    answer = await verified(api, person, result)
    assert (answer.status, answer.code) == (503, "wechat-unavailable")
    assert await Try.filter(spent=True).count() == before


async def test_wechats_word_verifies_at_level_four(
    api: Api, person: SandboxResident, user: WechatUser
):
    answer = await verified(api, person, await user.face(person.name, person.number))
    assert (answer.status, answer.body["acr"]) == (201, "4")
    signed = await api.remember(answer.body)
    row = await Session.get(id=signed.session)
    assert (row.amr, row.channel) == ("face wechat", "miniprogram")


async def test_a_second_device_is_told_and_the_first_is_not(
    api: Api, person: SandboxResident, user: WechatUser
):
    device = secrets.token_hex(8)
    for _ in range(2):
        result = await user.face(person.name, person.number)
        first = await api.remember((await verified(api, person, result, device=device)).body)
    assert await told(first.resident) == []
    result = await user.face(person.name, person.number)
    second = await api.remember((await verified(api, person, result)).body)
    (notice,) = await Notice.filter(resident_id=first.resident)
    assert (notice.kind, notice.session_id) == ("new-device", second.session)


async def told(resident: UUID) -> list[str]:
    return [row.kind for row in await Notice.filter(resident_id=resident)]
