"""Corrections: a resident says that something held is wrong, a supervisor decides, and tells.

What was asked for is sealed. A name is put right by the resident's fresh proof and a supervisor's
decision together; the population register has the last word on it at the next verification, so
the answer may also be that the register must be changed first.
"""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.errors import Conflict, Invalid, Missing
from identity import documents, notices, release
from identity.audit import record
from identity.caller import Caller
from identity.document_store import DocumentStore
from identity.errors import ResidentMissing, SignInNeeded
from identity.models import Correction
from identity.residents import Residents
from identity.staff.accounts import Accounts
from identity.staff.errors import StaffNotOneself
from identity.staff.roles import Member, Role
from identity.vault import Vault
from identity.ways import FRESH, SENSITIVE

NAME = "name"
FIELDS = (NAME, "document-number", "phone", "activity", "other")
OPEN, MADE, DECLINED = "open", "made", "declined"
CORRECTED = "corrected"
# Why, as codes: texts ``correction.<code>``. The one row goes with MADE, the other with DECLINED.
REASONS_MADE = (CORRECTED, "corrected-elsewhere")
REASONS_DECLINED = ("already-right", "register-first", "not-shown")
PURPOSE = "correction"
MOST_OPEN = 5
SHOWN = 100
Decision = Literal["made", "declined"]


class CorrectionMissing(Missing):
    code = "correction-missing"


class CorrectionsTooMany(Conflict):
    """The fact ``most`` says how many may be open at once."""

    code = "corrections-too-many"


class CorrectionDecided(Conflict):
    code = "correction-decided"


class CorrectionReason(Invalid):
    """A reason that does not go with the decision."""

    code = "correction-reason"


@dataclass(frozen=True)
class Asked:
    """A request as its resident sees it. ``field``: one of FIELDS."""

    id: UUID
    field: str
    wanted: str = dataclasses.field(repr=False)
    state: str
    answer: str
    created_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """A request as a supervisor sees it; name and number of its resident are masked."""

    asked: Asked
    name: str = dataclasses.field(repr=False)
    number: str = dataclasses.field(repr=False)


@dataclass(frozen=True)
class Corrections:
    """The parts of the story, put together in ``api/wiring``."""

    vault: Vault
    residents: Residents
    accounts: Accounts

    async def ask(self, caller: Caller, about: str, wanted: str) -> Asked:
        """Ask for one of FIELDS to be put right; a name needs a fresh proof.

        Raises StepUpNeeded, CorrectionsTooMany or NameInvalid.
        """
        if about == NAME:
            release.permit(caller, scope="", level=SENSITIVE, max_age=FRESH)
        resident, made = _resident(caller), uuid4()
        said = documents.name(wanted) if about == NAME else wanted.strip()
        async with in_transaction() as connection:
            waiting = Correction.filter(resident_id=resident, state=OPEN)
            if await waiting.using_db(connection).count() >= MOST_OPEN:
                raise CorrectionsTooMany(most=MOST_OPEN)
            row = await Correction.create(
                using_db=connection,
                id=made,
                resident_id=resident,
                field=about,
                wanted_sealed=self.vault.seal(said.encode(), _context(made)),
                state=OPEN,
            )
            await record(connection, event="correction:asked", resident=resident, caller=caller)
        return self._asked(row)

    async def of(self, resident: UUID) -> list[Asked]:
        """The resident's own requests, newest first."""
        rows = Correction.filter(resident_id=resident).order_by("-created_at").limit(SHOWN)
        return [self._asked(row) for row in await rows]

    async def waiting(self, member: Member) -> list[Waiting]:
        """What nobody decided yet, oldest first. Every resident in it sees that it was read.

        Raises StaffRoleMissing.
        """
        member.need(Role.SUPERVISOR)
        with reaching_database():
            async with in_transaction() as connection:
                rows = Correction.filter(state=OPEN).order_by("created_at").limit(SHOWN)
                found = await rows.using_db(connection)
                for resident in {UUID(str(row.resident_id)) for row in found}:
                    await record(
                        connection,
                        event="record:read",
                        resident=resident,
                        caller=member.caller,
                        purpose=PURPOSE,
                    )
            shown = [await self._waiting(row) for row in found]
            return [one for one in shown if one]

    async def decide(
        self, member: Member, correction: UUID, decision: Decision, reason: str
    ) -> None:
        """Decided once, and told to the resident with the words of ``reason``.

        Raises StaffRoleMissing, StaffNotOneself, CorrectionMissing, CorrectionDecided or
        CorrectionReason.
        """
        member.need(Role.SUPERVISOR)
        if reason not in (REASONS_MADE if decision == MADE else REASONS_DECLINED):
            raise CorrectionReason()
        with reaching_database():
            async with in_transaction() as connection:
                row = await _open(connection, correction)
                resident = UUID(str(row.resident_id))
                await self._not_oneself(connection, member, resident)
                if row.field == NAME and reason == CORRECTED:
                    await self._rename(connection, resident, self._wanted(row), member)
                row.state, row.answer, row.decided_at = decision, reason, datetime.now(UTC)
                row.decided_by = member.id
                await row.save(using_db=connection)
                await record(
                    connection, event="correction:decided", resident=resident, caller=member.caller
                )
                await notices.tell(connection, resident, "correction-decided")

    async def _not_oneself(
        self, connection: BaseDBAsyncClient, member: Member, resident: UUID
    ) -> None:
        store = DocumentStore(self.vault)
        for document in await store.of(connection, resident):
            if await self.accounts.is_oneself(member, store.number(document), connection):
                raise StaffNotOneself()

    async def _rename(
        self, connection: BaseDBAsyncClient, resident: UUID, name: str, member: Member
    ) -> None:
        """Every living document: a person has one name."""
        store = DocumentStore(self.vault)
        for document in await store.of(connection, resident):
            await store.rename(connection, document, name)
        await record(connection, event="document:renamed", resident=resident, caller=member.caller)

    async def _waiting(self, row: Correction) -> Waiting | None:
        """None for a resident who is gone meanwhile."""
        try:
            view = await self.residents.view(UUID(str(row.resident_id)))
        except ResidentMissing:
            return None
        return Waiting(self._asked(row), view.name, view.id_number)

    def _asked(self, row: Correction) -> Asked:
        return Asked(
            UUID(str(row.id)),
            row.field,
            self._wanted(row),
            row.state,
            row.answer,
            row.created_at,
            row.decided_at,
        )

    def _wanted(self, row: Correction) -> str:
        return self.vault.open(bytes(row.wanted_sealed), _context(row.id)).decode()


async def _open(connection: BaseDBAsyncClient, correction: UUID) -> Correction:
    row = await Correction.select_for_update().using_db(connection).get_or_none(id=correction)
    if row is None:
        raise CorrectionMissing()
    if row.state != OPEN:
        raise CorrectionDecided()
    return row


def _resident(caller: Caller) -> UUID:
    if caller.resident is None:
        raise SignInNeeded()
    return caller.resident


def _context(row: object) -> str:
    return f"correction.wanted:{row}"
