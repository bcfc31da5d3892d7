"""Letting in: whatever way somebody proved who they are, the same things follow.

    one transaction: resident, consent, session, audit → token

A way (face, window, outside identity, bank card) judges; this room admits what it found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.texts import DEFAULT_LOCALE
from identity import consent, guardians, known_devices
from identity.attempts import forgive
from identity.audit import record
from identity.caller import NOBODY, Caller, CallerKind
from identity.errors import AnotherResident
from identity.freeze import pass_freeze
from identity.models import Resident
from identity.person import IdNumber, Person
from identity.residents import Residents, ResidentView, masked
from identity.sessions import Opened, Sessions
from identity.tokens import AccessToken, Tokens
from identity.vault import Vault
from identity.ways import FACE


@dataclass(frozen=True, repr=False)
class Proven:
    """What a way established: a canonical name and number, at an assurance level (1-5).

    ``amr``: how, by the names of RFC 8176 where it has one. ``wait``: how long a session from it
    is an ordinary one first.
    """

    name: str
    number: IdNumber
    level: int
    amr: Sequence[str]
    wait: timedelta = timedelta(0)

    def __repr__(self) -> str:
        return f"Proven(level={self.level})"


@dataclass(frozen=True, repr=False)
class Arrival:
    """Where somebody stands who proves themselves: the device, its key, the consent they gave.

    ``device`` is the id the client keeps; ``key`` the thumbprint of a device key whose proof came
    along (RFC 9449), empty without one. ``place``: roughly where, in words. ``caller``: whose token
    came along. ``lift_freeze``: they ask for their frozen identity to be freed.
    """

    device: str
    device_name: str
    purpose: str
    locale: str = DEFAULT_LOCALE
    channel: str = "web"
    key: str = ""
    address: str = ""
    place: str = ""
    caller: Caller = field(default=NOBODY)
    lift_freeze: bool = False

    def __repr__(self) -> str:
        return f"Arrival({self.channel})"


@dataclass(frozen=True)
class Admitted:
    """A resident with an open session; nothing of it holds before the transaction commits."""

    resident: Resident
    opened: Opened
    person: Person

    def __repr__(self) -> str:
        return f"Admitted({self.person.resident})"


@dataclass(frozen=True)
class Verified:
    """The resident as they may see themselves, and the session's tokens."""

    resident: ResidentView
    access: AccessToken
    refresh_token: str
    acr: str

    def __repr__(self) -> str:
        return f"Verified({self.resident.id})"


@dataclass(frozen=True)
class Admission:
    """The parts every way shares, put together in ``api/wiring``."""

    residents: Residents
    sessions: Sessions
    tokens: Tokens
    vault: Vault

    async def admit(
        self, connection: BaseDBAsyncClient, proven: Proven, arrival: Arrival
    ) -> Admitted:
        """Everything a proof changes, in the story's transaction. No network in here.

        With a token along, its own session is raised. Raises AnotherResident when that is
        somebody else's, ResidentClosed, DocumentEnded or IdentityFrozen.
        """
        resident = await self.residents.admit(
            connection, proven.number, proven.name, proven.level, arrival.caller.resident
        )
        whose = UUID(str(resident.id))
        if arrival.caller.resident not in (None, whose):
            raise AnotherResident()
        await pass_freeze(connection, resident, proven.level, arrival.lift_freeze)
        await guardians.confirm(connection, self.vault, proven.number, whose)
        await consent.give(
            connection, whose, arrival.purpose, locale=arrival.locale, channel=arrival.channel
        )
        if not set(FACE.amr) & set(proven.amr):  # an unlock that needs no face
            await forgive(connection, self.vault, proven.number, whose, arrival.device)
        opened = await self._open(connection, whose, proven, arrival)
        await record(
            connection,
            event="identity:verified",
            resident=whose,
            caller=_as_resident(opened),
            purpose=arrival.purpose,
        )
        return Admitted(resident, opened, Person(whose, proven.name, proven.number))

    async def welcome(self, admitted: Admitted) -> Verified:
        """Tokens for what is committed."""
        access = await self.tokens.issue(admitted.opened.session)
        view = masked(admitted.resident, admitted.person)
        opened = admitted.opened
        return Verified(view, access, opened.refresh_token, opened.session.acr)

    async def _open(
        self, connection: BaseDBAsyncClient, resident: UUID, proven: Proven, arrival: Arrival
    ) -> Opened:
        sensitive_from = datetime.now(UTC) + proven.wait if proven.wait else None
        if arrival.caller.session:
            return await self.sessions.raise_level(
                connection,
                arrival.caller.session,
                acr=str(proven.level),
                amr=proven.amr,
                key=arrival.key,
                sensitive_from=sensitive_from,
            )
        devices = self.vault.digests("device", arrival.device).values()
        new = await known_devices.is_new(connection, resident, devices)
        opened = await self.sessions.open(
            connection,
            resident,
            device=self.vault.digest("device", arrival.device),
            device_name=arrival.device_name,
            acr=str(proven.level),
            amr=proven.amr,
            key=arrival.key,
            channel=arrival.channel,
            place=arrival.place,
            sensitive_from=sensitive_from,
        )
        if new:
            await known_devices.tell_of(connection, opened.session)
        return opened


def _as_resident(opened: Opened) -> Caller:
    resident = UUID(str(opened.session.resident_id))
    session = UUID(str(opened.session.id))
    client = opened.session.client
    return Caller(CallerKind.RESIDENT, resident, str(resident), client, session)
