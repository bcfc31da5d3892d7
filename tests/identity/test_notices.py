"""Notices: written with the change or not at all, in words of every language."""

import re
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.texts import LOCALES, OFFERED, words
from identity import notices
from identity.models import Notice
from identity.vault import Vault
from tests.support.session_parts import a_resident

FACTS = {"device": "iPhone", "place": "广东省广州市"}
PARTS = [key.split(".") for key in words("en")]
KINDS = sorted({part[1] for part in PARTS if part[0] == "notice" and len(part) == 3})


async def jobs(database: TortoiseContext) -> list[str]:
    rows = await database.db().execute_query_dict("SELECT entrypoint FROM pgqueuer ORDER BY id")
    return [row["entrypoint"] for row in rows]


async def told(kind: str = "new-device", **facts: str) -> Notice:
    resident = await a_resident()
    async with in_transaction() as connection:
        made = await notices.tell(connection, resident, kind, FACTS | facts)
    return await Notice.get(id=made)


async def test_a_kind_without_a_text_is_refused_before_anything_is_written(
    database: TortoiseContext,
):
    with pytest.raises(ValueError, match="no-such-kind"):
        await told("no-such-kind")
    assert not await Notice.exists() and await jobs(database) == []


async def test_a_missing_fact_is_refused(database: TortoiseContext):
    with pytest.raises(ValueError, match="place"):
        async with in_transaction() as connection:
            await notices.tell(connection, uuid4(), "new-device", {"device": "iPhone"})


@pytest.mark.parametrize("subject", ["application:", "resident:1", "ticket:HP1 2", "x"])
async def test_a_subject_that_the_inbox_cannot_open_is_refused(
    database: TortoiseContext, subject: str
):
    async with in_transaction() as connection:
        with pytest.raises(ValueError, match="subject"):
            await notices.tell(connection, uuid4(), "new-device", FACTS, subject=subject)
    assert not await Notice.exists()


async def test_a_title_is_said_in_the_language_of_whoever_reads_it(database: TortoiseContext):
    facts = {
        "service": words_of_both("提取", "Withdrawal"),
        "number": "ZB1",
        "due_on": "2026-12-01",
    }
    async with in_transaction() as connection:
        resident = await a_resident()
        made = await notices.tell(
            connection, resident, "application-reminder", facts, subject="application:ZB1"
        )
    notice = await Notice.get(id=made)
    assert notice.subject == "application:ZB1"
    assert "“提取”" in notices.in_words(notice, "zh-CN").text
    assert "“提取”" in notices.in_words(notice, "ug").text, "what speaks for a partial language"
    assert "“Withdrawal”" in notices.in_words(notice, "en").text


def words_of_both(zh: str, en: str) -> dict[str, str]:
    return {"zh-CN": zh, "en": en}


async def test_a_notice_of_a_transaction_that_rolls_back_never_existed(database: TortoiseContext):
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await notices.tell(connection, uuid4(), "new-device", FACTS)
            raise RuntimeError
    assert not await Notice.exists() and await jobs(database) == []


async def test_a_notice_and_its_job_are_written_together(database: TortoiseContext):
    notice = await told()
    assert (notice.sent_at, notice.read_at, notice.not_me) == (None, None, None)
    assert await jobs(database) == [notices.JOB]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_has_a_title_and_a_text(kind: str, locale: str):
    for part in ("title", "text"):
        assert words(locale)[f"notice.{kind}.{part}"].strip()


def test_every_kind_of_warning_is_one_that_is_told():
    assert set(KINDS) >= notices.SECURITY


async def test_a_notice_is_told_in_the_readers_language_and_the_time_of_china(
    database: TortoiseContext,
):
    notice = await told()
    said = notices.in_words(notice, "en")
    assert "iPhone" in said.text and "广东省广州市" in said.text
    assert notices.in_words(notice, "zh-CN").title == "新设备登录"


async def test_a_kind_that_is_no_longer_known_shows_its_code(database: TortoiseContext):
    notice = await told()
    notice.kind = "of-an-older-release"
    assert notices.in_words(notice, "en").title == "of-an-older-release"


async def test_it_is_read_once_and_by_nobody_else(database: TortoiseContext):
    notice = await told()
    with pytest.raises(notices.NoticeMissing):
        await notices.mark_read(uuid4(), notice.id)
    await notices.mark_read(notice.resident_id, notice.id)
    first = (await Notice.get(id=notice.id)).read_at
    await notices.mark_read(notice.resident_id, notice.id)
    assert first and (await Notice.get(id=notice.id)).read_at == first
    assert await notices.unread(notice.resident_id) == 0


@pytest.mark.parametrize(("made", "length"), [(notices.not_me_word, 14), (notices.check_code, 9)])
async def test_word_and_code_are_the_same_again_and_kept_nowhere(
    settings, database: TortoiseContext, made, length: int
):
    vault, notice = Vault.from_settings(settings), await told()
    word = made(vault, notice.id)
    assert len(word) == length and word == made(vault, notice.id)
    assert word != made(vault, uuid4())
    assert word not in repr(dict(await Notice.get(id=notice.id)))


async def test_the_code_says_nothing_of_the_word(settings, database: TortoiseContext):
    vault, notice = Vault.from_settings(settings), uuid4()
    word, code = notices.not_me_word(vault, notice), notices.check_code(vault, notice)
    assert code.replace("-", "") not in word.replace("-", "")


@pytest.mark.parametrize("locale", OFFERED)
def test_no_message_of_any_language_has_a_link(locale: str):
    """Whoever is used to tapping a link in a message taps a stranger's too."""
    link = re.compile(r"https?:|://|www\.|\.(cn|com|net)\b|#/|{link}|{url}", re.IGNORECASE)
    said = words(locale)
    assert len([key for key in said if key.startswith("notice.")]) > 60
    assert {key for key, text in said.items() if link.search(text)} == set()
    assert link.search("see zhiban.gov.cn") and link.search("https://x"), "it would be noticed"


SENT_AS = {"notice.sms", "notice.sms-warning", "notice.phone-code"}


@pytest.mark.parametrize("locale", OFFERED)
def test_every_text_that_leaves_by_sms_has_room_for_its_check_code(locale: str):
    """Kinds of notices go out inside ``notice.sms`` or ``notice.sms-warning``."""
    frames = {".".join(part) for part in PARTS if part[0] == "notice" and len(part) == 2}
    assert frames == SENT_AS
    assert all("{check}" in words(locale)[one] for one in frames)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_title_fits_a_members_of_a_wechat_template(locale: str):
    """A ``thing`` has twenty characters at most; what is longer would be cut."""
    limit = 20 if locale == "zh-CN" else 40
    titles = {kind: words(locale)[f"notice.{kind}.title"] for kind in KINDS}
    assert {kind for kind, title in titles.items() if len(title) > limit} == set()
