"""For which reasons money may leave a provident fund account, and how much, as the centre sees it.

Reasons after 住房公积金管理条例 art. 24; rent after 建金〔2015〕19号 (three months paid in without
a gap, no home of one's own) with Guangzhou's monthly cap without a contract, from memory.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.sandbox.fund_ledger import Ledger
from services.sandbox.life import Life
from services.sandbox.loan_ledger import Loan
from services.sandbox.months import following, latest_posted

HOME, RETIREMENT, LOAN, RENT, LEAVING = "01", "03", "06", "07", "08"  # TQYY
CLOSED, PAYING, FEW, HAS_HOME, NO_LOAN, NOTHING, NOT_RETIRED, TOO_MUCH = (
    f"A{n}" for n in range(1, 9)
)  # BKYY
RENT_A_MONTH = 140_000  # fen
_RENT_MONTHS, _GAPLESS, _SEALED_MONTHS = 12, 3, 6


@dataclass(frozen=True)
class Account:
    """What the centre knows when it is asked. ``taken``: fen by reason within twelve months;
    ``owns``: a home in ``city``, where the fund is paid in.
    """

    life: Life
    ledger: Ledger
    loan: Loan | None
    owns: bool
    taken: Mapping[str, int]
    today: date
    city: str

    @property
    def months(self) -> Sequence[date]:
        """The months paid for, oldest first."""
        return [m.day.replace(day=1) for m in self.ledger.movements if m.kind == "deposit"]


Judge = Callable[[Account], tuple[int, str]]


def terms(account: Account) -> list[tuple[str, int, str]]:
    """Reason, most fen, and why not (empty where it may be withdrawn)."""
    return [(reason, *_judged(account, judge)) for reason, judge in _JUDGES.items()]


def _judged(account: Account, judge: Judge) -> tuple[int, str]:
    if account.ledger.closed:
        return 0, CLOSED
    most, why = judge(account)
    most = min(most, account.ledger.balance)
    return (0, why) if why else (most, "") if most > 0 else (0, NOTHING)


def _home(account: Account) -> tuple[int, str]:
    return account.ledger.balance - account.taken.get(HOME, 0), ""


def _rent(account: Account) -> tuple[int, str]:
    if account.owns:
        return 0, HAS_HOME
    newest = latest_posted(account.today)
    wanted = {following(newest, -n) for n in range(_GAPLESS)}
    if not wanted <= set(account.months):
        return 0, FEW
    return RENT_A_MONTH * _RENT_MONTHS - account.taken.get(RENT, 0), ""


def _loan(account: Account) -> tuple[int, str]:
    """What was repaid within the year and not withdrawn for it yet."""
    if account.loan is None:
        return 0, NO_LOAN
    year = account.loan.repaid[-12:]
    return sum(one.principal + one.interest for one in year) - account.taken.get(LOAN, 0), ""


def _retirement(account: Account) -> tuple[int, str]:
    retired = account.today >= account.life.retired
    return account.ledger.balance, "" if retired else NOT_RETIRED


def _leaving(account: Account) -> tuple[int, str]:
    """Employment ended, the account sealed for half a year."""
    newest = max(account.months)
    sealed = following(newest, _SEALED_MONTHS) <= account.today
    return account.ledger.balance, "" if sealed else PAYING


_JUDGES = {HOME: _home, RENT: _rent, LOAN: _loan, RETIREMENT: _retirement, LEAVING: _leaving}
