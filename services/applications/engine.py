"""The job that carries an application on: starts every step whose turn it is, then decides.

``advance-application`` may run any number of times, in any worker, in any order: it reads where the
application is, under the lock of its row, and does what is due there. So a change enqueues it and
thinks no further.
"""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.database import reaching_database
from config.jobs import Payload
from services.applications import by, steps
from services.applications.declaration import Decision, Findings
from services.applications.ledger import id_of, locked
from services.applications.materials import held
from services.applications.moves import Moves
from services.applications.reasons import OFFICE_SILENT
from services.applications.states import State
from services.applications.steps import StepState
from services.models import Application, Supplement
from services.service import Service

log = logs.get("services.applications")

RULES_BROKEN, ASKED_TWICE = "rules-broken", "asked-twice"
_GOES_ON = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)


class Engine:
    def __init__(self, moves: Moves):
        self._moves = moves

    async def advance(self, payload: Payload) -> None:
        """The handler of ``advance-application``, ``{"application": id}``."""
        with reaching_database():
            async with in_transaction() as connection:
                row = await locked(connection, UUID(payload["application"]))
                if row is not None:
                    await self._advance(connection, row)

    async def _advance(self, connection: BaseDBAsyncClient, row: Application) -> None:
        if row.state == State.APPROVED and row.finished_at is None:
            await self._carry_out(connection, row)
        elif row.state in _GOES_ON:
            await self._check(connection, row)

    async def _check(self, connection: BaseDBAsyncClient, row: Application) -> None:
        service, plan = self._moves.service(row), self._moves.plan(row)
        rules = by.rules(service.department.id)
        if row.state == State.SUBMITTED:
            if plan.window:
                return
            await self._moves.accept(connection, row, rules)
        if row.state == State.ACCEPTED:
            await self._moves.review(connection, row, rules)
        rows = await steps.complete(connection, id_of(row), plan.steps)
        checks = [rows[one.name] for one in plan.steps]
        if await steps.begin(connection, rows, plan.steps, self._moves.clock()):
            return
        if any(one.state in (StepState.QUEUED, StepState.RUNNING) for one in checks):
            return
        if any(one.state != StepState.DONE for one in checks):
            await self._moves.hand_to_staff(connection, row, rules, OFFICE_SILENT)
            return
        await self._decide(connection, row, service, rows)

    async def _decide(
        self, connection: BaseDBAsyncClient, row: Application, service: Service, rows: steps.Rows
    ) -> None:
        """The rules decide, or advise whoever decides."""
        plan, rules = self._moves.plan(row), by.rules(service.department.id)
        decision = await self._judged(connection, row, rows)
        if decision is None:
            await self._moves.hand_to_staff(connection, row, rules, RULES_BROKEN)
        elif plan.window or row.staff_id is not None:
            await self._moves.advise(connection, row, rules, decision)
        else:
            await self._carry(connection, row, decision, rules)

    async def _judged(
        self, connection: BaseDBAsyncClient, row: Application, rows: steps.Rows
    ) -> Decision | None:
        """What the rules say; None where they are at fault themselves, or where a release takes no
        longer what an office said before it.
        """
        plan, papers = self._moves.plan(row), self._moves.papers
        kinds = await held(connection, row)
        try:
            form = plan.form.model_validate(papers.form(row), by_alias=True)
            found: Findings = {
                one.name: papers.finding(rows[one.name], one.finding) for one in plan.steps
            }
            return plan.decide(form, found, kinds)
        except Exception as fault:  # in the rules: a person looks, nothing waits for a release
            log.fault("rules-broken", fault, service=row.service)
            return None

    async def _carry(
        self, connection: BaseDBAsyncClient, row: Application, decision: Decision, rules: by.By
    ) -> None:
        reasons, facts = decision.reasons, decision.facts
        if decision.outcome == "approve":
            await self._moves.approve(connection, row, rules, reasons=reasons, facts=facts)
        elif decision.outcome == "refuse":
            await self._moves.refuse(connection, row, rules, reasons=reasons, facts=facts)
        elif decision.outcome == "staff":
            await self._moves.advise(connection, row, rules, decision)
        elif await _asked_before(connection, row, decision):
            await self._moves.hand_to_staff(connection, row, rules, ASKED_TWICE)
        else:
            await self._moves.ask_supplement(
                connection, row, rules, wanted=decision.wanted, reasons=reasons, facts=facts
            )

    async def _carry_out(self, connection: BaseDBAsyncClient, row: Application) -> None:
        service, plan = self._moves.service(row), self._moves.plan(row)
        rules, at = by.rules(service.department.id), self._moves.clock()
        rows = await steps.complete(connection, id_of(row), plan.carries_out)
        begun = await steps.begin(connection, rows, plan.carries_out, at)
        done = [rows[one.name].state for one in plan.carries_out]
        if all(state == StepState.DONE for state in done):
            await self._moves.finish(connection, row, rules)
        elif not begun and not {StepState.QUEUED, StepState.RUNNING} & set(done):
            await self._moves.hand_to_staff(connection, row, rules, OFFICE_SILENT)


async def _asked_before(
    connection: BaseDBAsyncClient, row: Application, decision: Decision
) -> bool:
    """Whether a supplement has brought all of it already: nobody is asked for a thing twice."""
    answered = Supplement.filter(application_id=row.id, answered_at__isnull=False)
    brought = await answered.using_db(connection).values_list("wanted", flat=True)
    return set(decision.wanted) <= {code for wanted in brought for code in str(wanted).split()}
