"""The books of appointments: balanced ones pass, and each thing that may go wrong is seen."""

from collections.abc import Callable
from copy import deepcopy
from uuid import UUID

import pytest

from tests.support.wedding_books import BALANCED, Books, Said

ONE, TWO, HE, SHE = (UUID(int=n) for n in range(1, 5))

REMINDED = {"kind": "booking-reminder", "subject": "booking:N2", "resident_id": HE}


def _booking(id: UUID, number: str, state: str) -> dict[str, object]:
    seat = {"service": "s", "office": "o", "starts_at": "nine", "seat": 1}
    return seat | {"id": id, "number": number, "state": state}


def _parties(id: UUID, *, living: bool) -> list[dict[str, object]]:
    people = enumerate((HE, SHE), 1)
    return [
        {"booking_id": id, "place": place, "resident_id": who, "living": living}
        for place, who in people
    ]


def good() -> Books:
    """Booked, cancelled, and booked again at the same time."""
    return Books(
        said=Said(["N1", "N2"], ["N1", "N2"], ["N1"]),
        bookings=[_booking(ONE, "N1", "cancelled"), _booking(TWO, "N2", "booked")],
        parties=[*_parties(ONE, living=False), *_parties(TWO, living=True)],
        notices=[
            {"kind": f"booking-{kind}", "subject": f"booking:{number}", "resident_id": who}
            for kind, number in (("booked", "N1"), ("cancelled", "N1"), ("booked", "N2"))
            for who in (HE, SHE)
        ],
        audit=[
            *({"event": "booking:held", "resident_id": HE} for _ in range(2)),
            *(
                {"event": f"booking:{event}", "resident_id": who}
                for event in ("booked", "booked", "cancelled")
                for who in (HE, SHE)
            ),
        ],
        jobs=[],
    )


@pytest.mark.parametrize("balanced", BALANCED, ids=lambda one: one.__name__)
def test_good_books_are_balanced(balanced: Callable[[Books], None]) -> None:
    balanced(good())


@pytest.mark.parametrize(
    ("change", "seen_by"),
    [
        (lambda b: b.bookings.pop(), 0),  # lost
        (lambda b: b.said.held.pop(), 0),  # one that nobody was told of
        (lambda b: b.said.confirmed.append("N2"), 0),  # one code worked twice
        (lambda b: b.bookings[0].update(state="booked"), 1),  # two couples at nine
        (lambda b: b.parties.pop(), 2),  # married alone
        (lambda b: b.bookings[1].update(state="held"), 2),
        (lambda b: b.parties[0].update(living=True), 3),
        (lambda b: b.notices.append(b.notices[0]), 4),
        (lambda b: b.notices.pop(), 4),
        (lambda b: b.notices.extend([REMINDED, REMINDED]), 4),
        (lambda b: b.audit.pop(), 5),
        (lambda b: b.jobs.append({"entrypoint": "x", "status": "failed"}), 6),
    ],
)
def test_each_thing_that_goes_wrong_is_seen(
    change: Callable[[Books], object], seen_by: int
) -> None:
    books = deepcopy(good())
    change(books)
    with pytest.raises((AssertionError, StopIteration)):
        BALANCED[seen_by](books)
