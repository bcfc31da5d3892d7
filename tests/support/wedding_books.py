"""The books of appointments after everything that was killed, and whether they are balanced."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.bookings.states import LIVING, SEATED, State
from tests.support.book_pages import Row, pages
from tests.support.house import House
from tests.support.wedding_guests import BOOK, CONFIRM, Guest


@dataclass(frozen=True)
class Said:
    """What the guests were told: numbers, each as often as it was acknowledged under a key."""

    held: list[str]
    confirmed: list[str]
    cancelled: list[str]

    @classmethod
    def by(cls, guests: Sequence[Guest]) -> "Said":
        told = [one for guest in guests for one in guest.told]
        return cls(
            [one.answer["number"] for one in told if one.path == BOOK],
            [one.answer["number"] for one in told if one.path == CONFIRM],
            [number for guest in guests for number in guest.cancelled],
        )


@dataclass(frozen=True)
class Books:
    said: Said
    bookings: list[Row]
    parties: list[Row]
    notices: list[Row]
    audit: list[Row]
    jobs: list[Row]

    @property
    def settled(self) -> bool:
        """No notice is on its way any more."""
        return not [one for one in self.jobs if one["status"] != "failed"]

    def people(self, number: str) -> list[Row]:
        id = next(one["id"] for one in self.bookings if one["number"] == number)
        return [one for one in self.parties if one["booking_id"] == id]


_PAGES = {
    "bookings": "SELECT * FROM booking",
    "parties": "SELECT * FROM booking_party",
    "notices": "SELECT kind, subject, resident_id FROM notice WHERE subject LIKE 'booking:%'",
    "audit": "SELECT event, resident_id FROM audit_event WHERE event LIKE 'booking:%'",
    "jobs": "SELECT entrypoint, status::text FROM pgqueuer"
    " WHERE entrypoint = 'send-notice' OR status = 'failed'",
}


async def read(house: House, said: Said) -> Books:
    """Raises what asyncpg raises while PostgreSQL is away."""
    return Books(said=said, **await pages(house, _PAGES))


def what_was_acknowledged_is_there_and_nothing_else(books: Books) -> None:
    """One key, one appointment."""
    assert sorted(books.said.held) == sorted(one["number"] for one in books.bookings)
    assert sorted(books.said.confirmed) == sorted(set(books.said.confirmed))


def no_seat_has_two_couples(books: Books) -> None:
    seated = Counter(
        (one["service"], one["office"], one["starts_at"], one["seat"])
        for one in books.bookings
        if one["state"] in SEATED
    )
    assert max(seated.values(), default=0) <= 1, seated.most_common(2)


def every_wedding_is_of_two_who_were_told_so(books: Books) -> None:
    for number in books.said.confirmed:
        assert sorted(one["place"] for one in books.people(number)) == [1, 2], number
    wanted = {number: State.CANCELLED for number in books.said.cancelled}
    for row in books.bookings:
        assert row["state"] == wanted.get(row["number"], State.BOOKED), row["number"]


def nobody_has_two(books: Books) -> None:
    """And who has none to come is free for another."""
    living = Counter(one["resident_id"] for one in books.parties if one["living"])
    assert max(living.values(), default=0) <= 1
    states = {one["id"]: one["state"] for one in books.bookings}
    for one in books.parties:
        assert one["living"] == (states[one["booking_id"]] in LIVING)


def both_were_told_once_of_each_thing(books: Books) -> None:
    told = Counter((one["kind"], one["subject"], one["resident_id"]) for one in books.notices)
    reminded = {one: told.pop(one) for one in list(told) if one[0] == "booking-reminder"}
    assert max(reminded.values(), default=0) <= 1  # of what is within a day, by the hour
    wanted = Counter(
        (f"booking-{kind}", f"booking:{number}", one["resident_id"])
        for kind, numbers in (("booked", books.said.confirmed), ("cancelled", books.said.cancelled))
        for number in numbers
        for one in books.people(number)
    )
    assert told == wanted


def every_move_is_audited_once_for_each(books: Books) -> None:
    seen = Counter((one["event"], one["resident_id"]) for one in books.audit)
    wanted: Counter[tuple[str, Any]] = Counter()
    for number in books.said.held:
        first = next(one for one in books.people(number) if one["place"] == 1)
        wanted["booking:held", first["resident_id"]] += 1
    for kind, numbers in (("booked", books.said.confirmed), ("cancelled", books.said.cancelled)):
        wanted.update(
            (f"booking:{kind}", one["resident_id"])
            for number in numbers
            for one in books.people(number)
        )
    assert seen == wanted


def no_job_was_given_up(books: Books) -> None:
    assert not [one for one in books.jobs if one["status"] == "failed"]


BALANCED: Sequence[Callable[[Books], None]] = (
    what_was_acknowledged_is_there_and_nothing_else,
    no_seat_has_two_couples,
    every_wedding_is_of_two_who_were_told_so,
    nobody_has_two,
    both_were_told_once_of_each_thing,
    every_move_is_audited_once_for_each,
    no_job_was_given_up,
)
