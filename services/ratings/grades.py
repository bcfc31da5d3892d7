"""Grades, tags and what may go wrong with a rating (GB/T 39735)."""

from datetime import timedelta

from config.errors import Conflict, Invalid

GRADES = (1, 2, 3, 4, 5)  # very dissatisfied … very satisfied
UNANSWERED = 0  # the time to rate ran out: no opinion is made up for anybody
BAD = 2  # this and less opens a ticket
SATISFIED = 3  # this and more counts as satisfied
OPEN_FOR = timedelta(days=15)
TAGS = frozenset(
    {
        "fast", "clear", "friendly", "no-visit",
        "slow", "unclear", "unfriendly", "more-materials", "more-visits", "page-faulty",
    }
)  # fmt: skip
MOST_TAGS = 5
MOST_WORDS = 500


class RatingGiven(Conflict):
    """One rating for a finished application."""

    code = "rating-given"


class RatingTooEarly(Conflict):
    """The application is not finished, or was withdrawn. Fact ``state``."""

    code = "rating-too-early"


class RatingTooLate(Conflict):
    """The time to rate is over; it counts as unanswered. Fact ``days``."""

    code = "rating-too-late"


class RatingInvalid(Invalid):
    """A grade or tag there is not, too many tags or words."""

    code = "rating-invalid"
