"""Corrections: a resident says that something held is wrong, a supervisor decides, both are told.

What was asked for is sealed. A name that is found to be wrong is put right with the decision; the
population register has the last word on it at the next verification, so the answer may also be
that the register must be changed first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.errors import Conflict, Invalid, Missing
from identity import documents, notices
from identity.audit import record
from identity.caller import Caller
from identity.errors import SignInNeeded
from identity.models import Correction, Document
from identity.vault import Vault

FIELDS = ("name", "document-number", "phone", "activity", "other")
OPEN, MADE, DECLINED = "open", "made", "declined"
# Why, as codes: texts ``correction.<code>``. The first two go with MADE, the others with DECLINED.
REASONS_MADE = ("corrected", "corrected-elsewhere")
REASONS_DECLINED = ("already-right", "register-first", "not-shown")
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
    """A request as its resident sees it; ``wanted`` is theirs and prints masked."""

    id: UUID
    field: str
    wanted: str
    state: str
    answer: str
    created_at: datetime
    decided_at: datetime | None

    def __repr__(self) -> str:
        return f"Asked({self.id}, {self.state})"


@dataclass(frozen=True)
class Corrections:
    """The parts of the story, put together in ``api/wiring``."""

    vault: Vault

    async def ask(self, caller: Caller, field: str, wanted: str) -> Asked:
        """Ask for a field of FIELDS to be put right. Raises CorrectionsTooMany or NameInvalid."""
        resident, made = _resident(caller), uuid4()
        said = documents.name(wanted) if field == "name" else wanted.strip()
        async with in_transaction() as connection:
            waiting = Correction.filter(resident_id=resident, state=OPEN)
            if await waiting.using_db(connection).count() >= MOST_OPEN:
                raise CorrectionsTooMany(most=MOST_OPEN)
            row = await Correction.create(
                using_db=connection,
                id=made,
                resident_id=resident,
                field=field,
                wanted_sealed=self.vault.seal(said.encode(), _context(made)),
                state=OPEN,
            )
            await record(connection, event="correction:asked", resident=resident, caller=caller)
        return self._asked(row)

    async def of(self, resident: UUID) -> list[Asked]:
        """The resident's own requests, newest first."""
        rows = Correction.filter(resident_id=resident).order_by("-created_at").limit(SHOWN)
        return [self._asked(row) for row in await rows]

    async def waiting(self, caller: Caller) -> list[Asked]:
        """What nobody decided yet, oldest first, for a supervisor. Each resident sees the read."""
        async with in_transaction() as connection:
            rows = Correction.filter(state=OPEN).order_by("created_at").limit(SHOWN)
            found = await rows.using_db(connection)
            for resident in {UUID(str(row.resident_id)) for row in found}:
                await record(
                    connection,
                    event="record:read",
                    resident=resident,
                    caller=caller,
                    purpose="correction",
                )
        return [self._asked(row) for row in found]

    async def decide(
        self, caller: Caller, correction: str, decision: Decision, reason: str
    ) -> None:
        """A supervisor's decision, told to the resident with the reason's text.

        Raises CorrectionMissing, CorrectionDecided or CorrectionReason.
        """
        if reason not in (REASONS_MADE if decision == MADE else REASONS_DECLINED):
            raise CorrectionReason()
        async with in_transaction() as connection:
            row = await _waiting(connection, correction)
            if decision == MADE and row.field == "name" and reason == "corrected":
                await self._rename(connection, row)
            row.state, row.answer, row.decided_at = decision, reason, datetime.now(UTC)
            row.decided_by = UUID(caller.actor)
            await row.save(using_db=connection)
            resident = UUID(str(row.resident_id))
            await record(connection, event="correction:decided", resident=resident, caller=caller)
            await notices.tell(connection, resident, "correction-decided")

    async def _rename(self, connection: BaseDBAsyncClient, row: Correction) -> None:
        """Every living document: a person has one name."""
        wanted = self._wanted(row)
        documents = Document.filter(resident_id=row.resident_id, ended_at__isnull=True)
        for document in await documents.using_db(connection).select_for_update():
            context = f"document.name:{document.id}"
            document.name_sealed = self.vault.seal(wanted.encode(), context)
            await document.save(using_db=connection, update_fields=["name_sealed"])

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


async def _waiting(connection: BaseDBAsyncClient, correction: str) -> Correction:
    try:
        named = UUID(correction)
    except ValueError:
        raise CorrectionMissing() from None
    row = await Correction.select_for_update().using_db(connection).get_or_none(id=named)
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
