"""The case file and the list of applications as JSON: for the description, and for its test."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.materials import MaterialShown
from api.verifications import Private

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
_MOST_DEEP = 8  # no form of a service is; what is deeper than 255 cannot be written out again


def _shallow(form: dict[str, Any]) -> dict[str, Any]:
    """Raises PydanticCustomError, and looks no deeper than it takes."""
    level: list[Any] = [form]
    for _ in range(_MOST_DEEP):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _inside(one)]
    if any(isinstance(one, dict | list) for one in level):
        raise PydanticCustomError("too_deep", "deeper than any form")
    return form


def _inside(one: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return one.values() if isinstance(one, dict) else one


Form = Annotated[dict[str, Any], AfterValidator(_shallow)]


class ServiceNamed(BaseModel):
    id: str
    title: str
    icon: str


class OfficeNamed(BaseModel):
    id: str
    title: str


class KindNamed(BaseModel):
    """A kind of material, or a field of the form."""

    kind: str
    title: str


class Line(BaseModel):
    """``due_on``: the office's promise, or until when a supplement is waited for; ``waits_for``:
    you, office, or null; ``next``: what comes, in words.
    """

    number: str
    service: ServiceNamed
    state: str
    state_title: str
    submitted_at: datetime | None
    changed_at: datetime
    due_on: date | None
    waits_for: str | None
    next: str


class Lines(BaseModel):
    """The youngest first; ``next``: the cursor of the page after, or null."""

    applications: list[Line]
    next: str | None


class StepShown(BaseModel):
    """One department's part; ``share_days`` of the promised time, in working days; ``critical``:
    whether the whole waits for it.
    """

    name: str
    title: str
    department: OfficeNamed
    state: str
    state_title: str
    began_at: datetime | None
    finished_at: datetime | None
    share_days: int
    critical: bool
    finding: list[dict[str, Any]]


class OfficeShare(BaseModel):
    """How long an office has taken."""

    department: OfficeNamed
    seconds: float
    percent: float


class EventShown(BaseModel):
    at: datetime
    name: str
    title: str
    state: str
    by: str
    by_title: str
    reason: str
    words: str


class ClockShown(BaseModel):
    """Working days; ``days_left`` up to the promised day, negative when it has passed."""

    promised_on: date
    statutory_on: date
    paused: bool
    days_left: int | None


class SupplementShown(BaseModel):
    wanted: list[KindNamed]
    reasons: list[str]
    words: str
    due_on: date


class DecisionShown(BaseModel):
    outcome: str
    reasons: list[str]


class RatingShown(BaseModel):
    """``grade`` null and ``active`` false: the time to rate ran out. ``ticket``: its number."""

    grade: int | None
    active: bool
    tags: list[str]
    words: str
    created_at: datetime
    ticket: str | None


class CaseFile(BaseModel):
    """What resident, window and department see alike. ``findings_locked``: a fresh proof shows
    what the departments said; ``may``: what the resident may do now.
    """

    number: str
    version: int
    service: ServiceNamed
    state: str
    state_title: str
    waits_for: str | None
    form: Form
    materials: list[MaterialShown]
    missing: list[KindNamed]
    steps: list[StepShown]
    critical_path: list[str]
    offices: list[OfficeShare]
    events: list[EventShown]
    clock: ClockShown | None
    supplement: SupplementShown | None
    decision: DecisionShown | None
    rating: RatingShown | None
    may: list[str]
    findings_locked: bool


class FormSent(Private):
    """``version``: the one that was read; another one meanwhile is a conflict."""

    form: Form
    version: int | None = None


class DraftSent(Private):
    """The form as far as it is filled in."""

    form: Form = Field(default_factory=dict)


class Submission(Private):
    """The whole form, the ids of what was uploaded for it, and the draft that becomes it."""

    form: Form
    materials: list[UUID] = Field(default_factory=list, max_length=40)
    draft: Annotated[str, StringConstraints(max_length=24)] = ""


class MaterialsSent(Private):
    materials: list[UUID] = Field(default_factory=list, max_length=40)


class SupplementSent(Private):
    """Another form, where one is asked for, and what was uploaded."""

    form: Form | None = None
    materials: list[UUID] = Field(default_factory=list, max_length=40)


class RatingSent(Private):
    """``grade`` 5 (very satisfied) to 1; ``tags``: codes; two of a kind are refused."""

    grade: Annotated[int, Field(ge=1, le=5)]
    tags: list[Annotated[str, StringConstraints(max_length=24)]] = Field(
        default_factory=list, max_length=5
    )
    words: Annotated[Text, StringConstraints(max_length=500)] = ""


class WordsSent(Private):
    words: Annotated[Text, StringConstraints(min_length=1, max_length=1000)]


class TicketGiven(BaseModel):
    """``ticket``: the number of the one that was opened, or null."""

    ticket: str | None


class TicketNumber(BaseModel):
    number: str


class Nothing(Private):
    """An empty object."""
