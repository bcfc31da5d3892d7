"""Consent: to the text in force, kept with its hash (PIPL art. 14)."""

import hashlib
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.texts import LOCALES
from identity import consent
from identity.errors import ConsentMissing, ConsentUnknown
from identity.models import Consent

PURPOSE, VERSION = consent.VERIFICATION, consent.VERSIONS[consent.VERIFICATION]


@pytest.mark.parametrize("purpose", ["", "marketing", "identity-verification "])
def test_a_purpose_without_a_text_is_unknown(purpose: str) -> None:
    with pytest.raises(ConsentUnknown):
        consent.current(purpose, "en")


@pytest.mark.parametrize(
    ("purpose", "version"), [("", ""), (PURPOSE, ""), (PURPOSE, "1999-01"), ("other", VERSION)]
)
def test_consent_to_anything_else_is_none(purpose: str, version: str) -> None:
    with pytest.raises(ConsentMissing) as caught:
        consent.check(purpose, version)
    assert caught.value.facts == {"purpose": PURPOSE, "version": VERSION}


def test_the_text_in_force_is_shown_in_every_locale() -> None:
    shown = {consent.current(PURPOSE, locale).text for locale in LOCALES}
    assert len(shown) == len(LOCALES)
    consent.check(PURPOSE, VERSION)


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
