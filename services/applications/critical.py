"""Which steps decide how long an application takes, and how much of the time each office had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.applications.declaration import Step
from services.applications.steps import Rows, StepState
from services.models import ApplicationStep

_DAY = 86_400.0


@dataclass(frozen=True)
class Share:
    """``seconds`` of an office, waiting included; ``percent`` of all offices' time together."""

    department: str
    seconds: int
    percent: int


def path(steps: Sequence[Step], rows: Rows, now: datetime) -> list[str]:
    """The longest chain of steps that wait for one another: names, in their order.

    A finished step counts what it took, one that runs at least what it was given, one that has not
    begun what it was given. Of equal chains the one declared first.
    """
    ends: dict[str, tuple[float, list[str]]] = {}
    for step in steps:
        before = max(
            (ends[name] for name in step.after if name in ends), key=_length, default=_NONE
        )
        length = before[0] + _weight(step, rows.get(step.name), now)
        ends[step.name] = (length, [*before[1], step.name])
    return max(ends.values(), key=_length, default=_NONE)[1]


def shares(rows: Rows, now: datetime) -> list[Share]:
    """Each office's time so far, the longest first."""
    spent: dict[str, float] = {}
    for row in rows.values():
        spent[row.department] = spent.get(row.department, 0.0) + _spent(row, now)
    whole = sum(spent.values()) or 1.0
    found = [Share(id, round(took), round(100 * took / whole)) for id, took in spent.items()]
    return sorted(found, key=lambda share: (-share.seconds, share.department))


_NONE: tuple[float, list[str]] = (0.0, [])


def _length(end: tuple[float, Sequence[str]]) -> float:
    return end[0]


def _weight(step: Step, row: ApplicationStep | None, now: datetime) -> float:
    given = step.days * _DAY
    if row is None or row.ready_at is None:
        return given
    if row.state in (StepState.QUEUED, StepState.RUNNING):
        return max(given, _spent(row, now))
    return _spent(row, now)


def _spent(row: ApplicationStep, now: datetime) -> float:
    """Seconds from its turn until its end, or until now."""
    if row.ready_at is None or row.state == StepState.WAITING:
        return 0.0
    return max(0.0, ((row.finished_at or now) - row.ready_at).total_seconds())
