"""What a check by WeChat leaves behind: WeChat names a person by MD5 of name and number, and such a
digest is the plaintext number, so it stands in no table, key or log line.
"""

import pytest

from identity import wechat
from tests.api.test_outside_traces import left_behind
from tests.support.http import Api
from tests.support.sandbox import Sandbox, SandboxResident
from tests.support.wechat import WechatUser, verified


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> SandboxResident:
    return await api.new_resident()


@pytest.fixture
def digests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every MD5 that is made."""
    made: list[str] = []
    honest = wechat._md5

    def heard(value: str) -> str:
        made.append(honest(value))
        return made[-1]

    monkeypatch.setattr(wechat, "_md5", heard)
    return made


async def test_an_accepted_check_leaves_neither_the_number_nor_its_digest(
    api: Api, person: SandboxResident, digests: list[str]
) -> None:
    result = await WechatUser(api.sandbox).face(person.name, person.number)
    answer = await verified(api, person, result)
    assert answer.status == 201, answer.body
    await api.remember(answer.body)
    assert len(digests) == 2
    assert await left_behind(api, person.number, person.name, result, *digests) == []


async def test_a_refused_check_leaves_nothing_of_either_person(
    api: Api, person: SandboxResident, digests: list[str]
) -> None:
    other = await api.new_resident()
    result = await WechatUser(api.sandbox).face(person.name, other.number)
    assert (await verified(api, person, result)).code == "identity-not-matched"
    assert len(digests) == 2
    theirs = wechat._md5(other.number.upper())
    assert await left_behind(api, person.number, other.number, theirs, *digests) == []
