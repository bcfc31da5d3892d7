"""What can go wrong at the counter and behind it.

    Problem
    ├── Invalid      QuestionInvalid
    ├── Denied       ChannelClosed
    ├── Missing      ServiceUnknown, NoRecord
    ├── Conflict     OfficeRefused
    ├── (500)        ServiceBroken
    └── Unavailable  DepartmentTimeout, DepartmentFailed, DepartmentNonsense, DepartmentClosed

The fact ``department`` in the last five is the department's title in the reader's language; the
desk fills it in, since a department does not know who reads.
"""

from datetime import datetime

from config.errors import Conflict, Denied, Fact, Invalid, Missing, Problem, Unavailable


class QuestionInvalid(Invalid):
    """The question does not fit its schema. Facts: ``fields`` and, beside them, ``messages``."""

    code = "question-invalid"


class ChannelClosed(Denied):
    """The service is not offered through the channel that asks."""

    code = "channel-closed"


class ServiceUnknown(Missing):
    code = "service-unknown"


class OfficeRefused(Conflict):
    """A department does not do what an approval asks of it; the cause says why, in its code."""

    code = "office-refused"


class ServiceBroken(Problem):
    """A service has a fault of its own; the private log has it."""

    code = "service-broken"


class NoRecord(Missing):
    """The department answered: it keeps nothing about this person."""

    code = "no-record"


class DepartmentTimeout(Unavailable):
    """The department did not answer within its time."""

    code = "department-timeout"


class DepartmentFailed(Unavailable):
    """The department could not be reached, or said that it failed."""

    code = "department-failed"


class DepartmentNonsense(Unavailable):
    """The department answered something its own documents do not allow."""

    code = "department-nonsense"


class DepartmentClosed(Unavailable):
    """The department is closed; ``opens`` is when it opens again (any time zone)."""

    code = "department-closed"

    def __init__(self, cause: str = "", *, opens: datetime, now: datetime, **facts: Fact):
        seconds = max(1, int((opens - now).total_seconds()))
        super().__init__(cause, retry_after=seconds, opens_at=opens.isoformat(), **facts)
        self.opens = opens
        self.now = now
