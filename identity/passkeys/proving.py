"""A passkey as a fresh proof: this session rises to level 4, without a face.

It shows that the person who was proofed is here again; it proofs nobody. So it counts only
while the proofing holds, and only if it was bound at level 4 or more.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import assurance
from identity.audit import record
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.models import Passkey
from identity.passkeys.binding import kept, living
from identity.passkeys.ceremony import Json, Party, got, to_get, went_back
from identity.passkeys.errors import (
    PasskeyCopied,
    PasskeyMissing,
    PasskeyRefused,
    PasskeyWaits,
)
from identity.passkeys.questions import PROVE, Questions
from identity.release import step_up
from identity.sessions import Opened, Sessions
from identity.ways import FRESH, PASSKEY, SENSITIVE


class Proving:
    def __init__(self, questions: Questions, sessions: Sessions, settings: Settings):
        self._questions = questions
        self._sessions = sessions
        self._url = settings.public_url

    @property
    def party(self) -> Party:
        """Raises PasskeysNotOffered."""
        return Party.of(self._url)

    async def options(self, caller: Caller) -> Json:
        """What to give ``navigator.credentials.get``.

        Raises StepUpNeeded when a passkey cannot help, PasskeyMissing when there is none.
        """
        party, (resident, session) = self.party, _whose(caller)
        await _check_proofing(get_connection("default"), caller, resident)
        known = [one for one in await living(resident) if one.bound_at_level >= SENSITIVE]
        if not known:
            raise PasskeyMissing()
        usable = [one for one in known if one.usable_from <= datetime.now(UTC)]
        if not usable:
            raise _waits(min(known, key=lambda one: one.usable_from))
        challenge = await self._questions.ask(PROVE, session)
        return to_get(party, map(kept, usable), challenge)

    async def prove(self, caller: Caller, credential: Json, key: str = "") -> Opened:
        """Raise the caller's session. ``key``: thumbprint of the device key shown along.

        Raises StepUpNeeded, PasskeyTooLate, PasskeyRefused, PasskeyWaits or PasskeyCopied.
        """
        party, (resident, session) = self.party, _whose(caller)
        challenge = await self._questions.redeem(PROVE, session)
        passkey = await _named(credential, resident)
        shown = got(party, credential, challenge, passkey.public_key)
        try:
            async with in_transaction() as connection:
                await _count(connection, caller, passkey.id, shown)
                raised = await self._sessions.raise_level(
                    connection, session, acr=str(PASSKEY.level), amr=PASSKEY.amr, key=key
                )
                event = "session:raised"
                await record(connection, event=event, resident=resident, caller=caller)
        except PasskeyCopied as copied:
            await _record_refusal(caller, copied)
            raise
        return raised


def _whose(caller: Caller) -> tuple[UUID, UUID]:
    if caller.resident is None or caller.session is None:
        raise SignInNeeded()
    return caller.resident, caller.session


async def _check_proofing(connection: BaseDBAsyncClient, caller: Caller, resident: UUID) -> None:
    proofed = await assurance.standing(connection, resident)
    if proofed < SENSITIVE:
        raise step_up(caller, SENSITIVE, FRESH, proofed)


async def _named(credential: Json, resident: UUID) -> Passkey:
    """The passkey the answer names. Somebody else's is refused like one that does not exist."""
    named: Any = credential.get("id")
    mine = Passkey.filter(resident_id=resident, ended_at__isnull=True)
    row = await mine.get_or_none(credential=named) if isinstance(named, str) else None
    if row is None:
        raise PasskeyRefused("no such passkey")
    return row


async def _count(connection: BaseDBAsyncClient, caller: Caller, passkey: UUID, shown: int) -> None:
    """Judge the passkey as it stands now, under a lock, and remember its use."""
    now = datetime.now(UTC)
    row = await Passkey.select_for_update().using_db(connection).get(id=passkey)
    if row.ended_at or row.bound_at_level < SENSITIVE:
        raise PasskeyRefused("ended, or bound too low")
    await _check_proofing(connection, caller, UUID(str(row.resident_id)))
    if row.usable_from > now:
        raise _waits(row)
    if went_back(row.sign_count, shown):
        raise PasskeyCopied()
    row.sign_count, row.last_used_at = shown, now
    await row.save(using_db=connection, update_fields=["sign_count", "last_used_at"])


def _waits(row: Passkey) -> PasskeyWaits:
    return PasskeyWaits(usable_from=row.usable_from.astimezone(UTC).isoformat(timespec="seconds"))


async def _record_refusal(caller: Caller, problem: PasskeyCopied) -> None:
    async with in_transaction() as connection:
        await record(
            connection,
            event="passkey:refused",
            resident=caller.resident,
            caller=caller,
            outcome=problem.code,
        )
