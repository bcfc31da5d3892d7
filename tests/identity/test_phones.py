"""A telephone number for notices: shown by a code, in few tries, with few messages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity.caller import NOBODY
from identity.errors import StepUpNeeded
from identity.models import Contact, Notice
from identity.notice_post import NoticePost
from identity.phones import (
    TRIES,
    PhoneCodeTooOften,
    PhoneCodeWrong,
    PhoneInvalid,
    Phones,
    phone_of,
)
from identity.sms import Sms, SmsUnavailable
from identity.vault import Vault
from tests.support.records import caller_of
from tests.support.sandbox import Sandbox
from tests.support.session_parts import a_resident
from tests.support.wechat import messages, new_phone


@dataclass
class Desk:
    phones: Phones
    vault: Vault
    cache: Redis
    sandbox: Sandbox
    post: NoticePost

    async def code(self, phone: str) -> str:
        (newest, *_) = await messages(self.sandbox, phone)
        return "".join(c for c in newest["text"] if c.isdigit())[:6]

    async def begun(self, resident: UUID, phone: str) -> str:
        await self.phones.begin(resident, phone, "zh-CN", caller_of(resident))
        return await self.code(phone)

    async def set(self, resident: UUID) -> str:
        phone = new_phone()
        await self.phones.confirm(resident, await self.begun(resident, phone), caller_of(resident))
        return phone

    async def a_minute_later(self) -> None:
        for name in await self.cache.keys("phone:*:gap"):
            await self.cache.delete(name)


@pytest.fixture
async def desk(
    settings: Settings, database: TortoiseContext, cache: Redis, healthy_sandbox: Sandbox
) -> AsyncIterator[Desk]:
    given = settings.model_copy(
        update={
            "sandbox_port": int(healthy_sandbox.url.rpartition(":")[2]),
            "sandbox_key": SecretStr(healthy_sandbox.key),
        }
    )
    vault = Vault.from_settings(given)
    async with Outbound(given) as outbound:
        post = NoticePost.opened(vault, outbound, given)
        phones = Phones(cache, vault, Sms(outbound, given))
        yield Desk(phones, vault, cache, healthy_sandbox, post)


@pytest.mark.parametrize(
    "phone",
    ["", "1", "12345678901", "1391234567", "139123456789", "+8613912345678", "１３９12345678"],
)
async def test_what_is_no_mobile_number_is_refused(desk: Desk, phone: str):
    with pytest.raises(PhoneInvalid):
        await desk.phones.begin(await a_resident(), phone, "zh-CN", NOBODY)


async def test_another_code_is_refused_and_five_are_too_many(desk: Desk):
    resident, phone = await a_resident(), new_phone()
    code = await desk.begun(resident, phone)
    other = "000000" if code != "000000" else "000001"
    for _ in range(TRIES):
        with pytest.raises(PhoneCodeWrong):
            await desk.phones.confirm(resident, other, caller_of(resident))
    with pytest.raises(PhoneCodeWrong):
        await desk.phones.confirm(resident, code, caller_of(resident))
    assert not await Contact.exists()


async def test_a_code_is_good_once_and_for_its_resident_only(desk: Desk):
    resident, phone = await a_resident(), new_phone()
    code = await desk.begun(resident, phone)
    with pytest.raises(PhoneCodeWrong):
        await desk.phones.confirm(await a_resident(), code, caller_of(resident))
    assert (
        await desk.phones.confirm(resident, code, caller_of(resident))
        == phone[0] + "*" * 9 + phone[-1]
    )
    with pytest.raises(PhoneCodeWrong):
        await desk.phones.confirm(resident, code, caller_of(resident))


async def test_a_second_code_within_a_minute_is_too_soon(desk: Desk):
    resident = await a_resident()
    await desk.begun(resident, new_phone())
    with pytest.raises(PhoneCodeTooOften) as refused:
        await desk.phones.begin(resident, new_phone(), "zh-CN", caller_of(resident))
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60


async def test_nobody_can_flood_a_telephone(desk: Desk):
    phone = new_phone()
    for _ in range(5):
        await desk.phones.begin(await a_resident(), phone, "zh-CN", NOBODY)
    with pytest.raises(PhoneCodeTooOften):
        await desk.phones.begin(await a_resident(), phone, "zh-CN", NOBODY)
    assert len(await messages(desk.sandbox, phone)) == 5


async def test_a_gateway_that_is_away_is_said_plainly(desk: Desk):
    await desk.sandbox.fault("sms-gateway", "error")
    with pytest.raises(SmsUnavailable):
        await desk.phones.begin(await a_resident(), new_phone(), "zh-CN", NOBODY)


@pytest.mark.parametrize(("acr", "minutes"), [("3", 0), ("4", 16)])
async def test_a_number_in_force_changes_only_with_a_fresh_proof(
    desk: Desk, acr: str, minutes: int
):
    resident = await a_resident()
    phone = await desk.set(resident)
    thief = caller_of(resident, acr=acr, minutes=minutes)
    await desk.a_minute_later()
    with pytest.raises(StepUpNeeded):
        await desk.phones.begin(resident, new_phone(), "zh-CN", thief)
    with pytest.raises(StepUpNeeded):
        await desk.phones.remove(resident, thief)
    assert await phone_of(desk.vault, resident) == phone
    assert not await Notice.exists()


async def test_a_number_that_came_into_force_meanwhile_is_not_replaced(desk: Desk):
    resident, thief = await a_resident(), new_phone()
    await desk.phones.begin(resident, thief, "zh-CN", caller_of(resident, acr="3"))
    code, row = await desk.code(thief), uuid4()
    sealed = desk.vault.seal(b"13900000000", f"contact.phone:{row}")
    await Contact.create(
        id=row, resident_id=resident, phone_sealed=sealed, verified_at=datetime.now(UTC)
    )
    with pytest.raises(StepUpNeeded):
        await desk.phones.confirm(resident, code, caller_of(resident, acr="3"))
    assert (await Contact.get(resident_id=resident)).id == row


async def test_a_first_number_needs_no_fresh_proof(desk: Desk):
    resident, phone = await a_resident(), new_phone()
    caller = caller_of(resident, acr="3", minutes=60)
    await desk.phones.begin(resident, phone, "zh-CN", caller)
    await desk.phones.confirm(resident, await desk.code(phone), caller)
    assert await phone_of(desk.vault, resident) == phone
    assert not await Notice.exists()


async def test_a_number_is_sealed_and_shown_masked(desk: Desk):
    resident = await a_resident()
    phone = await desk.set(resident)
    row = await Contact.get(resident_id=resident)
    assert phone.encode() not in bytes(row.phone_sealed)
    assert await phone_of(desk.vault, resident) == phone
    assert await desk.phones.shown(resident) == phone[0] + "*" * 9 + phone[-1]


async def test_the_pending_number_stands_in_no_cache_key_or_value_in_plain(desk: Desk):
    resident, phone = await a_resident(), new_phone()
    await desk.phones.begin(resident, phone, "zh-CN", caller_of(resident))
    for name in await desk.cache.keys("phone*"):
        kept = await desk.cache.get(name) or b""
        assert phone.encode() not in name + kept and str(resident).encode() not in name


async def test_the_old_number_is_told_before_a_new_one_takes_its_place(desk: Desk):
    resident = await a_resident()
    await desk.set(resident)
    assert not await Notice.filter(kind="phone-changing").exists()
    await desk.a_minute_later()
    other = await desk.set(resident)
    assert await Notice.filter(resident_id=resident, kind="phone-changing").count() == 1
    assert await phone_of(desk.vault, resident) == other
    assert await Contact.filter(resident_id=resident).count() == 1


async def test_a_number_set_anew_is_not_said_to_be_replaced(desk: Desk):
    resident = await a_resident()
    phone = await desk.set(resident)
    await desk.a_minute_later()
    await desk.phones.confirm(resident, await desk.begun(resident, phone), caller_of(resident))
    assert not await Notice.filter(kind="phone-replaced").exists()
    assert await phone_of(desk.vault, resident) == phone


@pytest.mark.parametrize("kind", ["phone-replaced", "phone-removed"])
async def test_the_number_that_goes_hears_it_last(desk: Desk, kind: str):
    resident, caller = await a_resident(), None
    old = await desk.set(resident)
    await desk.a_minute_later()
    if kind == "phone-replaced":
        await desk.set(resident)
    else:
        caller = caller_of(resident)
        await desk.phones.remove(resident, caller)
    notice = await Notice.get(kind=kind)
    assert notice.phone_sealed and old.encode() not in bytes(notice.phone_sealed)
    assert notice.session_id and (caller is None or notice.session_id == caller.session)
    before = len(await messages(desk.sandbox, old))
    await desk.post.send({"notice": str(notice.id)})
    notice = await Notice.get(id=notice.id)
    assert (notice.sent_by, notice.phone_sealed) == ("sms", None)
    heard = await messages(desk.sandbox, old)
    assert len(heard) == before + 1 and "“冻结身份”，输入 " in heard[0]["text"]


async def test_a_removed_number_is_gone(desk: Desk):
    resident = await a_resident()
    await desk.set(resident)
    await desk.phones.remove(resident, caller_of(resident))
    await desk.phones.remove(resident, caller_of(resident))
    assert not await Contact.exists() and await desk.phones.shown(resident) is None
