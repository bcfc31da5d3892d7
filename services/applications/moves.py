"""Every move of an application, on a row that the caller has locked, in the caller's transaction.

A move writes the state it leads to (``states.after``), who has to do something next, the event with
its time and who did it, the audit row, what the resident is told, and the job that goes on: all of
it or nothing. ``story`` (residents), ``work`` (staff), ``engine`` (the rules) and ``watch`` (the
clock) are the ones who call it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from config.writing import Write, insert
from services.applications import steps
from services.applications.by import By
from services.applications.declaration import Decision
from services.applications.errors import ApplicationOpen
from services.applications.ledger import (
    LEAD,
    NOBODY,
    RESIDENT,
    RULES,
    STAFF,
    Facts,
    Ledger,
    id_of,
)
from services.applications.states import Event, State, TransitionIllegal
from services.clocks import Clock, add_working_days, today
from services.models import Application, Supplement

_UNDER_WAY = """
    SELECT number FROM application
    WHERE resident_id = {} AND service = {} AND finished_at IS NULL AND state <> 'draft' LIMIT 1
"""


class Moves(Ledger):
    """A ledger with the moves that are written into it."""

    async def submit(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        *,
        beside: Sequence[Write] = (),
    ) -> None:
        """A draft, or a row that is not written yet: the clocks begin. ``beside`` as in ``move``.

        Of a service that is asked for one at a time no other may be under way: what the offices
        say of the one does not know yet what the other gives. Whoever submits has ``alone_by``.
        Raises ApplicationOpen; then nothing of the transaction may be kept.

        Where members of staff accept, the resident hears that it has arrived; where the rules do,
        the next thing they hear is that it is accepted.
        """
        plan, item, at = self.plan(row), self.item(row), self.clock()
        clock = Clock.started(today(at), item.promised_days, item.statutory_days)
        row.item_version = self.version(row)
        row.promised_on, row.statutory_on = clock.promised_on, clock.statutory_on
        row.submitted_at = at
        row.waits_for = STAFF if plan.window else RULES
        due = str(row.promised_on)
        goes = (
            self.telling(row, "submitted", promised_on=due) if plan.window else self.going_on(row)
        )
        others = _others(row) if plan.one_at_a_time else ()
        found = await self.move(connection, row, Event.SUBMIT, by, beside=[*goes, *beside, *others])
        if found:
            raise ApplicationOpen(number=found[0]["number"])

    def alone_by(self, row: Application) -> str:
        """The name of the lock under which this one is asked for; empty where none is needed."""
        return f"{row.resident_id}:{row.service}" if self.plan(row).one_at_a_time else ""

    async def accept(
        self, connection: BaseDBAsyncClient, row: Application, by: By, words: str = ""
    ) -> None:
        """It is complete and ours to decide: the checks may begin."""
        row.waits_for = RULES
        told = self.telling(row, "accepted", promised_on=str(row.promised_on))
        goes = self.going_on(row) if by.kind == "staff" else ()
        await self.move(connection, row, Event.ACCEPT, by, words=words, beside=[*told, *goes])

    async def review(self, connection: BaseDBAsyncClient, row: Application, by: By) -> None:
        await self.move(connection, row, Event.REVIEW, by)

    async def ask_supplement(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        *,
        wanted: Sequence[str],
        reasons: Sequence[str] = (),
        facts: Facts | None = None,
        words: str = "",
    ) -> None:
        """The clocks stand still until it is answered; what is being asked of offices is dropped.

        ``wanted``: kinds of material and names of form fields.
        """
        at = self.clock()
        due = add_working_days(today(at), self.plan(row).supplement_days)
        row.paused_at, row.waits_for, row.staff_id, row.taken_at = at, RESIDENT, None, None
        row.facts_sealed = self.papers.seal_facts(id_of(row), facts or {})
        asked = Supplement(
            id=uuid4(),
            application_id=row.id,
            wanted=" ".join(wanted),
            reason=" ".join(reasons),
            words_sealed=self.papers.seal_words(id_of(row), words),
            asked_by=by.actor or by.kind,
            asked_at=at,
            due_on=due,
        )
        beside = (insert(asked), *self.telling(row, "supplement", due_on=str(due)))
        await self.move(
            connection, row, Event.ASK_SUPPLEMENT, by, reasons=reasons, words=words, beside=beside
        )
        await steps.drop(connection, id_of(row), at)

    async def answer(
        self, connection: BaseDBAsyncClient, row: Application, by: By, *, reformed: bool
    ) -> None:
        """The supplement is there: the clocks run on from today. ``reformed``: another form."""
        plan, at = self.plan(row), self.clock()
        self._resume(row, at)
        row.waits_for = STAFF if plan.window else RULES
        await self.move(connection, row, Event.ANSWER, by)
        open_ones = Supplement.filter(application_id=row.id, answered_at__isnull=True)
        await open_ones.using_db(connection).update(answered_at=at)
        rows = await steps.present(connection, id_of(row))
        if reformed:
            await steps.begin_again(connection, id_of(row), rows, plan.steps)
        else:
            await steps.take_up(connection, rows)
        if not plan.window:
            await self.go_on(connection, row)

    async def approve(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        *,
        reasons: Sequence[str] = (),
        facts: Facts | None = None,
        words: str = "",
    ) -> None:
        """What an approval gives is carried out by the steps of ``Plan.carries_out``."""
        plan, at = self.plan(row), self.clock()
        self._decide(row, reasons, facts, RULES)
        goes = self.going_on(row) if plan.carries_out else ()
        beside = [*self.telling(row, "approved"), *goes]
        await self.move(
            connection, row, Event.APPROVE, by, reasons=reasons, words=words, beside=beside
        )
        await steps.drop(connection, id_of(row), at)
        if not plan.carries_out:
            await self.finish(connection, row, by)

    async def refuse(
        self,
        connection: BaseDBAsyncClient,
        row: Application,
        by: By,
        *,
        reasons: Sequence[str] = (),
        facts: Facts | None = None,
        words: str = "",
    ) -> None:
        at = self.clock()
        self._resume(row, at)
        self._decide(row, reasons, facts, NOBODY)
        row.finished_at = at
        beside = self.telling(row, "refused")
        await self.move(
            connection, row, Event.REFUSE, by, reasons=reasons, words=words, beside=beside
        )
        await steps.drop(connection, id_of(row), at)

    async def withdraw(self, connection: BaseDBAsyncClient, row: Application, by: By) -> None:
        """What departments answer from now on is recorded as late, and not kept."""
        was_draft, at = row.state == State.DRAFT, self.clock()
        self._resume(row, at)
        row.waits_for, row.finished_at = NOBODY, at
        row.staff_id = row.taken_at = None
        beside = () if was_draft else self.telling(row, "withdrawn")
        await self.move(connection, row, Event.WITHDRAW, by, beside=beside)
        await steps.drop(connection, id_of(row), at)

    async def collect(self, connection: BaseDBAsyncClient, row: Application, by: By) -> None:
        """Raises TransitionIllegal where nothing is, or is not yet, to be fetched."""
        if not (self.plan(row).collected and row.finished_at):
            raise TransitionIllegal("nothing to collect", state=row.state)
        row.waits_for = NOBODY
        await self.move(connection, row, Event.COLLECT, by)

    async def finish(self, connection: BaseDBAsyncClient, row: Application, by: By) -> None:
        """Everything that the approval gives is done."""
        collected = self.plan(row).collected
        row.finished_at, row.waits_for = self.clock(), RESIDENT if collected else NOBODY
        await self.note(connection, row, by, "carried-out")
        if collected:
            await self.tell(connection, row, "ready")

    async def advise(
        self, connection: BaseDBAsyncClient, row: Application, by: By, decision: Decision
    ) -> None:
        """What the rules would do, for the person who decides."""
        reasons = " ".join(decision.reasons)
        if row.waits_for in (STAFF, LEAD) and row.decision == reasons:
            return  # said already
        row.decision = reasons
        row.facts_sealed = self.papers.seal_facts(id_of(row), decision.facts)
        row.waits_for = LEAD if row.waits_for == LEAD else STAFF
        reason = " ".join((decision.outcome, *decision.reasons))
        await self.note(connection, row, by, "advise", reason=reason)

    async def hand_to_staff(
        self, connection: BaseDBAsyncClient, row: Application, by: By, reason: str
    ) -> None:
        """The rules cannot decide it, or a department could not be asked: a person looks."""
        if row.waits_for not in (STAFF, LEAD):
            row.waits_for = STAFF
            await self.note(connection, row, by, "to-staff", reason=reason)

    def _decide(
        self, row: Application, reasons: Sequence[str], facts: Facts | None, waits_for: str
    ) -> None:
        """Without ``facts`` those stay with which the rules advised."""
        row.decision, row.waits_for = " ".join(reasons), waits_for
        if facts is not None:
            row.facts_sealed = self.papers.seal_facts(id_of(row), facts)
        row.staff_id = row.taken_at = None

    def _resume(self, row: Application, at: datetime) -> None:
        if row.paused_at is None or row.promised_on is None or row.statutory_on is None:
            return
        clock = Clock(row.promised_on, row.statutory_on, today(row.paused_at)).resumed(today(at))
        row.promised_on, row.statutory_on, row.paused_at = (
            clock.promised_on,
            clock.statutory_on,
            None,
        )


def _others(row: Application) -> Sequence[Write]:
    """Which other one is under way: seen as it was before the statement that writes this one."""
    return (Write(_UNDER_WAY, [row.resident_id, row.service]),)
