"""Coming back by WeChat: bound accounts, codes that are none, and WeChat's bad days."""

import asyncio
import secrets

import pytest

from identity.models import BoundDevice
from tests.support.http import Api
from tests.support.returning import BACK, Phone, a_phone, by_wechat, kinds
from tests.support.sandbox import Sandbox
from tests.support.wechat import WechatUser, signed_in


@pytest.fixture
async def phone(api: Api, healthy_sandbox: Sandbox) -> Phone:
    return await a_phone(api, resident=(await signed_in(api)).resident)


async def test_a_wechat_account_brings_back(api: Api, phone: Phone, healthy_sandbox: Sandbox):
    user = WechatUser(api.sandbox)
    assert (await by_wechat(api, user)).code == "return-unknown"
    made = await phone.bind(wechat_code=await user.code())
    assert (made.status, made.body["kind"]) == (201, "wechat")
    answer = await by_wechat(api, user)
    assert (answer.status, answer.body["acr"], answer.body["token_type"]) == (201, "3", "Bearer")
    back = await api.remember(answer.body)
    assert back.resident == phone.signed.resident
    assert "new-device" in await kinds(back.resident)


async def test_the_openid_stands_nowhere_in_plain(api: Api, phone: Phone, healthy_sandbox: Sandbox):
    user = WechatUser(api.sandbox)
    await phone.bind(wechat_code=await user.code())
    openid = await api.parts.ground.wechat.openid(await user.code())
    row = await BoundDevice.get(resident_id=phone.signed.resident)
    assert openid not in repr(dict(row)) and openid.encode() not in bytes(row.openid_sealed or b"")
    assert api.parts.core.bindings.openid(row) == openid


async def test_a_login_code_works_once(api: Api, healthy_sandbox: Sandbox):
    code = await WechatUser(api.sandbox).code()
    body = {"way": "wechat", "device": secrets.token_hex(8), "code": code}
    first, second = await api.post(BACK, body), await api.post(BACK, body)
    assert first.code == "return-unknown"
    assert (second.status, second.code) == (422, "wechat-code-invalid")


@pytest.mark.parametrize("code", ["x", "é", "c" * 200])
async def test_a_code_wechat_never_gave_is_refused(api: Api, healthy_sandbox: Sandbox, code: str):
    body = {"way": "wechat", "device": secrets.token_hex(8), "code": code}
    assert (await api.post(BACK, body)).code == "wechat-code-invalid"


async def test_a_code_older_than_five_minutes_is_refused(api: Api, healthy_sandbox: Sandbox):
    late = await WechatUser(api.sandbox).code(age=301)
    assert (await by_wechat(api, WechatUser(api.sandbox), code=late)).code == "wechat-code-invalid"


async def test_a_user_whom_wechat_blocks_is_refused(api: Api, healthy_sandbox: Sandbox):
    user = WechatUser(api.sandbox)
    answer = await by_wechat(api, user, code=await user.code(blocked=True))
    assert (answer.status, answer.code) == (403, "wechat-user-blocked")


async def test_the_hundred_and_first_code_of_a_minute_is_too_many(
    api: Api, healthy_sandbox: Sandbox
):
    user = WechatUser(api.sandbox)
    codes = [await user.code() for _ in range(100)]
    await asyncio.gather(*(api.parts.ground.wechat.openid(code) for code in codes))
    answer = await by_wechat(api, user)
    assert (answer.status, answer.code) == (429, "wechat-too-often")
    assert int(answer.headers["Retry-After"]) == 60


@pytest.mark.parametrize("fault", ["error", "malformed", "closed"])
async def test_wechat_being_away_is_said_plainly(api: Api, healthy_sandbox: Sandbox, fault: str):
    user = WechatUser(api.sandbox)
    code = await user.code()
    await healthy_sandbox.fault("wechat", fault)
    answer = await by_wechat(api, user, code=code)
    assert (answer.status, answer.code) == (503, "wechat-unavailable")
    await healthy_sandbox.heal()
    assert (await by_wechat(api, user)).code == "return-unknown"


async def test_wechat_is_asked_again_when_it_was_busy_once(api: Api, healthy_sandbox: Sandbox):
    await healthy_sandbox.fault("wechat", "closed", times=1)
    assert (await by_wechat(api, WechatUser(api.sandbox))).code == "return-unknown"
