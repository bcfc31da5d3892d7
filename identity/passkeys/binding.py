"""Binding a passkey, listing and removing it.

Only right after a proof at level 4 or more, or at a window: what is bound then may later stand
in for that proof's freshness. One bound at a window waits as long as everything sensitive does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import assurance, notices
from identity.attempts import lock
from identity.audit import record
from identity.caller import Caller
from identity.errors import SessionMissing, SignInNeeded
from identity.models import Passkey, Session
from identity.passkeys.ceremony import Json, Kept, NewCredential, Party, created, to_create
from identity.passkeys.errors import PasskeyKnown, PasskeyMissing, PasskeysTooMany
from identity.passkeys.questions import BIND, Questions
from identity.release import step_up
from identity.residents import Residents
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE, WINDOW

MOST = 10  # passkeys of one resident
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Standing:
    """What a caller's session proved, fresh enough to bind to: ``level``, usable ``since`` when."""

    session: UUID
    resident: UUID
    level: int
    since: datetime


class Binding:
    def __init__(
        self, questions: Questions, residents: Residents, vault: Vault, settings: Settings
    ):
        self._questions = questions
        self._residents = residents
        self._vault = vault
        self._url = settings.public_url

    @property
    def party(self) -> Party:
        """Raises PasskeysNotOffered."""
        return Party.of(self._url)

    async def options(self, caller: Caller) -> Json:
        """What to give ``navigator.credentials.create``. Raises StepUpNeeded, PasskeysTooMany."""
        party, standing = self.party, await self._standing(caller)
        known = await living(standing.resident)
        if len(known) >= MOST:
            raise PasskeysTooMany(most=MOST)
        name = (await self._residents.view(standing.resident)).name
        challenge = await self._questions.ask(BIND, standing.session)
        return to_create(party, standing.resident.bytes, name, map(kept, known), challenge)

    async def bind(self, caller: Caller, credential: Json, name: str) -> Passkey:
        """Keep what the device made. ``name``: what the resident calls it.

        Raises StepUpNeeded, PasskeyTooLate, PasskeyRefused, PasskeyKnown, PasskeysTooMany.
        """
        party, standing = self.party, await self._standing(caller)
        challenge = await self._questions.redeem(BIND, standing.session)
        made = created(party, credential, challenge)
        try:
            async with in_transaction() as connection:
                return await self._keep(connection, caller, standing, made, name)
        except IntegrityError:
            raise PasskeyKnown() from None  # the text would quote the credential

    async def remove(self, caller: Caller, passkey: UUID) -> None:
        """Raises PasskeyMissing for one that is not this resident's."""
        async with in_transaction() as connection:
            mine = Passkey.filter(id=passkey, resident_id=caller.resident, ended_at__isnull=True)
            if not await mine.using_db(connection).update(ended_at=datetime.now(UTC)):
                raise PasskeyMissing()
            event = "passkey:removed"
            await record(connection, event=event, resident=caller.resident, caller=caller)

    async def _keep(
        self,
        connection: BaseDBAsyncClient,
        caller: Caller,
        standing: Standing,
        made: NewCredential,
        name: str,
    ) -> Passkey:
        await lock(connection, self._vault.anchor("passkeys", str(standing.resident)))
        session = Session.select_for_update().using_db(connection)
        if not await session.get_or_none(id=standing.session, ended_at__isnull=True):
            raise SessionMissing()
        mine = Passkey.filter(resident_id=standing.resident, ended_at__isnull=True)
        if await mine.using_db(connection).count() >= MOST:
            raise PasskeysTooMany(most=MOST)
        row = await Passkey.create(
            using_db=connection,
            id=uuid4(),
            resident_id=standing.resident,
            credential=made.id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=made.transports,
            name=name.strip()[:_LONGEST_NAME],
            bound_at_level=standing.level,
            usable_from=standing.since,
        )
        await record(connection, event="passkey:added", resident=standing.resident, caller=caller)
        await notices.tell(connection, standing.resident, "passkey-added", session=standing.session)
        return row

    async def _standing(self, caller: Caller) -> Standing:
        """The row decides, not the token: it may be ten minutes older. Raises StepUpNeeded."""
        if caller.resident is None or caller.session is None:
            raise SignInNeeded()
        session = await Session.get_or_none(id=caller.session, ended_at__isnull=True)
        if session is None:
            raise SessionMissing()
        proofed = await assurance.standing(get_connection("default"), caller.resident)
        found = _bindable(session, proofed)
        if found is None:
            raise step_up(caller, SENSITIVE, FRESH, proofed)
        return found


def _bindable(session: Session, proofed: int) -> Standing | None:
    now = datetime.now(UTC)
    if proofed < SENSITIVE or (now - session.auth_time).total_seconds() > FRESH:
        return None
    waits = session.sensitive_from is not None and now < session.sensitive_from
    by_window = waits and set(WINDOW.amr) <= set(session.amr.split())
    level = WINDOW.level if by_window else assurance.session_level(session, proofed, now)
    if level < SENSITIVE:
        return None
    whose = UUID(str(session.resident_id))
    return Standing(UUID(str(session.id)), whose, level, session.sensitive_from or now)


async def living(resident: UUID) -> list[Passkey]:
    """The resident's passkeys, the youngest first."""
    return await Passkey.filter(resident_id=resident, ended_at__isnull=True).order_by("-created_at")


def kept(row: Passkey) -> Kept:
    return Kept(row.credential, row.transports)
