"""Sending notices: by WeChat, else by SMS, else they wait; at least once, whatever dies."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.outbound import Outbound
from config.settings import Settings
from identity import consent, notices
from identity.bindings import WECHAT, Mark
from identity.caller import NOBODY, Caller, CallerKind
from identity.models import BoundDevice, Consent, Contact, Notice
from identity.notice_post import NoticePost
from identity.sms import SmsUnavailable
from identity.vault import Vault
from identity.wechat import WechatUnavailable
from tests.support.sandbox import Sandbox
from tests.support.session_parts import a_resident, a_worker
from tests.support.wechat import WechatUser, messages, new_phone

FACTS = {
    "device": "iPhone", "place": "广东省广州市", "partner": "示范医院",
    "site": "越秀区政务服务中心", "service": "公积金余额",
}  # fmt: skip


@dataclass
class Office:
    """Where notices are sent from, and a resident to be told."""

    post: NoticePost
    settings: Settings
    sandbox: Sandbox
    resident: UUID

    async def tell(self, kind: str = "new-device") -> UUID:
        async with in_transaction() as connection:
            return await notices.tell(connection, self.resident, kind, FACTS)

    async def agree(self) -> None:
        me = Caller(CallerKind.RESIDENT, self.resident, str(self.resident))
        version = consent.VERSIONS[consent.NOTICES]
        given = (me, self.resident, consent.NOTICES, version)
        await consent.agree(*given, locale="en", channel="web")

    async def withdraw(self) -> None:
        await self.agree()
        await Consent.all().update(withdrawn_at=datetime.now(UTC))

    async def send(self, notice: UUID) -> Notice:
        await self.post.send({"notice": str(notice)})
        return await Notice.get(id=notice)

    async def give_phone(self) -> str:
        phone, row = new_phone(), uuid4()
        sealed = self.post.vault.seal(phone.encode(), f"contact.phone:{row}")
        await Contact.create(
            id=row, resident_id=self.resident, phone_sealed=sealed, verified_at="2026-01-01"
        )
        return phone

    async def give_wechat(self, days: int = 30) -> WechatUser:
        """An account that was bound so many ``days`` ago."""
        user = WechatUser(self.sandbox)
        mark = Mark(WECHAT, await self.post.wechat.openid(await user.code()))
        async with a_worker(self.settings) as worker:
            opened = await worker.sign_in(self.resident)
        made = await self.post.bindings.bind(self.resident, opened.session.id, mark, NOBODY)
        long_ago = datetime.now(UTC) - timedelta(days=days)
        await BoundDevice.filter(id=made.id).update(created_at=long_ago)
        await Notice.all().delete()
        return user


@pytest.fixture
async def office(
    settings: Settings, database: TortoiseContext, healthy_sandbox: Sandbox
) -> AsyncIterator[Office]:
    given = settings.model_copy(
        update={
            "sandbox_port": int(healthy_sandbox.url.rpartition(":")[2]),
            "sandbox_key": SecretStr(healthy_sandbox.key),
        }
    )
    async with Outbound(given) as outbound:
        post = NoticePost.opened(Vault.from_settings(given), outbound, given)
        yield Office(post, given, healthy_sandbox, await a_resident())


async def test_a_resident_without_phone_or_wechat_finds_it_in_the_list(office: Office):
    notice = await office.send(await office.tell())
    assert (notice.sent_at, notice.sent_by) == (None, "")
    assert [row.id for row in await notices.told(office.resident)] == [notice.id]


async def test_a_withdrawn_consent_keeps_it_in_the_list_until_it_is_given_again(office: Office):
    phone = await office.give_phone()
    await office.withdraw()
    notice = await office.send(await office.tell("correction-decided"))
    assert (notice.sent_at, notice.sent_by) == (None, "")
    assert await messages(office.sandbox, phone) == []
    await office.agree()
    assert (await office.send(await office.tell("correction-decided"))).sent_by == "sms"


async def test_no_withdrawal_silences_a_warning(office: Office):
    """A thief of an unlocked telephone would agree, withdraw, and go on unheard."""
    phone = await office.give_phone()
    await office.withdraw()
    for kind in sorted(notices.SECURITY):
        assert (await office.send(await office.tell(kind))).sent_by == "sms", kind
    assert len(await messages(office.sandbox, phone)) == len(notices.SECURITY)


LINK = re.compile(r"https?:|://|www\.|#/|/pages/|\.(cn|com)\b")


async def test_a_warning_goes_to_the_telephone_with_a_word_and_a_code_and_no_link(office: Office):
    phone = await office.give_phone()
    notice = await office.send(await office.tell())
    (message,) = await messages(office.sandbox, phone)
    assert notice.sent_by == "sms" and notice.sent_at
    group = "[0-9A-HJKMNP-TV-Z]{4}"
    word = re.search(rf"{group}-{group}-{group}", message["text"])
    code = re.search(rf"核对码 ({group}-{group})", message["text"])
    assert word and code and "iPhone" in message["text"]
    vault = Vault.from_settings(office.settings)
    assert notice.not_me == notices.not_me_digest(vault, word[0])
    assert notice.check == notices.check_digest(vault, code[1])
    assert not LINK.search(message["text"])


async def test_other_messages_have_a_code_and_neither_word_nor_link(office: Office):
    phone = await office.give_phone()
    await office.agree()
    notice = await office.send(await office.tell("correction-decided"))
    (message,) = await messages(office.sandbox, phone)
    vault = Vault.from_settings(office.settings)
    assert notices.check_code(vault, notice.id) in message["text"]
    assert notices.not_me_word(vault, notice.id) not in message["text"]
    assert not LINK.search(message["text"])


async def test_a_wechat_message_carries_the_same_code(office: Office):
    user = await office.give_wechat()
    notice = await office.send(await office.tell())
    (message,) = await user.messages()
    vault = Vault.from_settings(office.settings)
    assert notices.check_code(vault, notice.id) in message["text"]
    assert not LINK.search(message["text"])


async def test_wechat_comes_before_the_telephone(office: Office):
    phone, user = await office.give_phone(), await office.give_wechat()
    notice = await office.send(await office.tell())
    (message,) = await user.messages()
    assert notice.sent_by == "wechat" and "word=" in message["link"]
    assert await messages(office.sandbox, phone) == []


async def test_an_account_bound_lately_is_not_the_only_one_to_be_told(office: Office):
    """A thief who binds their own would hear the warning, and the owner nothing."""
    phone, thiefs = await office.give_phone(), await office.give_wechat(days=0)
    notice = await office.send(await office.tell())
    assert notice.sent_by == "sms"
    assert len(await messages(office.sandbox, phone)) == len(await thiefs.messages()) == 1


async def test_every_account_hears_it_and_the_older_one_is_enough(office: Office):
    phone = await office.give_phone()
    users = [await office.give_wechat(days=30), await office.give_wechat(days=0)]
    assert (await office.send(await office.tell())).sent_by == "wechat"
    assert [len(await user.messages()) for user in users] == [1, 1]
    assert await messages(office.sandbox, phone) == []


async def test_who_takes_no_wechat_messages_gets_an_sms(office: Office):
    phone, user = await office.give_phone(), await office.give_wechat()
    await user.subscribe(False)
    assert (await office.send(await office.tell())).sent_by == "sms"
    assert len(await messages(office.sandbox, phone)) == 1


@pytest.mark.parametrize("fault", ["error", "malformed", "closed"])
async def test_wechat_being_away_does_not_keep_the_sms(office: Office, fault: str):
    phone = await office.give_phone()
    await office.give_wechat()
    await office.sandbox.fault("wechat", fault)
    assert (await office.send(await office.tell())).sent_by == "sms"
    assert len(await messages(office.sandbox, phone)) == 1


async def test_when_the_only_way_is_away_the_job_is_tried_again(office: Office):
    user = await office.give_wechat()
    notice = await office.tell()
    await office.sandbox.fault("wechat", "error")
    with pytest.raises(WechatUnavailable):
        await office.send(notice)
    assert (await Notice.get(id=notice)).sent_at is None
    await office.sandbox.heal()
    assert (await office.send(notice)).sent_by == "wechat"
    assert len(await user.messages()) == 1


async def test_a_gateway_that_fails_keeps_the_notice_for_later(office: Office):
    phone = await office.give_phone()
    notice = await office.tell()
    await office.sandbox.fault("sms-gateway", "error", times=1)
    with pytest.raises(SmsUnavailable):
        await office.send(notice)
    assert (await office.send(notice)).sent_by == "sms"
    assert len(await messages(office.sandbox, phone)) == 1


async def test_a_job_that_is_repeated_sends_nothing_again(office: Office):
    phone = await office.give_phone()
    notice = await office.tell()
    await office.send(notice)
    await office.send(notice)
    assert len(await messages(office.sandbox, phone)) == 1


async def test_a_message_whose_record_was_lost_carries_the_same_word_again(office: Office):
    phone = await office.give_phone()
    notice = await office.tell()
    await office.send(notice)
    await Notice.filter(id=notice).update(sent_at=None, sent_by="")  # killed before it was kept
    await office.send(notice)
    assert len(await messages(office.sandbox, phone)) == 1, "the gateway knows the reference"


async def test_a_notice_that_was_erased_is_not_sent(office: Office):
    phone = await office.give_phone()
    await office.post.send({"notice": str(uuid4())})
    assert await messages(office.sandbox, phone) == []


@pytest.mark.server
async def test_a_worker_killed_while_it_sends_loses_nothing(
    office: Office, database: TortoiseContext
):
    phone = await office.give_phone()
    await office.sandbox.fault("sms-gateway", "hang", seconds=60, times=1)
    notice = await office.tell()
    first = await _worker(office.settings)
    try:
        await _until(lambda: Notice.filter(id=notice, not_me__isnull=False).exists())
        first.send_signal(signal.SIGKILL)
        await first.wait()
        assert not await Notice.filter(id=notice, sent_at__isnull=False).exists()
        await _as_if_long_silent(database)
        second = await _worker(office.settings)
        try:
            await _until(lambda: Notice.filter(id=notice, sent_by="sms").exists())
        finally:
            second.terminate()
            await second.wait()
    finally:
        if first.returncode is None:
            first.kill()
            await first.wait()
    assert len(await messages(office.sandbox, phone)) == 1


async def _worker(house: Settings) -> asyncio.subprocess.Process:
    names = ("database_url", "redis_url", "seal_keys", "index_keys", "sandbox_key")
    given = {name.upper(): getattr(house, name).get_secret_value() for name in names}
    given |= {"DATA_FOLDER": str(house.data_folder), "SANDBOX_PORT": str(house.sandbox_port)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.worker", env=os.environ | given
    )


async def _until(true: Any) -> None:
    for _ in range(900):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")


async def _as_if_long_silent(database: TortoiseContext) -> None:
    """Another worker takes over from one that was silent for half a minute."""
    await database.db().execute_query(
        "UPDATE pgqueuer SET heartbeat = heartbeat - interval '2 minutes', "
        "updated = updated - interval '2 minutes'"
    )
