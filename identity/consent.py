"""What residents agree to: the text they were shown, by version and hash, and when.

A separate consent for every purpose (PIPL art. 14, 29; face recognition rules of 2025). The texts
stand in the locale files under ``consent.<purpose>``; whoever changes one gives it a new version
here and keeps the old text as ``consent.<purpose>@<version>``: what somebody agreed to stays
readable. What a withdrawal leads to stands in ``FOLLOWS``, and nowhere else.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.texts import OFFERED, text, words
from identity import guardians
from identity.audit import record
from identity.caller import Caller
from identity.errors import ConsentMissing, ConsentUnknown
from identity.models import Consent, Resident
from identity.sessions import Sessions

VERIFICATION = "identity-verification"
WINDOW = "window-verification"
NETWORK = "network-identity"
BANK_CARD = "bank-card-check"
GUARDIAN = guardians.PURPOSE
NOTICES = "notices"
VERSIONS = {
    VERIFICATION: "2026-12",
    WINDOW: "2026-11",
    NETWORK: "2026-11",
    BANK_CARD: "2026-11",
    GUARDIAN: "2026-11",
    NOTICES: "2026-11",
}
EARLIER: Mapping[str, tuple[str, ...]] = {VERIFICATION: ("2026-11",)}


class Follows(StrEnum):
    """What ends with a consent; its words are ``consequence.<value>``."""

    SIGNED_OUT = "signed-out"  # without it we may not hold who this is: nobody comes back either
    WARDS_RELEASED = "wards-released"
    MESSAGES_STOP = "messages-stop"  # the sender asks ``refused`` before each


# A purpose that is not here signs out: forgetting a line must not keep anybody's data in use.
FOLLOWS: Mapping[str, Follows] = {
    GUARDIAN: Follows.WARDS_RELEASED,
    NOTICES: Follows.MESSAGES_STOP,
}


@dataclass(frozen=True)
class ConsentText:
    """What is shown before a resident agrees. ``hash``: SHA-256 of the text, hex."""

    purpose: str
    version: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def current(purpose: str, locale: str) -> ConsentText:
    """The text in force. Raises ConsentUnknown for a purpose without one."""
    if purpose not in VERSIONS:
        raise ConsentUnknown()
    return ConsentText(purpose, VERSIONS[purpose], text(f"consent.{purpose}", locale))


def of_version(purpose: str, version: str, locale: str) -> ConsentText:
    """The text of any version there was. Raises ConsentUnknown."""
    if version == VERSIONS.get(purpose):
        return current(purpose, locale)
    old = f"consent.{purpose}@{version}"
    if version not in EARLIER.get(purpose, ()) or old not in words(locale):
        raise ConsentUnknown()
    return ConsentText(purpose, version, text(old, locale))


def of_hash(purpose: str, hashed: str) -> ConsentText:
    """The very text that was agreed to, whatever its language. Raises ConsentUnknown."""
    versions = [VERSIONS.get(purpose, ""), *EARLIER.get(purpose, ())]
    for version in versions:
        for locale in OFFERED:
            found = of_version(purpose, version, locale)
            if found.hash == hashed:
                return found
    raise ConsentUnknown()


def check(purpose: str, version: str, wanted: str = VERIFICATION) -> None:
    """Raise ConsentMissing unless this is consent to ``wanted`` in the version in force."""
    if purpose != wanted or version != VERSIONS[wanted]:
        raise ConsentMissing(purpose=wanted, version=VERSIONS[wanted])


def follows(purpose: str) -> Follows:
    """What withdrawing this consent leads to."""
    return FOLLOWS.get(purpose, Follows.SIGNED_OUT)


async def give(
    connection: BaseDBAsyncClient,
    resident: UUID,
    purpose: str,
    *,
    locale: str,
    channel: str,
    given_by: UUID | None = None,
) -> Consent:
    """Keep what was agreed to, in the story's transaction. ``channel``: web, miniprogram, kiosk.

    ``given_by``: the guardian who agreed in the place of ``resident``.
    """
    shown = current(purpose, locale)
    return await Consent.create(
        using_db=connection,
        id=uuid4(),
        resident_id=resident,
        purpose=purpose,
        version=shown.version,
        text_hash=shown.hash,
        locale=locale,
        channel=channel,
        given_at=datetime.now(UTC),
        given_by=given_by,
    )


async def agree(
    caller: Caller, resident: UUID, purpose: str, version: str, *, locale: str, channel: str
) -> Consent:
    """A consent given by itself, outside a way. Given again in the same version it is the same.

    Raises ConsentUnknown, also for what is agreed to elsewhere (a child), and ConsentMissing for
    a version that is not in force.
    """
    if purpose not in VERSIONS or purpose == GUARDIAN:
        raise ConsentUnknown()
    check(purpose, version, purpose)
    async with in_transaction() as connection:
        given = _living(resident).filter(purpose=purpose, version=version)
        if found := await given.using_db(connection).first():
            return found
        made = await give(connection, resident, purpose, locale=locale, channel=channel)
        await record(
            connection, event="consent:given", resident=resident, caller=caller, purpose=purpose
        )
    return made


async def living(resident: UUID) -> list[Consent]:
    """What this resident agreed to, or a guardian for them, and holds; newest first."""
    return await _living(resident).order_by("-given_at")


async def withdrawn(resident: UUID) -> list[Consent]:
    """What this resident agreed to once, the last withdrawn first."""
    rows = Consent.filter(resident_id=resident, withdrawn_at__isnull=False)
    return await rows.order_by("-withdrawn_at")


async def refused(connection: BaseDBAsyncClient, resident: UUID, purpose: str) -> bool:
    """Whether the resident withdrew this and has not agreed again since."""
    rows = Consent.filter(resident_id=resident, purpose=purpose).using_db(connection)
    ended = [row.withdrawn_at is not None for row in await rows]
    return bool(ended) and all(ended)


async def withdraw(sessions: Sessions, resident: UUID, purpose: str, caller: Caller) -> None:
    """As easy as giving (PIPL art. 15), with what follows from it, on every worker.

    What was done under the consent stays done. Raises ConsentUnknown when none is in force.
    """
    ended: Sequence[UUID]
    async with in_transaction() as connection:
        if follows(purpose) is Follows.WARDS_RELEASED:
            ended = await _release_wards(connection, sessions, resident)
        else:
            ended = await _withdraw(connection, sessions, resident, purpose)
        await record(
            connection,
            event="consent:withdrawn",
            resident=resident,
            caller=caller,
            purpose=purpose,
        )
    await sessions.announce(ended)


async def _withdraw(
    connection: BaseDBAsyncClient, sessions: Sessions, resident: UUID, purpose: str
) -> Sequence[UUID]:
    await Resident.select_for_update().using_db(connection).get_or_none(id=resident)
    given = _living(resident).filter(purpose=purpose)
    if not await given.using_db(connection).update(withdrawn_at=datetime.now(UTC)):
        raise ConsentUnknown()
    if follows(purpose) is not Follows.SIGNED_OUT:
        return []
    return await sessions.end_for_good(connection, resident, "consent-withdrawn")


async def _release_wards(
    connection: BaseDBAsyncClient, sessions: Sessions, guardian: UUID
) -> list[UUID]:
    rows = guardians.living().filter(guardian_id=guardian)
    held = await rows.using_db(connection).select_for_update()
    if not held:
        raise ConsentUnknown()
    return await guardians.release(connection, sessions, held, "consent-withdrawn")


def _living(resident: UUID) -> QuerySet[Consent]:
    return Consent.filter(resident_id=resident, withdrawn_at__isnull=True)
