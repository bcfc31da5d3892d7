"""Homes and rents of the sandbox's people: they follow from the number, so nothing is kept.

Whoever makes a resident chooses by the birth date what the register will say:

    even day       a home of one's own, where they are registered, bought when young;
                   on the 10th, the 20th and the 30th: bought last year;
                   on the 26th: in another city than the one they are registered in
    odd, up to 15  rents, and the contract is not on file
    odd, from 17   rents, with a contract on file
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.sandbox.fiction import birth_date
from services.sandbox.life import Dice
from services.sandbox.months import following
from services.sandbox.regions import GUANGDONG
from services.sandbox.residences import registered_at

_FROM_AGE = 22
_ON_FILE_FROM = 17
_ELSEWHERE = 26
_STREETS = ("和平路", "建设路", "文明街", "海棠街", "榕树里", "书院巷", "青云路", "木棉道")


@dataclass(frozen=True)
class Home:
    """``area`` in hundredths of a square metre, ``price`` in fen."""

    unit: str
    place: str
    county: str
    area: int
    price: int
    bought: date


@dataclass(frozen=True)
class Rent:
    """``monthly`` in fen; from ``since`` to ``until``."""

    contract: str
    place: str
    county: str
    monthly: int
    since: date
    until: date


def homes(key: bytes, number: str, today: date) -> list[Home]:
    """What somebody with this number owns; one home at most."""
    born = birth_date(number)
    if born.day % 2 or not _grown(born, today):
        return []
    dice = Dice(key, number)
    county = _elsewhere(dice, number) if born.day == _ELSEWHERE else registered_at(number)
    area, metre = dice.whole("area", 4200, 13800), dice.whole("price", 12000, 62000)
    bought = date(_year_bought(dice, born, today), born.month, 20)
    unit = f"{county}{dice.whole('unit', 10**13, 10**14 - 1)}F{dice.whole('flat', 1, 9999):08d}"
    return [Home(unit, _place(dice, county, "home"), county, area, area * metre, bought)]


def rents(key: bytes, number: str, today: date) -> list[Rent]:
    """The contracts on file; one at most, and it runs today."""
    born = birth_date(number)
    if born.day % 2 == 0 or born.day < _ON_FILE_FROM or not _grown(born, today):
        return []
    dice, county = Dice(key, number), registered_at(number)
    monthly = dice.whole("rent", 12, 48) * 10_000
    since = following(today.replace(day=1), -dice.whole("rented", 4, 20))
    contract = f"ZL{county}{dice.whole('contract', 10**7, 10**8 - 1)}"
    place = _place(dice, county, "rent")
    return [Rent(contract, place, county, monthly, since, following(since, 24))]


def owns_at_home(born: date) -> bool:
    """Whether whoever was born then owns a home in the city they are registered in."""
    return born.day % 2 == 0 and born.day != _ELSEWHERE


def _elsewhere(dice: Dice, number: str) -> str:
    city = registered_at(number)[:4]
    return dice.pick("elsewhere", [one for one in sorted(GUANGDONG) if one[:4] != city])


def in_region(region: str) -> Callable[[Home | Rent], bool]:
    """Whether something lies in a region of GB/T 2260: zeros at the end stand for all of it."""
    prefix = region[:2] + "".join(p for p in (region[2:4], region[4:6]) if p != "00")
    return lambda one: one.county.startswith(prefix)


def _grown(born: date, today: date) -> bool:
    return today.year - born.year >= _FROM_AGE + 4


def _year_bought(dice: Dice, born: date, today: date) -> int:
    if born.day % 10 == 0:
        return today.year - 1
    return born.year + dice.whole("bought", _FROM_AGE, _FROM_AGE + 3)


def _place(dice: Dice, county: str, label: str) -> str:
    street, house = dice.pick(f"{label} street", _STREETS), dice.whole(f"{label} house", 1, 199)
    flat = dice.whole(f"{label} flat", 101, 2804)
    return f"{GUANGDONG.get(county, '广州市天河区')}{street}{house}号{flat}房（虚构）"
