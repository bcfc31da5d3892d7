"""The books read after kills: balanced ones pass, and each thing that may go wrong is seen."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.support.applicants import WITHDRAWAL, Told
from tests.support.books import BALANCED, Books, Row

APPLICATION, RESIDENT, KEY, MATERIAL = (UUID(int=n) for n in range(1, 5))
STEPS = ("account", "home", "pay")
WAY = (
    ("submit", "submitted"),
    ("accept", "accepted"),
    ("review", "in-review"),
    ("approve", "approved"),
)


def good() -> Books:
    """One withdrawal with one material, approved and paid."""
    done = [
        {"application_id": APPLICATION, "name": "step-done", "state": "in-review", "step": step}
        for step in STEPS
    ]
    moved = [
        {"application_id": APPLICATION, "name": name, "state": state, "step": ""}
        for name, state in WAY
    ]
    return Books(
        told=[
            Told("/v1/materials?kind=lease", "k1", {}, {"id": str(MATERIAL), "sha256": "ab"}),
            Told(f"/v1/services/{WITHDRAWAL}/applications", "k2", {}, {"number": "A1"}),
        ],
        applications=[
            {
                "id": APPLICATION,
                "number": "A1",
                "resident_id": RESIDENT,
                "service": WITHDRAWAL,
                "state": "approved",
                "finished_at": "now",
            }
        ],
        events=[*moved, *done],
        steps=[
            {"application_id": APPLICATION, "name": step, "state": "done", "key": KEY}
            for step in STEPS
        ],
        materials=[
            {"id": MATERIAL, "application_id": APPLICATION, "source": "uploaded", "sha256": "ab"}
        ],
        notices=[
            {"kind": f"application-{kind}", "subject": "application:A1"}
            for kind in ("accepted", "approved")
        ],
        audit=[
            {"event": f"application:{event}", "resident_id": RESIDENT, "service": WITHDRAWAL}
            for event in ("submitted", "accepted", "approved")
        ],
        jobs=[],
        deeds=[{"office": "provident-fund", "key": KEY, "done": True}],
    )


def again(rows: list[Row], place: int = 0, **others: Any) -> None:
    """The row a second time, with ``others`` in it."""
    rows.append(rows[place] | others)


Breaking = Callable[[Books], Any]
BROKEN: dict[str, tuple[str, Breaking]] = {
    "an application lost": ("acknowledged", lambda it: it.applications.clear()),
    "an application twice": ("acknowledged", lambda it: again(it.applications, number="A2")),
    "a material lost": ("acknowledged", lambda it: it.materials.clear()),
    "a material stored twice": ("acknowledged", lambda it: again(it.materials, id=KEY)),
    "a material of nobody": (
        "acknowledged",
        lambda it: it.materials[0].update(application_id=None),
    ),
    "another file": ("acknowledged", lambda it: it.materials[0].update(sha256="cd")),
    "decided twice": ("legal_way", lambda it: again(it.events, 3)),
    "an event lost": ("legal_way", lambda it: it.events.pop(1)),
    "never decided": ("legal_way", lambda it: it.applications[0].update(state="in-review")),
    "never ended": ("legal_way", lambda it: it.applications[0].update(finished_at=None)),
    "paid twice": ("carried_out", lambda it: again(it.deeds, key=MATERIAL)),
    "not paid": ("carried_out", lambda it: it.deeds.clear()),
    "paid by halves": ("carried_out", lambda it: it.deeds[0].update(done=False)),
    "paid by another office": ("carried_out", lambda it: it.deeds[0].update(office="housing")),
    "paid and not noted": ("carried_out", lambda it: it.steps.pop()),
    "an answer kept twice": ("step", lambda it: again(it.events, 4)),
    "an answer without its event": ("step", lambda it: it.events.pop(4)),
    "told twice": ("told", lambda it: again(it.notices)),
    "not told": ("told", lambda it: it.notices.pop()),
    "audited twice": ("audited", lambda it: again(it.audit)),
    "not audited": ("audited", lambda it: it.audit.pop()),
    "a dead letter": ("job", lambda it: it.jobs.append({"status": "failed"})),
}


def complaining(books: Books) -> list[str]:
    """The names of the checks that fail."""
    found = []
    for check in BALANCED:
        try:
            check(books)
        except (AssertionError, KeyError):
            found.append(check.__name__)
    return found


def test_balanced_books_pass() -> None:
    assert complaining(good()) == []


@pytest.mark.parametrize("what", BROKEN)
def test_what_went_wrong_is_seen(what: str) -> None:
    name, breaking = BROKEN[what]
    books = deepcopy(good())
    breaking(books)
    assert [one for one in complaining(books) if name in one], what


def test_work_on_its_way_is_not_settled() -> None:
    waiting = [{"entrypoint": "do-step", "status": "queued"}]
    assert good().settled and not replace(good(), jobs=waiting).settled
