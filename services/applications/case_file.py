"""The case file: what resident, window and departments see of an application, one and the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from config.texts import text
from services.applications import critical, steps, told
from services.applications.declaration import Step
from services.applications.ledger import RESIDENT, Ledger
from services.applications.states import FINISHED, State
from services.applications.steps import Rows, StepState
from services.clocks import Clock, today
from services.materials.taking import Taking
from services.models import Application, ApplicationEvent, ApplicationStep, Supplement
from services.service import Service

Json = dict[str, Any]
_DECIDED: Mapping[str, str] = {
    State.APPROVED: "approve",
    State.COLLECTED: "approve",
    State.REFUSED: "refuse",
}
_WITHDRAWABLE = (State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)
_SILENT = frozenset({"advise"})
"""Events whose reasons are for staff only: nothing is decided yet."""


@dataclass(frozen=True)
class _Parts:
    row: Application
    service: Service
    rows: Rows
    events: Sequence[ApplicationEvent]
    supplement: Supplement | None
    materials: list[Json]


class Reader:
    def __init__(self, ledger: Ledger, materials: Taking):
        self._ledger, self._materials = ledger, materials

    async def file(self, row: Application, locale: str, *, findings: bool = True) -> Json:
        """The whole case in one language; ``findings``: with what the departments said.

        Raises ServiceUnknown for a service that is offered no more.
        """
        parts = await self._parts(row)
        plan = self._ledger.plan(row)
        checks = plan.steps if row.submitted_at else ()  # laid out when the first of them begins
        given = plan.carries_out if _DECIDED.get(row.state) == "approve" else ()
        known = [*checks, *given]
        at = self._ledger.clock()
        critical_path = critical.path(known, parts.rows, at)
        return {
            "number": row.number,
            "version": row.version,
            "service": _named(parts.service, locale),
            "state": row.state,
            "state_title": told.state(row.state, locale),
            "waits_for": whom(row),
            "form": self._ledger.papers.form(row),
            "materials": _titled(parts.service, parts.materials, locale),
            "missing": _missing(parts, locale),
            "steps": [
                self._step(one, parts.rows.get(one.name), critical_path, locale, findings)
                for one in known
            ],
            "critical_path": critical_path,
            "offices": self._offices(parts, at, locale),
            "events": [self._event(one, parts, locale) for one in parts.events],
            "clock": clock(row, today(at)),
            "supplement": self._supplement(parts, locale),
            "decision": self._decision(row, locale),
            "rating": None,
            "may": may(row, plan.collected),
        }

    def advice(self, row: Application, locale: str) -> list[str]:
        """The reasons of the rules, in words, for whoever decides."""
        return self._reasons(row, locale)

    async def _parts(self, row: Application) -> _Parts:
        asked = Supplement.filter(application_id=row.id, answered_at__isnull=True)
        return _Parts(
            row,
            self._ledger.service(row),
            await steps.present(None, UUID(str(row.id))),
            await ApplicationEvent.filter(application_id=row.id).order_by("id"),
            await asked.order_by("-asked_at").first(),
            await self._materials.listed(UUID(str(row.id))),
        )

    def _step(
        self,
        step: Step,
        row: ApplicationStep | None,
        path: list[str],
        locale: str,
        findings: bool,
    ) -> Json:
        row, found = row or ApplicationStep(state=StepState.WAITING), []
        if findings and row.state == StepState.DONE:
            found = self._found(step, row, locale)
        return {
            "name": step.name,
            "title": step.title[locale],
            "department": {"id": step.department.id, "title": step.department.title[locale]},
            "state": row.state,
            "state_title": text(f"application.step.{row.state}", locale),
            "began_at": _iso(row.ready_at),
            "finished_at": _iso(row.finished_at),
            "share_days": step.days,
            "critical": step.name in path,
            "finding": found,
        }

    def _found(self, step: Step, row: ApplicationStep, locale: str) -> list[Json]:
        """Nothing where an older release wrote it otherwise: the case is read all the same."""
        try:
            return told.finding(self._ledger.papers.finding(row, step.finding), locale)
        except ValidationError:
            return []

    def _offices(self, parts: _Parts, at: datetime, locale: str) -> list[Json]:
        plan = self._ledger.plan(parts.row)
        titles = {
            one.department.id: one.department.title[locale]
            for one in (*plan.steps, *plan.carries_out)
        }
        return [
            {
                "department": {"id": one.department, "title": titles.get(one.department, "")},
                "seconds": one.seconds,
                "percent": one.percent,
            }
            for one in critical.shares(parts.rows, at)
        ]

    def _event(self, event: ApplicationEvent, parts: _Parts, locale: str) -> Json:
        plan, codes = self._ledger.plan(parts.row), event.reason.split()
        facts = self._ledger.papers.facts(parts.row)
        shown = [] if event.name in _SILENT else told.reasons(plan, codes, facts, locale)
        return {
            "at": _iso(event.at),
            "name": event.name,
            "title": told.event(event.name, event.step, plan, locale),
            "state": event.state,
            "by": event.actor_kind,
            "by_title": text(f"application.by.{event.actor_kind}", locale),
            "reason": " ".join(shown),
            "words": self._words(parts.row, event.words_sealed),
        }

    def _supplement(self, parts: _Parts, locale: str) -> Json | None:
        asked = parts.supplement
        if asked is None or parts.row.state != State.SUPPLEMENT_ASKED:
            return None
        plan, facts = self._ledger.plan(parts.row), self._ledger.papers.facts(parts.row)
        return {
            "wanted": told.wanted(parts.service, asked.wanted.split(), locale),
            "reasons": told.reasons(plan, asked.reason.split(), facts, locale),
            "words": self._words(parts.row, asked.words_sealed),
            "due_on": asked.due_on.isoformat(),
        }

    def _decision(self, row: Application, locale: str) -> Json | None:
        if row.state not in _DECIDED:
            return None
        return {"outcome": _DECIDED[row.state], "reasons": self._reasons(row, locale)}

    def _reasons(self, row: Application, locale: str) -> list[str]:
        facts = self._ledger.papers.facts(row)
        return told.reasons(self._ledger.plan(row), row.decision.split(), facts, locale)

    def _words(self, row: Application, sealed: bytes | None) -> str:
        return self._ledger.papers.words(UUID(str(row.id)), sealed)


def whom(row: Application) -> str | None:
    """Whom it waits for as its resident sees it: you, the office, or nobody."""
    if row.waits_for == RESIDENT:
        return "you"
    return "office" if row.waits_for else None


def clock(row: Application, day: date) -> Json | None:
    """Both clocks as they stand, or None for a draft; ``days_left`` of what is decided: None."""
    if row.promised_on is None or row.statutory_on is None:
        return None
    paused = today(row.paused_at) if row.paused_at else None
    left = Clock(row.promised_on, row.statutory_on, paused).days_left(day)
    return {
        "promised_on": row.promised_on.isoformat(),
        "statutory_on": row.statutory_on.isoformat(),
        "paused": paused is not None,
        "days_left": None if row.state in FINISHED else left,
    }


def may(row: Application, collected: bool) -> list[str]:
    """What the resident may do now."""
    able = []
    if row.state == State.DRAFT:
        able += ["change", "submit"]
    if row.state == State.SUPPLEMENT_ASKED:
        able += ["change", "answer", "withdraw"]
    if row.state in _WITHDRAWABLE:
        able.append("withdraw")
    if row.state == State.APPROVED and collected and row.finished_at:
        able.append("collect")
    if row.finished_at and row.state in _DECIDED:
        able.append("rate")
    return able if row.state == State.DRAFT else [*able, "complain"]


def _missing(parts: _Parts, locale: str) -> list[Json]:
    """What a draft still wants, or a supplement; what an earlier application holds is taken over
    at submission.
    """
    if parts.row.state != State.DRAFT:
        return []
    there = {one["kind"] for one in parts.materials}
    item = parts.service.item
    kinds = [
        one.kind
        for one in item.materials
        if one.required and one.kind not in there and "department" not in one.sources
    ]
    return told.wanted(parts.service, kinds, locale)


def _titled(service: Service, materials: list[Json], locale: str) -> list[Json]:
    titles = {one.kind: one.title[locale] for one in service.item.materials}
    return [one | {"title": titles.get(one["kind"], one["kind"])} for one in materials]


def _named(service: Service, locale: str) -> Json:
    return {"id": service.id, "title": service.title[locale], "icon": service.icon}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
