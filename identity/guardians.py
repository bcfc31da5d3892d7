"""Guardians: a child under fourteen proves nothing before a guardian has agreed.

The guardian registers the child (``identity.wards``) and is given a one-time code; every way asks
``check`` before it looks at anything else, and ``identity.admission`` asks ``confirm`` in its
transaction, so that a way that forgot is refused too. Whatever is wrong with a code, and whether
a guardian is known here at all, the answer is one and the same.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.errors import Denied
from identity import ages, notices
from identity.audit import record
from identity.models import Consent, Guardianship
from identity.person import IdNumber, Person
from identity.sessions import Sessions
from identity.vault import Vault

PURPOSE = "guardian-consent"
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that reads like another
LENGTH = 8
CODE_LIVES = timedelta(hours=24)
_BEGUN = timedelta(hours=1)  # what a good code began may end: at a window two people take turns


class GuardianConsentNeeded(Denied):
    """No code, a wrong one, one that is used or late, no guardian: one answer for all."""

    code = "guardian-consent-needed"


async def check(vault: Vault, number: IdNumber, code: str) -> None:
    """Raise GuardianConsentNeeded unless its bearer is fourteen or a guardian gave this code.

    Spends nothing: a blurred picture must not cost the family a new code.
    """
    if not ages.is_under(number, ages.GUARDED):
        return
    now = datetime.now(UTC)
    rows = living().filter(ward__in=digests(vault, number), code_until__gt=now)
    found = list(await rows.values_list("id", "code")) or [(uuid4(), "")]  # the same work for none
    if not any([_fits(vault, row, kept, code) for row, kept in found]):
        raise GuardianConsentNeeded()


async def confirm(
    connection: BaseDBAsyncClient, vault: Vault, number: IdNumber, resident: UUID
) -> None:
    """Tie a minor who is being admitted to their guardians, in the story's transaction.

    Under fourteen it spends a code: however many verifications one began, one ends well.
    Raises GuardianConsentNeeded when none is left, or the guardian has withdrawn meanwhile.
    """
    if not ages.is_under(number, ages.OF_AGE):
        return
    known = living().filter(ward__in=digests(vault, number)).order_by("id")
    rows = await known.using_db(connection).select_for_update()
    if ages.is_under(number, ages.GUARDED):
        await _spend(connection, rows)
    for row in rows:
        await _tie(connection, row, resident)


async def require(person: Person) -> None:
    """For services that ask it of minors: a living guardianship. Raises GuardianConsentNeeded."""
    if not ages.is_under(person.number, ages.OF_AGE):
        return
    if not await living().filter(ward_id=person.resident).exists():
        raise GuardianConsentNeeded()


async def release(
    connection: BaseDBAsyncClient, sessions: Sessions, rows: Sequence[Guardianship], why: str
) -> list[UUID]:
    """End guardianships, and the consents that were given with them, in the story's transaction.

    A child under fourteen who has no guardian left is signed out, and no device brings them back:
    ``sessions.announce`` what is returned after the commit.
    """
    ended: list[UUID] = []
    for ward in await _end(connection, rows, why):
        ended += await sessions.end_for_good(connection, ward, "guardian-withdrew")
    return ended


async def release_all(
    connection: BaseDBAsyncClient, sessions: Sessions, guardian: UUID, why: str
) -> list[UUID]:
    """``release`` for every ward of this guardian."""
    rows = living().filter(guardian_id=guardian).using_db(connection)
    return await release(connection, sessions, await rows.select_for_update(), why)


async def _end(connection: BaseDBAsyncClient, rows: Sequence[Guardianship], why: str) -> list[UUID]:
    """Returns the wards under fourteen who have no guardian left."""
    now, alone = datetime.now(UTC), []
    for row in rows:
        row.ended_at, row.ended_why, row.code, row.code_until = now, why, "", None
        await row.save(using_db=connection)
        given = Consent.filter(resident_id__in=[row.ward_id or row.id], purpose=PURPOSE)
        given = given.filter(given_by=row.guardian_id, withdrawn_at__isnull=True)
        await given.using_db(connection).update(withdrawn_at=now)
        if row.ward_id and ages.today() < ages.fourteenth(row.ends_on):
            others = living().filter(ward_id=row.ward_id).using_db(connection)
            if not await others.exists():
                alone.append(row.ward_id)
    return alone


async def end_of_age() -> int:
    """The worker's job: guardianships whose ward is eighteen today are over. Returns how many."""
    async with in_transaction() as connection:
        due = Guardianship.filter(ended_at__isnull=True, ends_on__lte=ages.today())
        rows = await due.using_db(connection).select_for_update()
        await _end(connection, rows, "of-age")
        for row in rows:
            for whose in filter(None, (row.guardian_id, row.ward_id)):
                await record(connection, event="ward:of-age", resident=whose)
                await notices.tell(connection, whose, "ward-of-age")
    return len(rows)


def living() -> QuerySet[Guardianship]:
    """Guardianships that hold today: at eighteen they are over, whether a job said so or not."""
    return Guardianship.filter(ended_at__isnull=True, ends_on__gt=ages.today())


def digests(vault: Vault, number: IdNumber) -> list[str]:
    """What a ward's number is found by, under every index key there is."""
    return list(vault.digests("ward", number.canonical).values())


def new_code() -> str:
    """Forty bits: with the pace that addresses are held to, not to be guessed in a day."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_digest(vault: Vault, row: UUID, code: str) -> str:
    """What is kept of a code; it is good for one guardianship, so for one child."""
    return vault.digest("guardian-code", f"{row}|{plain(code)}")


def plain(code: str) -> str:
    """The code as it was given out, however it was typed."""
    written = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in written if character.isalnum())


def _fits(vault: Vault, row: UUID, kept: str, code: str) -> bool:
    given = vault.digests("guardian-code", f"{row}|{plain(code)}").values()
    return any([hmac.compare_digest(kept, one) for one in given])


async def _spend(connection: BaseDBAsyncClient, rows: Sequence[Guardianship]) -> None:
    since = datetime.now(UTC) - _BEGUN
    good = [row for row in rows if row.code and (row.code_until or since) > since]
    if not good:
        raise GuardianConsentNeeded("no code is left")
    spent = max(good, key=lambda row: row.code_until or since)
    spent.code, spent.code_until = "", None
    await spent.save(using_db=connection, update_fields=["code", "code_until"])


async def _tie(connection: BaseDBAsyncClient, row: Guardianship, resident: UUID) -> None:
    """The consent was kept under the guardianship's id while the child was nobody here."""
    consents = Consent.filter(resident_id=row.id).using_db(connection)
    await consents.update(resident_id=resident)
    if row.ward_id != resident:
        row.ward_id = resident
        await row.save(using_db=connection, update_fields=["ward_id"])
