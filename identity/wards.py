"""Wards: a guardian registers a child, the population register says whether it is theirs.

The guardian's consent is kept with the guardianship; a code for the child's verification is given
out again whenever it is needed, and only the last one is good. A guardian sees what happens in
the child's name; the child sees who their guardians are. At eighteen all of it ends by itself.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from identity import ages, audit, consent, documents, guardians, notices, release
from identity.attempts import Attempts, lock
from identity.audit import record
from identity.caller import Caller
from identity.errors import (
    GuardianCodeNotNeeded,
    GuardianshipNotConfirmed,
    ResidentMissing,
    SignInNeeded,
    WardAgeUnknown,
    WardMissing,
    WardOfAge,
)
from identity.models import AuditEvent, Guardianship
from identity.person import IdNumber, mask
from identity.register import Register
from identity.residents import Residents
from identity.sessions import Sessions
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE


@dataclass(frozen=True, repr=False)
class Wanted:
    """Whom a guardian registers, and the consent they give in the child's place."""

    name: str
    number: str
    document_type: str
    consent_version: str
    locale: str
    channel: str
    address: str
    country: str = ""

    def __repr__(self) -> str:
        return "Wanted(…)"


@dataclass(frozen=True, repr=False)
class Ward:
    """A ward as the guardian sees them; ``name`` is masked. ``codes``: under fourteen still."""

    id: UUID
    name: str
    admitted: bool
    codes: bool
    since: datetime
    ends_on: date
    ended_at: datetime | None = None


@dataclass(frozen=True, repr=False)
class Guardian:
    """A guardian as the ward sees them; ``name`` is masked."""

    name: str
    since: datetime
    ends_on: date


@dataclass(frozen=True, repr=False)
class Code:
    """Shown once."""

    value: str
    expires_at: datetime


class Wards:
    def __init__(
        self,
        residents: Residents,
        register: Register,
        attempts: Attempts,
        sessions: Sessions,
        vault: Vault,
    ):
        self._residents = residents
        self._register = register
        self._attempts = attempts
        self._sessions = sessions
        self._vault = vault

    async def add(self, caller: Caller, wanted: Wanted) -> Ward:
        """Register a ward; one who is registered already is the same ward.

        Raises StepUpNeeded, ConsentMissing, what judges numbers and names, WardOfAge,
        WardAgeUnknown, GuardianshipNotConfirmed, RegisterUnavailable, TooManyFromAddress.
        """
        guardian = fresh(caller)
        await self._attempts.pace(wanted.address)
        consent.check(consent.GUARDIAN, wanted.consent_version, consent.GUARDIAN)
        number = documents.parse(wanted.document_type, wanted.number, wanted.country)
        name = documents.name(wanted.name)
        if documents.born(number) is None:
            raise WardAgeUnknown()
        if not ages.is_under(number, ages.OF_AGE):
            raise WardOfAge()
        person = await self._residents.reveal(guardian)
        if not await self._register.is_guardian(person, name, number):
            await self._refuse(caller, guardian)
            raise GuardianshipNotConfirmed()
        async with in_transaction() as connection:
            row = await self._keep(connection, guardian, name, number, wanted)
            await record(connection, event="ward:registered", resident=guardian, caller=caller)
            if row.ward_id:
                await record(
                    connection, event="ward:registered", resident=row.ward_id, caller=caller
                )
                await notices.tell(connection, row.ward_id, "ward-registered")
        return self._ward(row)

    async def code(self, caller: Caller, ward: str) -> Code:
        """A one-time code for the ward's next verification; earlier ones are void.

        Raises StepUpNeeded, WardMissing or GuardianCodeNotNeeded.
        """
        guardian, made = fresh(caller), guardians.new_code()
        until = datetime.now(UTC) + guardians.CODE_LIVES
        async with in_transaction() as connection:
            row = await _mine(connection, guardian, ward)
            if ages.today() >= ages.fourteenth(row.ends_on):
                raise GuardianCodeNotNeeded()
            row.code = guardians.code_digest(self._vault, row.id, made)
            row.code_until = until
            await row.save(using_db=connection, update_fields=["code", "code_until"])
            await record(connection, event="ward:code-given", resident=guardian, caller=caller)
        return Code(made, until)

    async def end(self, caller: Caller, ward: str) -> None:
        """The guardian's consent withdrawn for one ward. A child left without a guardian is signed
        out. Raises WardMissing.
        """
        guardian = _resident(caller)
        async with in_transaction() as connection:
            row = await _mine(connection, guardian, ward)
            why = "guardian-withdrew"
            ended = await guardians.release(connection, self._sessions, [row], why)
            await record(connection, event="ward:ended", resident=guardian, caller=caller)
            if row.ward_id:
                await record(connection, event="ward:ended", resident=row.ward_id, caller=caller)
                await notices.tell(connection, row.ward_id, "guardian-ended")
        await self._sessions.announce(ended)

    async def of(self, guardian: UUID) -> list[Ward]:
        """The living wards of this resident, the youngest registration first."""
        rows = guardians.living().filter(guardian_id=guardian).order_by("-created_at")
        return [self._ward(row) for row in await rows]

    async def guardians_of(self, ward: UUID) -> list[Guardian]:
        """Who is this resident's guardian here."""
        rows = await guardians.living().filter(ward_id=ward).order_by("created_at")
        return [
            Guardian(await self._masked(row.guardian_id), row.created_at, row.ends_on)
            for row in rows
        ]

    async def activity(
        self, caller: Caller, ward: str, before: int | None, limit: int
    ) -> list[AuditEvent]:
        """What happened in the ward's name, newest first; the ward sees that it was looked at.

        Raises WardMissing, also while the ward was never here.
        """
        async with in_transaction() as connection:
            row = await _mine(connection, _resident(caller), ward)
            if row.ward_id is None:
                raise WardMissing()
            await record(
                connection,
                event="record:read",
                resident=row.ward_id,
                caller=caller,
                purpose=consent.GUARDIAN,
            )
        return await audit.activity(row.ward_id, before, limit)

    async def _keep(
        self,
        connection: BaseDBAsyncClient,
        guardian: UUID,
        name: str,
        number: IdNumber,
        wanted: Wanted,
    ) -> Guardianship:
        known = guardians.digests(self._vault, number)
        await lock(connection, self._vault.anchor("ward", number.canonical))
        mine = guardians.living().filter(guardian_id=guardian, ward__in=known)
        if found := await mine.using_db(connection).first():
            return found
        row, born = uuid4(), documents.born(number)
        assert born  # only numbers with a date are under age
        ward = await self._residents.find(number, connection)
        made = await Guardianship.create(
            using_db=connection,
            id=row,
            guardian_id=guardian,
            ward_id=ward,
            ward=self._vault.digest("ward", number.canonical),
            ward_name_sealed=self._vault.seal(name.encode(), _context(row)),
            ends_on=ages.birthday(born, ages.OF_AGE),
        )
        await consent.give(
            connection,
            ward or row,
            consent.GUARDIAN,
            locale=wanted.locale,
            channel=wanted.channel,
            given_by=guardian,
        )
        return made

    async def _refuse(self, caller: Caller, guardian: UUID) -> None:
        async with in_transaction() as connection:
            await record(
                connection,
                event="ward:refused",
                resident=guardian,
                caller=caller,
                outcome=GuardianshipNotConfirmed.code,
            )

    def _ward(self, row: Guardianship) -> Ward:
        name = self._vault.open(bytes(row.ward_name_sealed), _context(row.id)).decode()
        return Ward(
            UUID(str(row.id)),
            mask(name),
            row.ward_id is not None,
            ages.today() < ages.fourteenth(row.ends_on),
            row.created_at,
            row.ends_on,
            row.ended_at,
        )

    async def _masked(self, resident: UUID) -> str:
        try:
            return mask((await self._residents.reveal(resident)).name)
        except ResidentMissing:
            return "*"


def fresh(caller: Caller) -> UUID:
    """The resident who acts, freshly proven. Raises SignInNeeded or StepUpNeeded."""
    release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
    return _resident(caller)


def _resident(caller: Caller) -> UUID:
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident


async def _mine(connection: BaseDBAsyncClient, guardian: UUID, ward: str) -> Guardianship:
    try:
        named = UUID(ward)
    except ValueError:
        raise WardMissing() from None
    mine = guardians.living().filter(id=named, guardian_id=guardian)
    row = await mine.using_db(connection).select_for_update().first()
    if row is None:
        raise WardMissing()
    return row


def _context(row: object) -> str:
    return f"guardianship.ward_name:{row}"
