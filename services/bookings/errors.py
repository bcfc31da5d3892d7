"""What can go wrong with an appointment, besides a move that is not legal (``states``)."""

from config.errors import Conflict, Denied, Invalid, Missing


class BookingMissing(Missing):
    """No such appointment of this caller's, or none that this member of staff may see."""

    code = "booking-missing"


class OfficeUnknown(Missing):
    """The service has no such office."""

    code = "booking-office-unknown"


class OfficeElsewhere(Conflict):
    """An office of another province. Fact ``where``: in words, where to go."""

    code = "booking-office-elsewhere"


class BookingElsewhere(Conflict):
    """A case for other offices: foreign, consular, another document. Fact ``where``: in words."""

    code = "booking-elsewhere"


class SlotUnknown(Invalid):
    """The office has no such time, or it can be booked no more or not yet."""

    code = "slot-unknown"


class SlotTaken(Conflict):
    """Sold out, perhaps between page and click."""

    code = "slot-taken"


class DayWaitedFor(Conflict):
    """Others wait for this day: its seats go to them first."""

    code = "day-waited-for"


class DayHasRoom(Conflict):
    """Nobody needs to wait: there are free times on that day."""

    code = "day-has-room"


class BookingOpen(Conflict):
    """One of a service at a time. Fact ``number``."""

    code = "booking-open"


class StatementsMissing(Invalid):
    """Something has to be stated first. Fact ``statements``: the codes."""

    code = "booking-statements-missing"


class BookingRefused(Denied):
    """The rules do not allow it. Fact ``reasons``: in words, each with its source."""

    code = "booking-refused"


class BookingCodeUnknown(Missing):
    """No appointment is held under this code, or not any more."""

    code = "booking-code-unknown"


class BookingOfOneself(Conflict):
    """Two come: nobody confirms what they booked themselves."""

    code = "booking-of-oneself"


class LineMissing(Missing):
    """No such place in a line of this caller's."""

    code = "line-missing"


class LineJoined(Conflict):
    """They wait for this day already."""

    code = "line-joined"


class LinesTooMany(Conflict):
    """Fact ``most``: for how many days one may wait at once."""

    code = "lines-too-many"


class ChangesTooMany(Conflict):
    """Fact ``most``: how often an appointment may be changed."""

    code = "booking-changes-too-many"


class NotToday(Conflict):
    """Nobody arrives on another day than theirs."""

    code = "booking-not-today"


class TooEarlyToMiss(Conflict):
    """They may still come. Fact ``minutes`` after the beginning."""

    code = "booking-too-early-to-miss"
