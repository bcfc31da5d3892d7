"""What members of staff do with a case they hold: read it, accept it, ask for a supplement,
decide it, pass it to their lead.

Each step is one transaction with the case's row locked, and says which version it was made on: of
a case that went on meanwhile nothing is decided. Every opening is recorded, and committed, before
anything is shown: the resident sees when, for what, in which role and for which department.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import release
from identity.audit import Audit
from identity.caller import Caller
from identity.residents import Residents
from identity.staff.roles import Member
from services.applications import steps
from services.applications.by import By
from services.applications.case_file import Reader
from services.applications.ledger import LEAD, RULES, STAFF
from services.applications.moves import Moves
from services.applications.queue import Queue, numbered
from services.applications.queue_errors import (
    CaseChanged,
    CaseNotHeld,
    CaseNotWaiting,
    CaseReasonWrong,
    SupplementWrong,
)
from services.applications.reach import Reach
from services.applications.staff_view import Choices, choices
from services.applications.steps import StepState
from services.materials.shown import Content
from services.materials.store import Materials
from services.models import Application
from services.service import Service

READ, MATERIAL_READ = "case:read", "material:read"
Outcome = Literal["approve", "refuse"]


@dataclass(frozen=True)
class Opened:
    """A case as its holder, or a lead, sees it. ``file``: as its resident does (``Reader.file``);
    ``applicant``: what release gives of them; ``holds``: the reader does; ``held``: somebody does;
    ``free``: the reader may take it; ``decides``: their department answers for it; ``advice``: what
    the rules would say; ``choices``: what may be said in a decision.
    """

    file: Mapping[str, Any] = field(repr=False)
    applicant: Mapping[str, str] = field(repr=False)
    service: Service
    version: int
    waits_for: str
    holds: bool
    held: bool
    free: bool
    decides: bool
    failed: bool
    advice: Sequence[str]
    choices: Choices


@dataclass(frozen=True)
class Seen:
    """Which case somebody works on, and the version they saw."""

    number: str
    version: int


@dataclass(frozen=True)
class Work:
    queue: Queue
    reader: Reader
    residents: Residents
    materials: Materials
    audit: Audit

    async def open(self, member: Member, number: str, locale: str) -> Opened:
        """Raises CaseMissing, StaffNotOneself, CaseNotHeld, or ResidentMissing."""
        reach, row, service = await self._readable(member, number)
        caller = await self._recorded(reach, row, service, READ)
        person = await self.residents.reveal(UUID(str(row.resident_id)))
        file = await self.reader.file(row, locale, findings=True)
        return Opened(
            file=file,
            applicant=release.to_staff(caller, person),
            service=service,
            version=row.version,
            waits_for=row.waits_for,
            holds=row.staff_id == member.id,
            held=row.staff_id is not None,
            free=row.staff_id is None and reach.waits(row),
            decides=row.service in reach.decided,
            failed=any(one["state"] == StepState.FAILED for one in file["steps"]),
            advice=self.reader.advice(row, locale),
            choices=choices(service, self._moves.papers.facts(row), locale),
        )

    async def material(self, member: Member, number: str, material: UUID) -> Content:
        """One document of the case. Raises as ``open`` does, or MaterialMissing."""
        reach, row, service = await self._readable(member, number)
        await self._recorded(reach, row, service, MATERIAL_READ)
        return await self.materials.content(UUID(str(row.id)), material)

    async def accept(self, member: Member, seen: Seen, words: str = "") -> None:
        """Raises as ``open`` does; CaseNotYours, CaseChanged, CaseNotWaiting, TransitionIllegal."""
        async with self._held(member, seen, decides=True) as (connection, reach, row):
            await self._moves.accept(connection, row, _by(reach, row), words=words)

    async def ask_supplement(
        self, member: Member, seen: Seen, wanted: Sequence[str], words: str
    ) -> None:
        """``wanted``: kinds of material and names of fields. Raises SupplementWrong, and as
        ``accept`` does.
        """
        async with self._held(member, seen, decides=True) as (connection, reach, row):
            service = self._service(row)
            assert service.plan is not None
            fields = service.plan.form.model_fields
            known = service.plan.material_kinds(service.item) | set(fields)
            if not wanted or not set(wanted) <= known:
                raise SupplementWrong()
            once = tuple(dict.fromkeys(wanted))
            await self._moves.ask_supplement(
                connection, row, _by(reach, row), wanted=once, words=words
            )

    async def decide(
        self, member: Member, seen: Seen, outcome: Outcome, reasons: Sequence[str], words: str
    ) -> None:
        """``reasons``: codes of the service's plan; a refusal names one at least.

        Raises CaseReasonWrong, and as ``accept`` does.
        """
        async with self._held(member, seen, decides=True) as (connection, reach, row):
            facts = self._moves.papers.facts(row)
            offered = choices(self._service(row), facts, "en").reason_codes
            if not set(reasons) <= offered or (outcome == "refuse" and not reasons):
                raise CaseReasonWrong()
            move = self._moves.approve if outcome == "approve" else self._moves.refuse
            once = tuple(dict.fromkeys(reasons))
            await move(connection, row, _by(reach, row), reasons=once, facts=facts, words=words)

    async def ask_again(self, member: Member, seen: Seen) -> None:
        """The offices that did not answer are asked once more, under the same keys; then the rules
        go on. Raises as ``accept`` does; CaseNotWaiting where every office has answered.
        """
        async with self._held(member, seen) as (connection, reach, row):
            rows = await steps.present(connection, UUID(str(row.id)))
            failed = {name: one for name, one in rows.items() if one.state == StepState.FAILED}
            if not failed:
                raise CaseNotWaiting()
            await steps.take_up(connection, failed)
            row.waits_for = RULES
            await self._moves.note(connection, row, _by(reach, row), "again")
            await self._moves.go_on(connection, row)

    async def escalate(self, member: Member, seen: Seen, words: str) -> None:
        """It leaves their hands and waits for a lead. Raises LeadMissing, and as ``accept``."""
        async with self._held(member, seen) as (connection, reach, row):
            await self.queue.need_lead(connection, row)
            row.staff_id = row.taken_at = None
            row.waits_for = LEAD
            await self.queue.noted(connection, reach, row, "escalate", words)

    @property
    def _moves(self) -> Moves:
        return self.queue.moves

    def _service(self, row: Application) -> Service:
        return self.queue.reaches.catalogue.service(row.service)

    async def _readable(self, member: Member, number: str) -> tuple[Reach, Application, Service]:
        """Its holder's, and that of any lead of the department that answers for it."""
        with reaching_database():
            reach = await self.queue.reaches.of(member)
            row = reach.check(await Application.get_or_none(number=numbered(number)))
        if row.staff_id != member.id and not reach.leads(row):
            raise CaseNotHeld()
        return reach, row, self._service(row)

    async def _recorded(
        self, reach: Reach, row: Application, service: Service, event: str
    ) -> Caller:
        caller = replace(reach.caller(service.id), purpose=service.purpose)
        await self.audit.record_read(
            caller,
            event=event,
            resident=UUID(str(row.resident_id)),
            service=service.id,
            purpose=service.purpose,
        )
        return caller

    @asynccontextmanager
    async def _held(
        self, member: Member, seen: Seen, *, decides: bool = False
    ) -> AsyncIterator[tuple[BaseDBAsyncClient, Reach, Application]]:
        """The case in its holder's hands, as they saw it, with its row locked."""
        with reaching_database():
            async with in_transaction() as connection:
                reach, row = await self.queue.locked(connection, member, seen.number)
                if row.staff_id != member.id:
                    raise CaseNotHeld()
                if decides:
                    reach.need_to_decide(row)
                if row.version != seen.version:
                    raise CaseChanged()
                if row.waits_for not in (STAFF, LEAD):
                    raise CaseNotWaiting()
                yield connection, reach, row


def _by(reach: Reach, row: Application) -> By:
    return By("staff", str(reach.member.id), reach.caller(row.service))
