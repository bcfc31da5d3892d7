"""Telling residents what happened to their identity: written with the change, sent by a job.

    tell (in the story's transaction) → job → WeChat, else SMS, else it waits in the list

What is sent outside carries no link, but a code by which anybody may ask whether it came from
here; a warning also carries a word by which "this was not me" needs no signing in. Both are
derived when it is sent, so that a repeated message carries the same; only digests are kept.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tortoise.backends.base.client import BaseDBAsyncClient

from config.errors import Missing
from config.jobs import queued
from config.texts import DEFAULT_LOCALE, FALLBACK, text, words
from config.writing import Write, insert, write
from identity import written_codes
from identity.models import Consent, Notice
from identity.vault import Vault

JOB = "send-notice"
SHOWN = 50
# What a resident must hear to keep their identity theirs. Telling them is a duty of the law (PIPL
# art. 13 (3), 51, 57), not a matter of consent: withdrawing ``notices`` does not stop these.
SECURITY = frozenset(
    {
        "new-device", "device-bound", "device-taken-over", "passkey-added", "window-verified",
        "phone-changing", "phone-replaced", "phone-removed",
        "identity-frozen", "freeze-lifted", "erasure-asked", "erasure-cancelled",
        "records-joined", "document-moved", "name-changed",
        "mandate-offered", "mandate-accepted", "grant-given", "kiosk-visited",
        "document-signed",
    }
)  # fmt: skip
Facts = Mapping[str, str | Mapping[str, str]]
"""What fills the gaps of a text: codes, times, dates (``2026-12-01``), or titles in words, locale
→ words, said in the reader's language. Never a personal value.
"""
_SUBJECT = re.compile(r"(application|booking|ticket|payment|quote|car|bill):[A-Z0-9]{1,24}")
CHECK, CHECK_LENGTH = "message-check", 8  # 40 bits, and thirty wrong ones an hour
_NOT_ME, _WORD_LENGTH = "not-me", 11  # 55 bits, and a character that checks them
_CHINA = ZoneInfo("Asia/Shanghai")


class NoticeMissing(Missing):
    """Never told to this resident."""

    code = "notice-missing"


@dataclass(frozen=True)
class Told:
    """A notice in words."""

    title: str
    text: str


async def tell(
    connection: BaseDBAsyncClient,
    resident: UUID,
    kind: str,
    facts: Facts | None = None,
    session: UUID | None = None,
    *,
    subject: str = "",
) -> UUID:
    """Write a notice and the job that sends it, in the caller's transaction; returns its id.

    Raises ValueError as ``telling`` does, before anything is written.
    """
    id, parts = telling(resident, kind, facts, session, subject=subject)
    await write(connection, *parts)
    return id


def telling(
    resident: UUID,
    kind: str,
    facts: Facts | None = None,
    session: UUID | None = None,
    *,
    subject: str = "",
) -> tuple[UUID, Sequence[Write]]:
    """The id of a notice, and what writes it with its job in a statement of the caller's.

    ``kind`` has the texts ``notice.<kind>.title`` and ``.text``, filled from ``facts`` and
    ``time``; ``session``: the one it is about; ``subject``: what the inbox opens,
    ``application:<number>`` and its like (``_SUBJECT``). Raises ValueError for a kind or fact
    that is missing and for another subject.
    """
    facts = {name: _kept(value) for name, value in (facts or {}).items()}
    if subject and not _SUBJECT.fullmatch(subject):
        raise ValueError("notice: a subject is one of the inbox's kinds and a number")
    try:
        said(kind, facts, datetime.now(UTC), DEFAULT_LOCALE)
    except KeyError as missing:
        raise ValueError(f"notice: no text or fact {missing}") from None
    id = uuid4()
    row = Notice(
        id=id,
        resident_id=resident,
        kind=kind,
        facts=json.dumps(facts, ensure_ascii=False),
        session_id=session,
        subject=subject,
    )
    return id, (insert(row), *queued(JOB, {"notice": str(id)}))


async def told(resident: UUID) -> list[Notice]:
    """What this resident was told, newest first."""
    return await Notice.filter(resident_id=resident).order_by("-created_at").limit(SHOWN)


async def unread(resident: UUID) -> int:
    return await Notice.filter(resident_id=resident, read_at__isnull=True).count()


async def mark_read(resident: UUID, notice: UUID) -> None:
    """Remember that it was read, the first time. Raises NoticeMissing."""
    mine = Notice.filter(id=notice, resident_id=resident)
    if not await mine.exists():
        raise NoticeMissing()
    await mine.filter(read_at__isnull=True).update(read_at=datetime.now(UTC))


def in_words(notice: Notice, locale: str) -> Told:
    """Title and text in this language; a kind that is no longer known shows its code."""
    if f"notice.{notice.kind}.title" not in words(locale):
        return Told(notice.kind, "")
    return said(notice.kind, json.loads(notice.facts), notice.created_at, locale)


def said(kind: str, facts: Facts, at: datetime, locale: str) -> Told:
    """Raises KeyError for a text or a fact that is missing."""
    filled = {name: _in(locale, value) for name, value in facts.items()}
    filled["time"] = local_time(at)
    return Told(
        text(f"notice.{kind}.title", locale, **filled),
        text(f"notice.{kind}.text", locale, **filled),
    )


def _kept(value: str | Mapping[str, str]) -> str | dict[str, str]:
    return value if isinstance(value, str) else dict(value)


def _in(locale: str, value: str | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    return value.get(locale) or value[FALLBACK.get(locale, DEFAULT_LOCALE)]


def local_time(at: datetime) -> str:
    """As people in China read it, to the minute."""
    return at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")


def local_day(at: datetime) -> date:
    """The day in China."""
    return at.astimezone(_CHINA).date()


def not_me_word(vault: Vault, notice: UUID) -> str:
    """Three groups of four that no table holds; the same however often it is sent."""
    return written_codes.grouped(
        written_codes.checked(_derived(vault, "not-me-word", notice, _WORD_LENGTH))
    )


def not_me_digest(vault: Vault, word: str) -> str:
    """What ``Notice.not_me`` holds."""
    return vault.digest(_NOT_ME, written_codes.plain(word))


def check_code(vault: Vault, notice: UUID) -> str:
    """Two groups of four, in every message that is sent; the same however often it is."""
    return written_codes.grouped(_derived(vault, CHECK, notice, CHECK_LENGTH))


def check_digest(vault: Vault, code: str) -> str:
    """What ``Notice.check`` holds."""
    return vault.digest(CHECK, written_codes.plain(code))


def _derived(vault: Vault, kind: str, notice: UUID, length: int) -> str:
    secret = bytes.fromhex(vault.anchor(kind, str(notice)))[1:]  # the first byte is the key's
    return written_codes.derived(secret, length)


async def locale_of(resident: UUID, connection: BaseDBAsyncClient | None = None) -> str:
    """The language the resident last agreed to something in."""
    rows = Consent.filter(resident_id=resident).order_by("-given_at")
    row = await (rows.using_db(connection) if connection else rows).first()
    return row.locale if row else DEFAULT_LOCALE
