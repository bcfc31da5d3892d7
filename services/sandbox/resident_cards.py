"""Resident identity cards of the sandbox's people: they follow from the number.

Whoever stands on a resident ID number has one. How long a card is good for follows the age at which
it was given: five years before sixteen, ten up to twenty-five, twenty up to forty-five, then for
life (居民身份证法 art. 5).
"""

from dataclasses import dataclass, field
from datetime import date

from services.sandbox.cards import kind_of
from services.sandbox.fiction import birth_date
from services.sandbox.life import Dice
from services.sandbox.regions import GUANGDONG
from services.sandbox.residences import registered_at

_STREETS = ("中山六路", "东风西路", "江南大道", "龙口东路", "机场路")
_YEARS = ((16, 5), (26, 10), (46, 20))  # given before this age, good for so many years
_NATION = "汉"


@dataclass(frozen=True)
class Card:
    """``until``: None on a card for life."""

    serial: str
    male: bool
    nation: str
    born: date
    address: str = field(repr=False)
    authority: str
    issued: date
    until: date | None


def card(key: bytes, number: str, today: date) -> Card | None:
    """The card in force of somebody with this number; None for other documents' numbers."""
    if kind_of(number) != "resident-id":
        return None
    born, dice = birth_date(number), Dice(key, number)
    county = GUANGDONG.get(registered_at(number), "广州市越秀区")
    street, house = dice.pick("card street", _STREETS), dice.whole("card house", 1, 399)
    issued, until = _term(born, dice, today)
    return Card(
        f"GA{dice.whole('card serial', 10**11, 10**12 - 1)}",
        int(number[16]) % 2 == 1,
        _NATION,
        born,
        f"广东省{county}{street}{house}号（虚构）",
        f"{county}公安分局（虚构）",
        issued,
        until,
    )


def _term(born: date, dice: Dice, today: date) -> tuple[date, date | None]:
    """From card to card until the one that is good today."""
    issued = date(born.year + 1, dice.whole("card month", 1, 12), dice.whole("card day", 1, 28))
    issued = min(issued, today)
    while True:
        years = next((n for age, n in _YEARS if issued.year - born.year < age), None)
        if years is None:
            return issued, None
        until = issued.replace(year=issued.year + years)
        if until > today:
            return issued, until
        issued = until
