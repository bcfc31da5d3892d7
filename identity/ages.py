"""How old somebody is by the date in their document number, on the calendar of Shanghai.

Under fourteen a guardian agrees in the child's place (PIPL art. 31); under eighteen one is a
minor (Civil Code art. 17). A year of age is complete when the birthday begins. Who was born on
29 February has the birthday on the last of February in common years (Civil Code art. 202: where
a month lacks the day, its last day stands for it).
"""

from calendar import monthrange
from datetime import date, datetime

from identity.documents import born
from identity.documents.citizen_number import CHINA
from identity.person import IdNumber

__all__ = ["GUARDED", "OF_AGE", "birthday", "born", "fourteenth", "is_under", "today"]

GUARDED = 14  # below it no way begins without a guardian
OF_AGE = 18


def today() -> date:
    """The day it is in China."""
    return datetime.now(CHINA).date()


def birthday(born_on: date, age: int) -> date:
    """The day on which somebody born then completes ``age`` years."""
    year = born_on.year + age
    return date(year, born_on.month, min(born_on.day, monthrange(year, born_on.month)[1]))


def fourteenth(eighteenth: date) -> date:
    """The fourteenth birthday of whoever has their eighteenth on this day.

    No year of an eighteenth birthday of somebody born on 29 February has that day, so the day
    is the same in both years.
    """
    return eighteenth.replace(year=eighteenth.year - (OF_AGE - GUARDED))


def is_under(number: IdNumber, age: int, day: date | None = None) -> bool:
    """Whether the number says that its bearer is younger; a number without a date says nothing."""
    born_on = born(number)
    return born_on is not None and (day or today()) < birthday(born_on, age)
