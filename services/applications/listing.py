"""A resident's applications, page by page: two statements at most, however many there are."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from config.texts import text
from services.applications import told
from services.applications.case_file import whom
from services.applications.ledger import RESIDENT
from services.applications.states import State
from services.catalogue import Catalogue
from services.errors import QuestionInvalid, ServiceUnknown
from services.models import Application, Supplement
from services.youngest_first import after, cursor_of

Json = dict[str, Any]
PAGE = 20
_SHOWN = (
    "id", "number", "service", "state", "waits_for", "submitted_at", "changed_at", "created_at",
    "promised_on", "finished_at",
)  # fmt: skip


async def page(
    catalogue: Catalogue,
    resident: UUID,
    locale: str,
    *,
    state: str = "",
    cursor: str = "",
    services: Sequence[str] | None = None,
    waiting: bool = False,
) -> Json:
    """``{"applications", "next"}``, the youngest first. ``services``: only those; ``waiting``: only
    what the resident has to do something for.

    Raises QuestionInvalid for a state or cursor that is none.
    """
    rows = Application.filter(_asked(state, cursor), resident_id=resident)
    if services is not None:
        rows = rows.filter(service__in=list(services))
    if waiting:
        rows = rows.filter(waits_for=RESIDENT)
    found = await rows.order_by("-created_at", "-id").limit(PAGE + 1).only(*_SHOWN)
    shown = found[:PAGE]
    due = await _due([row for row in shown if row.state == State.SUPPLEMENT_ASKED])
    return {
        "applications": [_line(catalogue, row, due, locale) for row in shown],
        "next": cursor_of(shown[-1].created_at, shown[-1].id) if len(found) > PAGE else None,
    }


async def _due(rows: Sequence[Application]) -> dict[UUID, date]:
    """Until when a supplement is waited for."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    open_ones = Supplement.filter(application_id__in=ids, answered_at__isnull=True)
    found = await open_ones.values_list("application_id", "due_on")
    return {UUID(str(id)): day for id, day in found}


def _line(catalogue: Catalogue, row: Application, due: dict[UUID, date], locale: str) -> Json:
    due_on = due.get(UUID(str(row.id)), row.promised_on)
    return {
        "number": row.number,
        "service": _service(catalogue, row.service, locale),
        "state": row.state,
        "state_title": told.state(row.state, locale),
        "submitted_at": _iso(row.submitted_at),
        "changed_at": _iso(row.changed_at),
        "due_on": due_on.isoformat() if due_on and not row.finished_at else None,
        "waits_for": whom(row),
        "next": text(f"application.next.{_next(row)}", locale),
    }


def _next(row: Application) -> str:
    """Whose turn it is, or how it ended."""
    if row.waits_for == "you":
        return row.state
    return "office" if row.waits_for else "nothing"


def _service(catalogue: Catalogue, id: str, locale: str) -> Json:
    """One that is offered no more keeps its id only."""
    try:
        service = catalogue.service(id)
    except ServiceUnknown:
        return {"id": id, "title": id, "icon": "file"}
    return {"id": id, "title": service.title[locale], "icon": service.icon}


def _asked(state: str, cursor: str) -> Q:
    if state and state not in set(State):
        raise QuestionInvalid("no such state", fields=["state"], messages=[])
    return (Q(state=state) if state else Q()) & after(cursor)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
