"""What every change of an appointment leaves behind: its row, audit rows and notices, in one
statement of the caller's transaction, on a row that the caller has locked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from config.writing import Write, update, write
from identity import audit, notices, written_codes
from identity.caller import Caller, CallerKind
from identity.vault import Vault
from services.applications.numbers import read
from services.bookings.declaration import Appointments
from services.bookings.errors import BookingMissing
from services.bookings.seats import Place
from services.bookings.states import LIVING, Event, after
from services.catalogue import Catalogue
from services.errors import ServiceUnknown
from services.models import Booking, BookingParty
from services.service import Service

BOOKING = "YY"  # numbers begin with it
_CODE, _CODE_LENGTH = "booking-code", 8  # 40 bits for half an hour, and thirty wrong ones an hour


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Room:
    """What stories of appointments share; ``clock`` tells the time."""

    vault: Vault = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    clock: Callable[[], datetime] = now

    def service(self, id: str) -> tuple[Service, Appointments]:
        """Raises ServiceUnknown for what is offered no more or has no appointments."""
        found = self.catalogue.service(id)
        if found.appointments is None:
            raise ServiceUnknown(f"{id} has no appointments")
        return found, found.appointments

    def code(self, booking: UUID) -> str:
        """What the first hands to the second; the same however often it is shown."""
        secret = bytes.fromhex(self.vault.anchor(_CODE, str(booking)))[1:]
        return written_codes.derived(secret, _CODE_LENGTH)

    def code_digest(self, booking: UUID) -> str:
        return self.vault.digest(_CODE, self.code(booking))

    def code_digests(self, said: str) -> Sequence[str]:
        """What a code that was typed may be kept as; none for what cannot be a code."""
        plain = written_codes.plain(said)
        fits = written_codes.readable(plain, _CODE_LENGTH)
        return list(self.vault.digests(_CODE, plain).values()) if fits else []

    async def move(
        self,
        connection: BaseDBAsyncClient,
        row: Booking,
        event: Event,
        beside: Sequence[Write] = (),
    ) -> None:
        """To the state that ``event`` leads to; who comes to nothing more is free for another.

        Raises BookingMoved.
        """
        row.state = after(row.state, event)
        if row.state not in LIVING:
            mine = BookingParty.filter(booking_id=row.id).using_db(connection)
            await mine.update(living=False)
        await self.keep(connection, row, beside)

    async def keep(
        self, connection: BaseDBAsyncClient, row: Booking, beside: Sequence[Write] = ()
    ) -> None:
        """The row as it is now."""
        row.version += 1
        row.changed_at = self.clock()
        await write(connection, update(row), *beside)

    def audited(
        self, row: Booking, event: str, whose: Iterable[UUID], caller: Caller | None
    ) -> list[Write]:
        """``caller`` None: a time ran out, which the service's department answers for."""
        service, _ = self.service(row.service)
        who = caller or Caller(CallerKind.DEPARTMENT, actor=service.department.id)
        return [self._entry(service, event, resident, who) for resident in whose]

    def _entry(self, service: Service, event: str, resident: UUID, who: Caller) -> Write:
        at = datetime.now(UTC)
        entry = audit.Entry(
            f"booking:{event}", resident, who, service.purpose, service.id, audit.OK, at
        )
        return audit.written([entry])

    def telling(self, row: Booking, kind: str, whose: Iterable[UUID], **facts: str) -> list[Write]:
        """The notice ``booking-<kind>`` to each, which opens the appointment."""
        service, plan = self.service(row.service)
        told: dict[str, Any] = {
            "service": service.title,
            "office": plan.offices[row.office].title,
            "at": notices.local_time(row.starts_at),
            "number": row.number,
            **facts,
        }
        subject = f"booking:{row.number}"
        return [
            part
            for resident in whose
            for part in notices.telling(resident, f"booking-{kind}", told, subject=subject)[1]
        ]


async def parties(connection: BaseDBAsyncClient, booking: object) -> list[BookingParty]:
    """Who comes, the first first."""
    rows = BookingParty.filter(booking_id=booking).using_db(connection)
    return await rows.order_by("place")


def party_of(
    row: Booking, resident: UUID, place: int, statements: Sequence[str], at: datetime
) -> BookingParty:
    """Somebody who comes; not written yet."""
    return BookingParty(
        id=uuid4(),
        booking_id=row.id,
        service=row.service,
        resident_id=resident,
        place=place,
        statements=" ".join(statements),
        living=True,
        confirmed_at=at,
    )


def residents_of(people: Iterable[BookingParty]) -> list[UUID]:
    return [UUID(str(one.resident_id)) for one in people]


def place_of(row: Booking) -> Place:
    return Place(row.service, row.office, row.day)


def numbered(said: str) -> str:
    """The number as it is kept. Raises BookingMissing for what is none of ours."""
    number = read(said, BOOKING)
    if number is None:
        raise BookingMissing("no number of ours")
    return number
