"""Enrolment codes: an operator says one aloud or on the phone, somebody types it at the kiosk."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity.audit import record
from identity.kiosks.errors import KioskCodeUnknown
from identity.models import KioskCode
from identity.staff import roles
from identity.staff.errors import StaffRegionBeyond
from identity.staff.roles import Member, Role
from identity.vault import Vault
from identity.window.requests import ALPHABET

LIVES = timedelta(minutes=15)
LENGTH = 10  # 30^10, about 49 bits; guessing is paced besides (identity.kiosks.enrolment)
_KIND = "kiosk-code"


@dataclass(frozen=True)
class Place:
    """Where a kiosk stands. ``site`` and ``address`` are words residents are shown; ``region`` is
    a GB/T 2260 prefix of two, four or six digits.
    """

    site: str
    address: str
    region: str


@dataclass(frozen=True)
class Given:
    """``code`` is told once; only a keyed digest of it is kept."""

    code: str = field(repr=False)
    expires_at: datetime


class Codes:
    def __init__(self, vault: Vault):
        self._vault = vault

    async def give(self, member: Member, place: Place) -> Given:
        """A code for one kiosk at this place. Raises StaffRoleMissing or StaffRegionBeyond."""
        member.need(Role.OPERATOR)
        if not roles.region(place.region) or not member.covers(place.region):
            raise StaffRegionBeyond()
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        now = datetime.now(UTC)
        with reaching_database():
            async with in_transaction() as connection:
                await KioskCode.filter(expires_at__lt=now - LIVES).using_db(connection).delete()
                await KioskCode.create(
                    using_db=connection,
                    digest=self._vault.digest(_KIND, code),
                    site=place.site,
                    address=place.address,
                    region=place.region,
                    created_by=member.id,
                    expires_at=now + LIVES,
                )
                await record(
                    connection, event="kiosk:code-given", resident=None, caller=member.caller
                )
        return Given(code, now + LIVES)

    async def take(self, connection: BaseDBAsyncClient, typed: str) -> KioskCode:
        """The row of a code, used up in the story's transaction: of many at once one has it.

        Raises KioskCodeUnknown.
        """
        digests = self._vault.digests(_KIND, plain(typed)).values()
        now = datetime.now(UTC)
        rows = KioskCode.select_for_update().using_db(connection).filter(digest__in=list(digests))
        row = await rows.filter(used_at__isnull=True, expires_at__gt=now).first()
        if row is None:
            raise KioskCodeUnknown()
        row.used_at = now
        await row.save(using_db=connection, update_fields=["used_at"])
        return row


def plain(typed: str) -> str:
    """As it was given, however it was typed: spaces, hyphens and small letters are understood."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)
