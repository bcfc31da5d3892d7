"""Whether a message came from here: by the code that stands in it, asked by anybody.

A code says which kind of message it was in and on which day, nothing of whom it went to; whoever
holds the code has read as much. A copied code is as good as the first, so the kind and the day
are there to be compared, and who is signed in hears whether the message was theirs.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from redis.asyncio import Redis

from config.texts import text, words
from identity import notices, written_codes
from identity.attempts import Attempts
from identity.brief_codes import BriefCodes
from identity.models import Notice
from identity.vault import Vault
from identity.wrong_codes import WrongCodes


@dataclass(frozen=True)
class Checked:
    """``yours``: whether it went to who asks; None where nobody is signed in."""

    known: bool
    kind: str | None = None
    title: str | None = None
    sent_on: date | None = None
    yours: bool | None = None


class MessageChecks:
    def __init__(self, cache: Redis, vault: Vault, attempts: Attempts):
        self._vault = vault
        self._brief = BriefCodes(cache, vault)
        self._wrong = WrongCodes(cache, vault, attempts, "message-codes")

    async def check(
        self, code: str, address: str, locale: str, resident: UUID | None = None
    ) -> Checked:
        """What the code belongs to. One that was never sent is not known, whatever it looks like.

        Raises TooManyFromAddress or CacheUnavailable.
        """
        await self._wrong.count(address)
        plain = written_codes.plain(code)
        if not written_codes.readable(plain, notices.CHECK_LENGTH):
            return Checked(known=False)
        found = await self._kept(plain, locale, resident) or await self._lapsing(
            plain, locale, resident
        )
        if found is None:
            return Checked(known=False)
        await self._wrong.forgive(address)
        return found

    async def _kept(self, plain: str, locale: str, resident: UUID | None) -> Checked | None:
        notice = await self._notice(plain)
        if notice is None:
            return None
        return Checked(
            known=True,
            kind=notice.kind,
            title=_title(f"notice.{notice.kind}.title", locale),
            sent_on=notices.local_day(notice.sent_at or notice.created_at),
            yours=None if resident is None else UUID(str(notice.resident_id)) == resident,
        )

    async def _lapsing(self, plain: str, locale: str, resident: UUID | None) -> Checked | None:
        brief = await self._brief.found(plain)
        if brief is None:
            return None
        return Checked(
            known=True,
            kind=brief.kind,
            title=_title(f"message.{brief.kind}", locale),
            sent_on=brief.sent_on,
            yours=None if resident is None else brief.whose == self._brief.whose(resident),
        )

    async def _notice(self, plain: str) -> Notice | None:
        digests = self._vault.digests(notices.CHECK, plain).values()
        return await Notice.get_or_none(check__in=list(digests), sent_at__isnull=False)


def _title(key: str, locale: str) -> str | None:
    """None for a kind that an older release knew."""
    return text(key, locale) if key in words(locale) else None
