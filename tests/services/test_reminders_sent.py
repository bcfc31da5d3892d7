"""What the clock of applications says reaches the resident: in the inbox, by SMS, by WeChat."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from tortoise.context import TortoiseContext

from config.outbound import Outbound
from config.settings import Settings
from identity import notices
from identity.models import Notice
from identity.notice_post import NoticePost
from identity.vault import Vault
from tests.identity.test_notice_post import LINK, Office
from tests.services.applications.bench import Bench, bench
from tests.services.counter import caller
from tests.support.sandbox import Sandbox
from tests.support.session_parts import a_resident
from tests.support.wechat import messages


@pytest.fixture
async def post(
    settings: Settings, database: TortoiseContext, healthy_sandbox: Sandbox
) -> AsyncIterator[Office]:
    """Where notices are sent from, and a resident who agreed to hear them."""
    port, key = int(healthy_sandbox.url.rpartition(":")[2]), SecretStr(healthy_sandbox.key)
    given = settings.model_copy(update={"sandbox_port": port, "sandbox_key": key})
    async with Outbound(given) as outbound:
        sender = NoticePost.opened(Vault.from_settings(given), outbound, given)
        office = Office(sender, given, healthy_sandbox, await a_resident())
        await office.agree()
        yield office


async def reminded(office: Bench) -> str:
    """A supplement was asked for; two working days are left."""
    office.register.says["register"] = ["no-lease"]
    number = await office.submit()
    await office.work()
    office.clock.move(days=12)
    await office.watch.watch({})
    return number


async def late(office: Bench) -> str:
    """The promised day has passed."""
    number = await office.submit()
    office.clock.move(days=8)
    await office.watch.watch({})
    return number


@pytest.mark.parametrize("way", ["sms", "wechat"])
@pytest.mark.parametrize(
    ("clock", "kind", "title"),
    [
        (reminded, "application-reminder", "Little time left to answer"),
        (late, "application-escalated", "Later than promised"),
    ],
)
async def test_a_reminder_arrives_in_the_inbox_and_outside_with_its_code(
    post: Office, way, clock, kind: str, title: str
):
    phone = await post.give_phone() if way == "sms" else ""
    user = await post.give_wechat() if way == "wechat" else None
    office = bench(post.settings)
    office.who = caller(post.resident)
    number = await clock(office)
    notice = await Notice.get(resident_id=post.resident, kind=kind)
    assert (await post.send(notice.id)).sent_by == way
    (message,) = await user.messages() if user else await messages(post.sandbox, phone)
    code = notices.check_code(post.post.vault, notice.id)
    assert title[:20] in message["text"] and code in message["text"]  # a thing has twenty
    assert (number in message["text"]) == (way == "sms"), "a template has room for title and code"
    assert not LINK.search(message["text"])
    inbox = {one.id: one for one in await notices.told(post.resident)}
    assert inbox[notice.id].subject == f"application:{number}"
    assert number in notices.in_words(inbox[notice.id], "en").text
