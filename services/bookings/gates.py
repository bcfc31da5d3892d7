"""Where a crowd waits: in memory, in the order it came, holding no connection that others need.

Of those who want one time of one office only as many go on at once as it has seats: whoever comes
behind them finds it taken without asking any department for nothing. The database, not this, says
who has a seat (``seats``): other processes have gates of their own.
"""

import asyncio
from datetime import datetime
from weakref import WeakValueDictionary

from services.bookings.seats import Place
from services.bookings.timetable import Slot

AT_ONCE = 4  # transactions of one process that book


class Gates:
    def __init__(self) -> None:
        self.few = asyncio.Semaphore(AT_ONCE)
        self._slots: WeakValueDictionary[tuple[Place, datetime], asyncio.Semaphore]
        self._slots = WeakValueDictionary()

    def at(self, place: Place, slot: Slot) -> asyncio.Semaphore:
        """The gate of one time; it is there as long as somebody stands before it."""
        key = (place, slot.starts_at)
        if (gate := self._slots.get(key)) is None:
            gate = self._slots[key] = asyncio.Semaphore(slot.seats)
        return gate
