"""Social insurance cards of the sandbox's people: whoever was ever insured has one."""

from dataclasses import dataclass
from datetime import date

from services.sandbox.life import Life

_YEARS = 10  # 社会保障卡 are changed every ten years (memory)
_BANKS = ("珠江银行（虚构）", "岭南银行（虚构）", "粤海银行（虚构）")


@dataclass(frozen=True)
class Card:
    number: str
    issued: date
    until: date
    bank: str


def card(life: Life, today: date) -> Card:
    """The card in force: the first came with the first job, others every ten years."""
    dice = life.dice
    issued = min(life.start.replace(day=dice.whole("insurance card day", 1, 28)), today)
    while (until := issued.replace(year=issued.year + _YEARS)) <= today:
        issued = until
    number = f"{dice.whole('insurance card', 10**8, 10**9 - 1)}"
    return Card(f"44{number}", issued, until, dice.pick("insurance card bank", _BANKS))
