"""A medical account month by month: what is paid in, what care cost, and who paid which part.

The fund pays a share that depends on the kind of care (rounded from Guangdong practice, from
memory); of the rest the account pays what it holds, and cash the remainder. To the fen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.sandbox.faults import CHINA
from services.sandbox.insurance_ledger import paid
from services.sandbox.life import Life
from services.sandbox.months import following, latest_posted, rounded, span

FIRST = date(2016, 1, 1)
OUTPATIENT, CHRONIC, INPATIENT, PHARMACY = "11", "14", "21", "41"  # med_type
# kind of care → percent that the fund pays, least and most yuan, where
_CARE = {
    OUTPATIENT: (55, 60, 900, ("市第一人民医院", "中医院", "社区卫生服务中心")),
    CHRONIC: (70, 120, 600, ("市第一人民医院", "中医院")),
    INPATIENT: (82, 4_000, 38_000, ("市第一人民医院", "大学附属医院")),
    PHARMACY: (0, 18, 260, ("康民大药房", "百姓药店")),
}
SHARES = {care: percent for care, (percent, *_) in _CARE.items()}
"""Percent that the fund pays, by kind of care."""
_DRAWN = (OUTPATIENT, OUTPATIENT, OUTPATIENT, PHARMACY, PHARMACY, PHARMACY, CHRONIC, INPATIENT)
_TO_ACCOUNT = 200  # hundredths of a percent of the base: one's own part
_MOST_A_MONTH = 2


@dataclass(frozen=True)
class Bill:
    """Fen: total = fund + account + cash."""

    at: datetime
    place: str
    care: str
    total: int
    fund: int
    account: int
    cash: int


@dataclass
class Medical:
    """``credits`` by month in fen, and bills, oldest first."""

    balance: int = 0
    credits: list[tuple[date, int]] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)

    def credit(self, month: date, fen: int) -> None:
        self.balance += fen
        self.credits.append((month, fen))

    def settle(self, at: datetime, place: str, care: str, total: int) -> None:
        fund = rounded(total * _CARE[care][0], 100)
        account = min(total - fund, self.balance)
        self.balance -= account
        cash = total - fund - account
        self.bills.append(Bill(at, place, care, total, fund, account, cash))


def treat(life: Life, now: datetime) -> Medical:
    """Everything up to ``now``, in China's time."""
    medical = Medical()
    worked = {month for month, _ in life.months(latest_posted(now.date()))}
    for month in span(max(life.start, FIRST), now.date().replace(day=1)):
        if month in worked:
            medical.credit(month, paid(life.base(month), _TO_ACCOUNT))
        for at, place, care, total in _visits(life, month):
            if at <= now:
                medical.settle(at, place, care, total)
    return medical


def _visits(life: Life, month: date) -> Iterator[tuple[datetime, str, str, int]]:
    """Of a month, oldest first: the same on every call."""
    dice, days = life.dice, (following(month) - month).days
    found = []
    for n in range(dice.whole(f"visits {month}", 0, _MOST_A_MONTH)):
        care = dice.pick(f"care {month} {n}", _DRAWN)
        _, least, most, places = _CARE[care]
        minutes = dice.whole(f"visit {month} {n}", 0, days * 24 * 60 - 1)
        at = datetime(month.year, month.month, 1, tzinfo=CHINA) + timedelta(minutes=minutes)
        total = dice.whole(f"cost {month} {n}", least * 100, most * 100)
        place = f"{dice.pick(f'place {month} {n}', places)}（虚构）"
        found.append((at, place, care, total))
    yield from sorted(found)
