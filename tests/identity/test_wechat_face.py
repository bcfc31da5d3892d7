"""WeChat's own face check: not passed, somebody else's, shown twice, too old, WeChat away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from config.outbound import Outbound
from config.settings import Settings
from identity.person import IdNumber
from identity.register import Verdict
from identity.vault import Vault
from identity.wechat import WeChat, WechatFaceExpired, WechatFaceUnusable, WechatUnavailable
from identity.wechat_face import FRESH, WechatFace
from tests.support.sandbox import Sandbox
from tests.support.wechat import WechatUser

NAME, NUMBER = "张三丰", "11010519491231002X"


@dataclass
class Mirror:
    face: WechatFace
    user: WechatUser
    sandbox: Sandbox

    async def result(self, name: str = NAME, number: str = NUMBER, **options: Any) -> str:
        return await self.user.face(name, number, **options)

    async def judge(self, result: str) -> Verdict:
        return await self.face.judge(NAME, IdNumber(NUMBER), result)


@pytest.fixture
async def mirror(
    settings: Settings, cache: Redis, healthy_sandbox: Sandbox
) -> AsyncIterator[Mirror]:
    given = settings.model_copy(
        update={
            "sandbox_port": int(healthy_sandbox.url.rpartition(":")[2]),
            "sandbox_key": SecretStr(healthy_sandbox.key),
        }
    )
    async with Outbound(given) as outbound:
        face = WechatFace(WeChat(outbound, given), cache, Vault.from_settings(given))
        yield Mirror(face, WechatUser(healthy_sandbox), healthy_sandbox)


@pytest.mark.parametrize("result", ["unknown", "é", "x" * 5000])
async def test_a_result_wechat_does_not_know_is_refused(mirror: Mirror, result: str):
    with pytest.raises(WechatFaceUnusable):
        await mirror.judge(result)


async def test_a_check_that_was_not_passed_is_another_face(mirror: Mirror):
    assert await mirror.judge(await mirror.result(passed=False)) is Verdict.FACE_DIFFERS


@pytest.mark.parametrize("other", [{"name": "李四光"}, {"number": "440524188001010014"}], ids=str)
async def test_somebody_elses_check_is_refused(mirror: Mirror, other: dict[str, str]):
    assert await mirror.judge(await mirror.result(**other)) is Verdict.NAME_DIFFERS


async def test_a_result_is_good_once_however_many_show_it(mirror: Mirror):
    result = await mirror.result()
    answers = await asyncio.gather(
        *(mirror.judge(result) for _ in range(8)), return_exceptions=True
    )
    assert sum(answer is Verdict.MATCH for answer in answers) == 1
    assert sum(isinstance(answer, WechatFaceUnusable) for answer in answers) == 7


async def test_a_check_of_long_ago_is_refused(mirror: Mirror):
    with pytest.raises(WechatFaceExpired):
        await mirror.judge(await mirror.result(age=FRESH + 5))


@pytest.mark.parametrize("fault", ["error", "malformed", "closed"])
async def test_wechat_being_away_uses_nothing_up(mirror: Mirror, fault: str):
    result = await mirror.result()
    await mirror.sandbox.fault("wechat", fault)
    with pytest.raises(WechatUnavailable):
        await mirror.judge(result)
    await mirror.sandbox.heal()
    assert await mirror.judge(result) is Verdict.MATCH


async def test_a_check_of_this_person_just_now_matches(mirror: Mirror):
    assert await mirror.judge(await mirror.result()) is Verdict.MATCH


async def test_a_number_is_compared_with_its_x_in_upper_case(mirror: Mirror):
    assert await mirror.judge(await mirror.result(number=NUMBER.lower())) is Verdict.MATCH
