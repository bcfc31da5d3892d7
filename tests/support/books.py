"""The books after everything that was killed, and whether they are balanced.

What residents were told, what we hold and what the offices did are compared with each other. Each
check raises AssertionError; ``BALANCED`` are all of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.applications.ledger import _AUDITED
from services.applications.states import TRANSITIONS, Event, State
from tests.support.applicants import Told
from tests.support.book_pages import Row, pages
from tests.support.house import House

_MOVES = {event.value for event in Event}
_PAID_BY = {"pay": "provident-fund", "register": "market-regulation"}
"""The steps that change something in an office."""


@dataclass(frozen=True)
class Books:
    """Rows of ours, and ``deeds`` of the sandbox's offices; ``told``: what was acknowledged."""

    told: list[Told]
    applications: list[Row]
    events: list[Row]
    steps: list[Row]
    materials: list[Row]
    notices: list[Row]
    audit: list[Row]
    jobs: list[Row]
    deeds: list[Row]

    def walked(self, application: Row) -> list[Row]:
        """The events that moved it, in their order."""
        own = [one for one in self.events if one["application_id"] == application["id"]]
        return [one for one in own if one["name"] in _MOVES]

    @property
    def settled(self) -> bool:
        """Nothing of any application is on its way."""
        ended = all(one["finished_at"] for one in self.applications)
        return ended and not [one for one in self.jobs if one["status"] != "failed"]


_OURS = {
    "applications": "SELECT * FROM application",
    "events": "SELECT * FROM application_event ORDER BY id",
    "steps": "SELECT * FROM application_step",
    "materials": "SELECT id, application_id, kind, source, sha256 FROM material",
    "notices": "SELECT kind, subject FROM notice WHERE subject <> ''",
    "audit": "SELECT event, resident_id, service FROM audit_event WHERE event LIKE 'application:%'",
    "jobs": "SELECT entrypoint, status::text FROM pgqueuer"
    " WHERE entrypoint IN ('advance-application', 'do-step', 'send-notice') OR status = 'failed'",
}
_THEIRS = {"deeds": "SELECT office, key, facts IS NOT NULL AS done FROM sandbox_deed"}


async def read(house: House, told: list[Told]) -> Books:
    """Raises what asyncpg raises while PostgreSQL is away."""
    return Books(told=told, **await pages(house, _OURS, _THEIRS))


def what_was_acknowledged_is_there_and_nothing_else(books: Books) -> None:
    """One key, one application; one key, one material, which its application holds."""
    numbers = [one.answer["number"] for one in books.told if one.applies]
    assert sorted(numbers) == sorted(one["number"] for one in books.applications)
    uploaded = {one.answer["id"]: one.answer["sha256"] for one in books.told if one.uploads}
    kept = [one for one in books.materials if one["source"] == "uploaded"]
    assert uploaded == {str(one["id"]): one["sha256"] for one in kept}
    assert all(one["application_id"] for one in kept)


def every_application_went_a_legal_way_to_its_end(books: Books) -> None:
    """Each move once, each to the state that the table of transitions says, none left out."""
    for row in books.applications:
        state, walked = State.DRAFT, books.walked(row)
        for event in walked:
            state = TRANSITIONS[state, Event(event["name"])]
            assert state == event["state"], row["number"]
        names = [event["name"] for event in walked]
        assert len(set(names)) == len(names) and state == row["state"], row["number"]
        assert state == State.APPROVED and row["finished_at"], (row["number"], row["state"])


def every_approval_was_carried_out_once_and_nothing_else_was(books: Books) -> None:
    """By the offices' own books, and by the keys that we sent."""
    carried = {
        (_PAID_BY[one["name"]], one["key"]): one["application_id"]
        for one in books.steps
        if one["name"] in _PAID_BY and one["state"] == "done"
    }
    done = [(one["office"], one["key"]) for one in books.deeds if one["done"]]
    assert sorted(done) == sorted(carried)
    approved = [one["id"] for one in books.applications if one["state"] == State.APPROVED]
    assert sorted(carried.values()) == sorted(approved)


def every_step_was_answered_once(books: Books) -> None:
    """However often an office was asked, its answer is in the case file once."""
    noted = Counter(
        (one["application_id"], one["step"]) for one in books.events if one["name"] == "step-done"
    )
    done = {(one["application_id"], one["name"]) for one in books.steps if one["state"] == "done"}
    assert noted == Counter(dict.fromkeys(done, 1))


def nobody_was_told_the_same_thing_twice(books: Books) -> None:
    """And of each end once."""
    told = Counter((one["kind"], one["subject"]) for one in books.notices)
    assert max(told.values(), default=0) <= 1, told.most_common(3)
    ends = {f"application:{one['number']}" for one in books.applications}
    assert {subject for kind, subject in told if kind == "application-approved"} == ends


def every_move_is_audited_once(books: Books) -> None:
    """One application of a service a resident: so resident and service name it."""
    wanted = Counter(
        (_AUDITED[Event(event["name"])], row["resident_id"], row["service"])
        for row in books.applications
        for event in books.walked(row)
        if Event(event["name"]) in _AUDITED
    )
    seen = Counter((one["event"], one["resident_id"], one["service"]) for one in books.audit)
    assert seen == wanted


def no_job_was_given_up(books: Books) -> None:
    assert not books.jobs


BALANCED: Sequence[Callable[[Books], None]] = (
    what_was_acknowledged_is_there_and_nothing_else,
    every_application_went_a_legal_way_to_its_end,
    every_approval_was_carried_out_once_and_nothing_else_was,
    every_step_was_answered_once,
    nobody_was_told_the_same_thing_twice,
    every_move_is_audited_once,
    no_job_was_given_up,
)
