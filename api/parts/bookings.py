"""Appointments: for residents, for anybody who looks, and for the staff of an office."""

from dataclasses import dataclass

from api.parts.core import Core
from api.parts.ground import Ground
from identity.wrong_codes import WrongCodes
from services.bookings.changing import Changes
from services.bookings.confirming import Confirming
from services.bookings.desk import Desk
from services.bookings.examining import Examination
from services.bookings.ledger import Room
from services.bookings.own import Own
from services.bookings.sight import Sight
from services.bookings.story import Bookings
from services.catalogue import Catalogue


@dataclass(frozen=True)
class BookingRooms:
    room: Room
    story: Bookings
    confirming: Confirming
    changes: Changes
    own: Own
    sight: Sight
    desk: Desk


def bookings(ground: Ground, core: Core, catalogue: Catalogue) -> BookingRooms:
    room = Room(ground.vault, catalogue)
    story = Bookings(room, Examination(core.residents, ground.departments, ground.audit))
    wrong = WrongCodes(ground.cache, ground.vault, core.attempts, "booking-codes")
    return BookingRooms(
        room=room,
        story=story,
        confirming=Confirming(story, wrong),
        changes=Changes(story),
        own=Own(room, core.residents),
        sight=Sight(room),
        desk=Desk(room, core.residents),
    )
