"""Residence permits of the sandbox's people: they follow from the number and what was endorsed.

Whoever is born in an odd month has one, from the age of sixteen. The birth day says how it stands:

    odd, up to 27  runs out at the end of this month
    29 and 31      ran out two months ago
    even           runs out in half a year
"""

from dataclasses import dataclass
from datetime import date, timedelta

from services.sandbox.fiction import birth_date
from services.sandbox.life import Dice
from services.sandbox.months import following
from services.sandbox.regions import GUANGDONG

_FROM_AGE, _LAPSED_FROM = 16, 29
_STREETS = ("天河北路", "体育西横街", "员村二横路", "科韵路", "黄埔大道西")


@dataclass(frozen=True)
class Permit:
    """``until``: the last day of its newest endorsement."""

    number: str
    place: str
    issued: date
    until: date


def permit(key: bytes, number: str, today: date) -> Permit | None:
    """The permit of somebody with this number, before any endorsement asked for here."""
    born, dice = birth_date(number), Dice(key, number)
    if born.month % 2 == 0 or today.year - born.year <= _FROM_AGE:
        return None
    county = dice.pick("permit county", [code for code in sorted(GUANGDONG) if code < "440200"])
    place = f"{GUANGDONG[county]}{dice.pick('permit street', _STREETS)}"
    flat = f"{dice.whole('permit house', 1, 299)}号{dice.whole('permit flat', 101, 2804)}房（虚构）"
    issued = date(
        today.year - dice.whole("permit years", 1, 4), dice.whole("permit month", 1, 12), 9
    )
    return Permit(
        f"{county}{dice.whole('permit', 10**11, 10**12 - 1)}",
        place + flat,
        issued,
        _until(born, today),
    )


def endorsed(until: date, today: date) -> date:
    """The last day after another year (居住证暂行条例 art. 10): from the old last day, or from
    today where it had run out.
    """
    start = max(until, today)
    return following(start.replace(day=1), 12).replace(day=min(start.day, 28))


def _until(born: date, today: date) -> date:
    this = today.replace(day=1)
    if born.day % 2 == 0:
        ends = following(this, 7)
    else:
        ends = following(this, -1 if born.day >= _LAPSED_FROM else 1)
    return ends - timedelta(days=1)
