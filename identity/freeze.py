"""Freezing one's own identity: by a word only the resident has, without signing in.

The word is either the one of a notice ("this was not me") or the code a resident keeps on paper.
Name and number never freeze anybody, so no stranger locks a victim out. A proof at level 4 that
says so lifts the freeze; who is frozen hears it only after they were judged, so nobody else does.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.errors import Denied, Missing
from identity import written_codes
from identity.attempts import Attempts
from identity.audit import record
from identity.bindings import Bindings
from identity.caller import NOBODY, Caller
from identity.errors import SignInNeeded
from identity.mandate_rows import disown
from identity.models import BoundDevice, FreezeCode, Notice, Passkey, Resident, Session
from identity.notices import tell
from identity.sessions import Sessions
from identity.vault import Vault
from identity.wrong_codes import WrongCodes

LIFTS = 4  # the level of a proof that lifts a freeze
WORD_LIVES = timedelta(days=30)
NOT_ME = "not-me"  # why a session ended that its owner does not know
_RANDOM = 11  # characters of 5 bits, and one that checks them


class IdentityFrozen(Denied):
    """Judged to be the right person, and told what lifts it."""

    code = "identity-frozen"


class FreezeWordUnknown(Missing):
    """Never given out, used or replaced: one answer for all."""

    code = "freeze-word-unknown"


class Freezes:
    def __init__(self, cache: Redis, vault: Vault, sessions: Sessions, attempts: Attempts):
        self._vault = vault
        self._sessions = sessions
        self._wrong = WrongCodes(cache, vault, attempts, "freeze-words")

    async def by_word(self, word: str, address: str) -> None:
        """Freeze whoever was given this word. Signs out everywhere, within a second.

        Raises FreezeWordUnknown, TooManyFromAddress or CacheUnavailable.
        """
        await self._wrong.count(address)
        async with in_transaction() as connection:
            notice = await self._reported(connection, word)
            resident = notice.resident_id if notice else await self._on_paper(connection, word)
            if resident is None:
                raise FreezeWordUnknown()
            ended = await self._freeze(connection, resident, NOBODY)
            if notice and notice.session_id:
                await _disown(connection, Bindings(self._vault), notice.session_id)
                ended += await disown(connection, self._sessions, notice.session_id)
        await self._sessions.announce(ended)
        await self._wrong.forgive(address)

    async def by_resident(self, caller: Caller) -> None:
        """Freeze the caller's own identity; their session ends with the others."""
        async with in_transaction() as connection:
            ended = await self._freeze(connection, _resident(caller), caller)
        await self._sessions.announce(ended)

    async def new_code(self, caller: Caller) -> str:
        """A code to keep on paper, shown once; an older one is void."""
        resident, code = _resident(caller), fresh_code()
        async with in_transaction() as connection:
            await FreezeCode.filter(resident_id=resident).using_db(connection).delete()
            digest = self._vault.digest("freeze-code", plain_code(code))
            await FreezeCode.create(using_db=connection, digest=digest, resident_id=resident)
            await record(connection, event="freeze-code:made", resident=resident, caller=caller)
        return code

    async def _reported(self, connection: BaseDBAsyncClient, word: str) -> Notice | None:
        """The notice that came with this word; the word is void from now on."""
        ways = {written_codes.plain(word), word.strip().upper()}  # 26 letters, before 0.4
        digests = [one for way in ways for one in self._vault.digests(NOT_ME, way).values()]
        notices = Notice.select_for_update().using_db(connection)
        young = datetime.now(UTC) - WORD_LIVES
        notice = await notices.get_or_none(not_me__in=digests, created_at__gt=young)
        if notice is None:
            return None
        notice.not_me = None
        await notice.save(using_db=connection, update_fields=["not_me"])
        await record(connection, event="identity:not-me", resident=notice.resident_id)
        return notice

    async def _on_paper(self, connection: BaseDBAsyncClient, word: str) -> UUID | None:
        if not is_code(word):
            return None
        digests = list(self._vault.digests("freeze-code", plain_code(word)).values())
        row = await FreezeCode.filter(digest__in=digests).using_db(connection).first()
        return UUID(str(row.resident_id)) if row else None

    async def _freeze(
        self, connection: BaseDBAsyncClient, resident: UUID, caller: Caller
    ) -> list[UUID]:
        rows = Resident.select_for_update().using_db(connection)
        row = await rows.get_or_none(id=resident, closed_at__isnull=True)
        if row is None:
            raise FreezeWordUnknown("closed")
        if row.frozen_at is None:
            row.frozen_at = datetime.now(UTC)
            await self._keep_from_erasure(connection, row, caller)
            await row.save(using_db=connection, update_fields=["frozen_at", "erase_after"])
            await record(connection, event="identity:frozen", resident=resident, caller=caller)
            await tell(connection, resident, "identity-frozen")
        return list(await self._sessions.end_all(connection, resident, "frozen"))

    async def _keep_from_erasure(
        self, connection: BaseDBAsyncClient, row: Resident, caller: Caller
    ) -> None:
        """Whoever got in may have asked for it, and the owner cannot sign in to cancel."""
        if row.erase_after:
            row.erase_after = None
            await record(connection, event="erasure:cancelled", resident=row.id, caller=caller)
            await tell(connection, row.id, "erasure-cancelled")


async def pass_freeze(
    connection: BaseDBAsyncClient, resident: Resident, level: int, lift: bool
) -> None:
    """Let a judged proof through, lifting the freeze if it may and says so.

    Raises IdentityFrozen.
    """
    if resident.frozen_at is None:
        return
    if not lift or level < LIFTS:
        raise IdentityFrozen()
    resident.frozen_at = None
    await resident.save(using_db=connection, update_fields=["frozen_at"])
    await _begin_anew(connection, UUID(str(resident.id)))
    await record(connection, event="identity:thawed", resident=resident.id)
    await tell(connection, resident.id, "freeze-lifted")


async def _begin_anew(connection: BaseDBAsyncClient, resident: UUID) -> None:
    """Nothing that let somebody back in before the freeze does so after it: whoever held the
    telephone may have added a passkey or a device of their own.
    """
    now = datetime.now(UTC)
    for kind in (Passkey, BoundDevice):
        left = kind.filter(resident_id=resident, ended_at__isnull=True)
        await left.using_db(connection).update(ended_at=now)


def fresh_code() -> str:
    """Three groups of four: 55 random bits and a check character."""
    return written_codes.grouped(written_codes.checked(written_codes.drawn(_RANDOM)))


def plain_code(written: str) -> str:
    """The code without its groups; O, I and L are read as 0 and 1."""
    return written_codes.plain(written)


def is_code(written: str) -> bool:
    """Whether it can be a code that was copied without a slip."""
    return written_codes.fits(plain_code(written), _RANDOM + 1)


async def _disown(connection: BaseDBAsyncClient, bindings: Bindings, session: UUID) -> None:
    """Mark a session that its owner does not know, which ended with the others: its device is
    no known one from now on, and what it brought goes with it.
    """
    row = await Session.get_or_none(id=session, using_db=connection)
    if row is None:
        return
    now, row.ended_why = datetime.now(UTC), NOT_ME
    await row.save(using_db=connection, update_fields=["ended_why"])
    await bindings.forget(connection, row, NOBODY)
    since = Passkey.filter(resident_id=row.resident_id, created_at__gte=row.created_at)
    await since.filter(ended_at__isnull=True).using_db(connection).update(ended_at=now)


def _resident(caller: Caller) -> UUID:
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident
