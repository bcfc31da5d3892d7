"""Consent: to the text in force, kept with its hash (PIPL art. 14), withdrawn by purpose."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from config.texts import LOCALES, words
from identity import consent
from identity.caller import Caller, CallerKind
from identity.errors import ConsentMissing, ConsentUnknown
from identity.models import AuditEvent, Consent, Session
from tests.support.session_parts import a_resident, a_worker

PURPOSE, VERSION = consent.VERIFICATION, consent.VERSIONS[consent.VERIFICATION]
NOTICES = consent.NOTICES


def caller_of(resident: UUID) -> Caller:
    return Caller(CallerKind.RESIDENT, resident, str(resident))


async def agreed(purpose: str = PURPOSE) -> UUID:
    resident = await a_resident()
    async with in_transaction() as connection:
        await consent.give(connection, resident, purpose, locale="en", channel="web")
    return resident


@pytest.mark.parametrize("purpose", ["", "marketing", "identity-verification "])
def test_a_purpose_without_a_text_is_unknown(purpose: str) -> None:
    with pytest.raises(ConsentUnknown):
        consent.current(purpose, "en")
    with pytest.raises(ConsentUnknown):
        consent.of_version(purpose, "2026-11", "en")
    with pytest.raises(ConsentUnknown):
        consent.of_hash(purpose, "0" * 64)


@pytest.mark.parametrize(
    ("purpose", "version"), [("", ""), (PURPOSE, ""), (PURPOSE, "1999-01"), ("other", VERSION)]
)
def test_consent_to_anything_else_is_none(purpose: str, version: str) -> None:
    with pytest.raises(ConsentMissing) as caught:
        consent.check(purpose, version)
    assert caught.value.facts == {"purpose": PURPOSE, "version": VERSION}


@pytest.mark.parametrize("purpose", consent.VERSIONS)
def test_the_text_in_force_is_shown_in_every_locale(purpose: str) -> None:
    shown = {consent.current(purpose, locale).text for locale in LOCALES}
    assert len(shown) == len(LOCALES)
    consent.check(purpose, consent.VERSIONS[purpose], purpose)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", consent.VERSIONS)
def test_every_purpose_says_what_it_is_and_what_withdrawing_leads_to(
    purpose: str, locale: str
) -> None:
    known = words(locale)
    assert known[f"purpose.{purpose}"] and known[f"consequence.{consent.follows(purpose)}"]


def test_no_text_that_was_released_is_changed_without_a_new_version() -> None:
    """What somebody agreed to must stay what it was: a new text needs a version of its own."""
    released = json.loads((Path(__file__).parent / "consent_texts.json").read_text())
    for purpose, version, locale, hashed in released:
        assert consent.of_version(purpose, version, locale).hash == hashed


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("purpose", "version"),
    [(p, v) for p, versions in consent.EARLIER.items() for v in versions],
)
def test_earlier_texts_stay_readable(purpose: str, version: str, locale: str) -> None:
    old = consent.of_version(purpose, version, locale)
    assert old.text != consent.current(purpose, locale).text
    assert consent.of_hash(purpose, old.hash) == old


def test_a_text_is_found_by_its_hash_in_the_language_it_was_read_in() -> None:
    for locale in LOCALES:
        shown = consent.current(PURPOSE, locale)
        assert consent.of_hash(PURPOSE, shown.hash) == shown


async def test_what_was_agreed_to_is_kept_by_its_hash(database: TortoiseContext) -> None:
    whose = uuid4()
    async with in_transaction() as connection:
        await consent.give(connection, whose, PURPOSE, locale="en", channel="kiosk")
    kept = await Consent.get(resident_id=whose)
    text = consent.current(PURPOSE, "en").text
    assert kept.text_hash == hashlib.sha256(text.encode()).hexdigest()
    assert (kept.version, kept.locale, kept.channel, kept.withdrawn_at) == (
        VERSION,
        "en",
        "kiosk",
        None,
    )


@pytest.mark.parametrize("purpose", ["", "marketing", consent.GUARDIAN])
async def test_what_is_not_agreed_to_by_itself_is_unknown(
    database: TortoiseContext, purpose: str
) -> None:
    with pytest.raises(ConsentUnknown):
        await consent.agree(
            caller_of(uuid4()), uuid4(), purpose, "2026-11", locale="en", channel="web"
        )
    assert not await Consent.exists()


async def test_given_twice_it_is_one_consent(database: TortoiseContext) -> None:
    resident = await a_resident()
    version = consent.VERSIONS[NOTICES]
    given = [
        await consent.agree(
            caller_of(resident), resident, NOTICES, version, locale="en", channel="web"
        )
        for _ in range(2)
    ]
    assert given[0].id == given[1].id
    assert await AuditEvent.filter(event="consent:given").count() == 1


async def test_each_purpose_is_withdrawn_by_itself_with_its_own_consequence(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_worker(settings) as worker:
        resident = await agreed(NOTICES)
        async with in_transaction() as connection:
            await consent.give(connection, resident, PURPOSE, locale="en", channel="web")
        await worker.sign_in(resident)
        await consent.withdraw(worker.sessions, resident, NOTICES, caller_of(resident))
        assert await Session.filter(ended_at__isnull=True).exists()
        assert [row.purpose for row in await consent.living(resident)] == [PURPOSE]
        await consent.withdraw(worker.sessions, resident, PURPOSE, caller_of(resident))
        assert not await Session.filter(ended_at__isnull=True).exists()
        assert [row.purpose for row in await consent.withdrawn(resident)] == [PURPOSE, NOTICES]


def test_a_purpose_without_a_line_of_its_own_signs_out() -> None:
    assert consent.follows("anything-new") is consent.Follows.SIGNED_OUT


async def test_only_a_withdrawal_refuses_and_agreeing_again_ends_it(
    database: TortoiseContext,
) -> None:
    resident = await a_resident()
    async with in_transaction() as connection:
        assert not await consent.refused(connection, resident, NOTICES)
        await consent.give(connection, resident, NOTICES, locale="en", channel="web")
        assert not await consent.refused(connection, resident, NOTICES)
        await Consent.all().using_db(connection).update(withdrawn_at=datetime.now(UTC))
        assert await consent.refused(connection, resident, NOTICES)
        await consent.give(connection, resident, NOTICES, locale="en", channel="web")
        assert not await consent.refused(connection, resident, NOTICES)
