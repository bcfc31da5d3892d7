"""Who is married to whom: it follows from the number, so nothing is kept.

Whoever is born in an even month and has turned 23 is married; the others never were. The spouse is
nobody who can be met. Those born on the 15th or the 29th have a spouse with a home of their own.
Those of the married who were born on the 26th, 27th or 28th have asked for a divorce: 10, 40 and
100 days ago.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from services.sandbox.fiction import Sex, birth_date, check_character, given_name
from services.sandbox.life import Dice
from services.sandbox.regions import GUANGDONG
from services.sandbox.residences import registered_at

_FROM_AGE = 23
_SPOUSE_OWNS = (15, 29)
_DIVORCE_ASKED = {26: 10, 27: 40, 28: 100}  # day of birth → days ago


@dataclass(frozen=True)
class Marriage:
    """``certificate``: the number on it."""

    registered: date
    registry: str
    certificate: str
    spouse_name: str = field(repr=False)
    spouse_number: str = field(repr=False)


def marriage(key: bytes, number: str, today: date) -> Marriage | None:
    """The marriage of somebody with this number; None for who never married."""
    born, dice = birth_date(number), Dice(key, number)
    registered = date(born.year + _FROM_AGE, born.month, dice.whole("wedding", 1, 28))
    if born.month % 2 or registered > today:
        return None
    county = dice.pick("registry", sorted(GUANGDONG))
    serial = dice.whole("marriage", 1, 999_999)
    sex: Sex = "female" if int(number[16]) % 2 else "male"
    return Marriage(
        registered,
        f"{GUANGDONG[county]}民政局婚姻登记处（虚构）",
        f"J{county}-{registered.year}-{serial:06d}",
        given_name(sex, dice.whole("spouse name", 0, 10**6)),
        _number_of(dice, born, sex, registered_at(number)),
    )


def divorce_asked(number: str, today: date) -> date | None:
    """When who is married asked for a divorce; None for who has not."""
    days = _DIVORCE_ASKED.get(birth_date(number).day)
    return today - timedelta(days=days) if days else None


def _number_of(dice: Dice, born: date, sex: Sex, county: str) -> str:
    """A number of the same county, whose birth day says what the spouse owns (landholdings)."""
    day = 16 if born.day in _SPOUSE_OWNS else 2 * dice.whole("spouse day", 0, 7) + 1
    birth = date(
        born.year + dice.whole("spouse year", -3, 1), dice.whole("spouse month", 1, 12), day
    )
    order = 4 * dice.whole("spouse order", 0, 248) + (1 if sex == "male" else 2)  # never moved
    seventeen = f"{county}{birth:%Y%m%d}{order:03d}"
    return seventeen + check_character(seventeen)
