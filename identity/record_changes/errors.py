"""What is refused where staff put records right."""

from config.errors import Conflict, Invalid, Missing, Throttled


class RecordChangeMissing(Missing):
    """No such proposal for whoever asks: unknown, beyond the region, expired."""

    code = "record-change-missing"


class RecordChangeOver(Conflict):
    """Decided before: somebody else was quicker."""

    code = "record-change-over"


class RecordChangeIncomplete(Invalid):
    """Two documents for a merge, else one; a name for a renaming only; a reason of its kind."""

    code = "record-change-incomplete"


class RecordChangeNotPossible(Conflict):
    """One answer for all of it: a document that leads to nobody here or has ended, a record that
    is closed or frozen, both of one record, the only document of its record.
    """

    code = "record-change-not-possible"


class RecordChangesTooMany(Throttled):
    """Proposals of one member of staff within an hour, those that were refused included."""

    code = "record-changes-too-many"
