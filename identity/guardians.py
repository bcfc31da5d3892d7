"""Guardians: a child under fourteen proves nothing before a guardian has agreed.

The guardian registers the child (``identity.wards``) and is given a one-time code; every way asks
``check`` before it looks at anything else, and ``identity.admission`` asks ``confirm`` in its
transaction, so that a way that forgot is refused too. Whatever is wrong with a code, and whether
a guardian is known here at all, the answer is one and the same.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from config.errors import Denied
from identity import ages
from identity.models import Consent, Guardianship
from identity.person import IdNumber, Person
from identity.vault import Vault

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
    given = vault.digests("guardian-code", f"{number.canonical}|{plain(code)}").values()
    rows = living().filter(ward__in=digests(vault, number), code__in=list(given))
    if not await rows.filter(code_until__gt=datetime.now(UTC)).exists() or not code:
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


def living() -> QuerySet[Guardianship]:
    """Guardianships that hold today: at eighteen they are over, whether a job said so or not."""
    return Guardianship.filter(ended_at__isnull=True, ends_on__gt=ages.today())


def digests(vault: Vault, number: IdNumber) -> list[str]:
    """What a ward's number is found by, under every index key there is."""
    return list(vault.digests("ward", number.canonical).values())


def code_digest(vault: Vault, number: IdNumber, code: str) -> str:
    """A code is good for one child only, so the number is part of what is kept of it."""
    return vault.digest("guardian-code", f"{number.canonical}|{plain(code)}")


def plain(code: str) -> str:
    """The code as it was given out, however it was typed."""
    written = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in written if character.isalnum())


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
