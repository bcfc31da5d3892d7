"""What residents agree to: the text they were shown, by version and hash, and when.

A separate consent for face and ID number (PIPL art. 14, 29; face recognition rules of 2025).
The texts stand in the locale files under ``consent.<purpose>``; whoever changes one gives it a
new version here, and older consents stay what they were.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.texts import text
from identity.audit import record
from identity.caller import Caller
from identity.errors import ConsentMissing, ConsentUnknown
from identity.models import Consent
from identity.sessions import Sessions

VERIFICATION = "identity-verification"
VERSIONS = {VERIFICATION: "2026-11"}


@dataclass(frozen=True)
class ConsentText:
    """What is shown before a resident agrees."""

    purpose: str
    version: str
    text: str


def current(purpose: str, locale: str) -> ConsentText:
    """The text in force. Raises ConsentUnknown for a purpose without one."""
    if purpose not in VERSIONS:
        raise ConsentUnknown()
    return ConsentText(purpose, VERSIONS[purpose], text(f"consent.{purpose}", locale))


def check(purpose: str, version: str, wanted: str = VERIFICATION) -> None:
    """Raise ConsentMissing unless this is consent to ``wanted`` in the version in force."""
    if purpose != wanted or version != VERSIONS[wanted]:
        raise ConsentMissing(purpose=wanted, version=VERSIONS[wanted])


async def give(
    connection: BaseDBAsyncClient, resident: UUID, purpose: str, *, locale: str, channel: str
) -> None:
    """Keep what was agreed to, in the story's transaction. ``channel``: web, miniprogram, kiosk."""
    shown = current(purpose, locale)
    await Consent.create(
        using_db=connection,
        id=uuid4(),
        resident_id=resident,
        purpose=purpose,
        version=shown.version,
        text_hash=hashlib.sha256(shown.text.encode()).hexdigest(),
        locale=locale,
        channel=channel,
        given_at=datetime.now(UTC),
    )


async def living(resident: UUID) -> list[Consent]:
    """What this resident agreed to and has not withdrawn, newest first."""
    rows = Consent.filter(resident_id=resident, withdrawn_at__isnull=True)
    return await rows.order_by("-given_at")


async def withdraw(sessions: Sessions, resident: UUID, purpose: str, caller: Caller) -> None:
    """As easy as giving (PIPL art. 15): every session ends with it, on every worker.

    What was done under the consent stays done. Raises ConsentUnknown when none is in force.
    """
    async with in_transaction() as connection:
        given = Consent.filter(resident_id=resident, purpose=purpose, withdrawn_at__isnull=True)
        if not await given.using_db(connection).update(withdrawn_at=datetime.now(UTC)):
            raise ConsentUnknown()
        await record(
            connection,
            event="consent:withdrawn",
            resident=resident,
            caller=caller,
            purpose=purpose,
        )
        ended = await sessions.end_all(connection, resident, "consent-withdrawn")
    await sessions.announce(ended)
