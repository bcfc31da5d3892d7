"""The two times of a divorce by agreement: thirty days in which either may withdraw, and thirty in
which both collect the certificate (Civil Code art. 1077).

Days of the calendar. The day of the receipt is not counted (art. 201); a time whose last day is a
day off ends on the next day that is worked (art. 203, and the ministry's notice 民发〔2020〕116号).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.clocks import add_working_days
from services.items.standard import Law
from services.schema import words

DAYS = timedelta(days=30)
_ONE = timedelta(days=1)
COOLING = Law(words("民法典", en="Civil Code"), words("第一千零七十七条", en="Article 1077"))
Phase = Literal["withdraw", "collect", "over"]


@dataclass(frozen=True)
class Terms:
    """Last days are still in time."""

    withdraw_until: date
    collect_from: date
    collect_until: date

    def phase(self, day: date) -> Phase:
        """Where it is on a day."""
        if day < self.collect_from:
            return "withdraw"
        return "collect" if day <= self.collect_until else "over"


def terms(received: date) -> Terms:
    """From the day on the registry's receipt."""
    withdraw = _or_next_worked(received + DAYS)
    return Terms(withdraw, withdraw + _ONE, _or_next_worked(withdraw + DAYS))


def _or_next_worked(day: date) -> date:
    return add_working_days(day, 0)
