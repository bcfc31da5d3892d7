"""The marriage registries of Guangdong: one in each county, and in cities that have no counties.

Whoever of them holds a resident ID card may go to any (Regulations on Marriage Registration, 2025).
How many couples each sees at once is fiction, as are its hours.
"""

from collections.abc import Mapping
from datetime import timedelta

from services.bookings.declaration import Office
from services.bookings.timetable import Timetable
from services.hours import Hours
from services.items.regions import Region, tree
from services.schema import words

PROVINCE = "44"
_LARGE, _MIDDLE = ("4401", "4403"), ("4406", "4413", "4419", "4420")
TIMETABLE = Timetable(
    Hours.read("mon-fri 09:00-12:00; mon-fri 14:30-17:00"),
    minutes=30,
    ahead=30,
    notice=timedelta(hours=1),
)


def registries() -> Mapping[str, Office]:
    """By the code of their county or city, in the order of the codes."""
    found = (one for one in tree() if one.prefix.startswith(PROVINCE))
    seats = (one for one in found if one.level == "county" or _stands_alone(one))
    return {one.code: _office(one) for one in sorted(seats, key=lambda one: one.code)}


def _stands_alone(region: Region) -> bool:
    """A city whose townships lie in no county (Dongguan, Zhongshan)."""
    below = tree().under(region.code) if region.level == "city" else ()
    return bool(below) and all(one.level == "township" for one in below)


def _office(region: Region) -> Office:
    city = next(one for one in tree().path(region.code) if one.level in ("city", "county"))
    named = region.title
    return Office(
        region.code,
        words(f"{named['zh-CN']}婚姻登记处", en=f"Marriage Registry, {named['en']}"),
        city.title,
        _at_once(region.prefix),
    )


def _at_once(prefix: str) -> int:
    if prefix.startswith(_LARGE):
        return 3
    return 2 if prefix.startswith(_MIDDLE) else 1
