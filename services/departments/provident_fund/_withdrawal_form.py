"""What a withdrawal is asked by: its form, what the offices find, and where the rules stand.

Figures of the city are from memory of its notices and stand here to be corrected; amounts are
integer fen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.applications.declaration import Held
from services.departments.provident_fund._records import Reason, State
from services.items.standard import Law
from services.schema import shown, words

MONTHS_IN_A_ROW = 3
MONTHS_BETWEEN = 3
YEARS_AFTER_PURCHASE = 3
CAP_WITHOUT_FILING = 140_000  # fen a month
MOST = 10_000_000_00

_REGULATIONS = words("住房公积金管理条例", en="Regulations on Management of Housing Provident Fund")
WITHDRAWING = Law(_REGULATIONS, words("第二十四条", en="Article 24"))
THREE_DAYS = Law(_REGULATIONS, words("第二十五条", en="Article 25"))
RENT_NOTICE = Law(
    words(
        "关于放宽提取住房公积金支付房租条件的通知（建金〔2015〕19号）",
        en="Notice on easing withdrawal of provident fund for rent (Jianjin [2015] No. 19)",
    ),
    words("第一条", en="item 1"),
)
CITY_MEASURES = Law(
    words("广州市住房公积金提取管理办法", en="Guangzhou measures on fund withdrawal"),
    words("租房、购房提取规定", en="provisions on rent and purchase"),
)
"""From memory: the interval, the monthly cap without a filing, three years after a purchase."""

Purpose = Literal["rent", "purchase"]
REASONS: dict[Purpose, Reason] = {"rent": "rent", "purchase": "home"}
"""Our purpose → the centre's own reason."""
_PURPOSES = {
    "rent": words("支付房租", en="Paying rent"),
    "purchase": words("购买住房", en="Buying a home"),
}
_STATES = {
    "paying": words("正常缴存", en="Paying in"),
    "sealed": words("封存", en="Paused"),
    "transferred": words("已转出", en="Transferred"),
    "withdrawn": words("已销户", en="Closed"),
    "other": words("其他", en="Other"),
    "none": words("没有账户", en="No account"),
}


class Form(BaseModel):
    """``amount`` in fen; ``months`` counts for rent only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: Annotated[Purpose, shown("提取用途", en="What for", show="state", labels=_PURPOSES)]
    amount: Annotated[
        int,
        Field(ge=1, le=MOST),
        shown(
            "提取金额",
            en="Amount",
            show="money",
            description=words(
                "转入您在公积金中心登记的银行卡", en="Paid to the bank card the centre has on file"
            ),
        ),
    ]
    months: Annotated[
        int,
        Field(ge=1, le=12),
        shown(
            "房租月数",
            en="Months of rent",
            show="number",
            description=words("租房提取时填写", en="For rent only"),
        ),
    ] = 3


class Account(BaseModel):
    """Without an account only the day is filled. ``months``: paid without a gap; ``city``: where
    the fund is paid in.
    """

    day: date
    state: Annotated[
        State | Literal["none"], shown("账户状态", en="State", show="state", labels=_STATES)
    ] = "none"
    balance: Annotated[int, shown("账户余额", en="Balance", show="money")] = 0
    months: Annotated[int, shown("连续缴存月数", en="Months paid in a row", show="number")] = 0
    withdrawn: Annotated[date | None, shown("上次提取日期", en="Last withdrawal", show="date")] = (
        None
    )
    city: str = ""


class Property(BaseModel):
    """In the province. ``bought`` and ``price`` of the newest home; ``rent`` a month, on file.
    ``cities``: where each home lies; ``rented``: city → rent a month there, on file.
    """

    homes: Annotated[int, shown("名下住房套数", en="Homes owned", show="number")] = 0
    bought: Annotated[date | None, shown("购房合同日期", en="Bought on", show="date")] = None
    price: Annotated[int | None, shown("购房价款", en="Price", show="money")] = None
    rent: Annotated[int | None, shown("备案月租金", en="Rent on file", show="money")] = None
    holds: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    rented: dict[str, int] = {}

    def homes_in(self, city: str) -> int:
        """Homes in this city; all of them where nobody says which city, or where they lie."""
        if not city or len(self.cities) < self.homes:
            return self.homes
        return self.cities.count(city)

    def rent_in(self, city: str) -> int | None:
        """Rent a month on file in this city; any of them where nobody says which or where."""
        return self.rented.get(city) if city and self.rented else self.rent


@dataclass(frozen=True)
class Case:
    """Everything the rules look at."""

    form: Form
    account: Account
    home: Property
    spouse_home: Property
    held: Held

    @property
    def rents(self) -> bool:
        return self.form.purpose == "rent"

    @property
    def homes(self) -> int:
        """The resident's own in the city where the fund is paid in: what rent is judged by."""
        return self.home.homes_in(self.account.city)

    @property
    def spouses_homes(self) -> int:
        """The spouse's there."""
        return self.spouse_home.homes_in(self.account.city)

    @property
    def rent(self) -> int | None:
        """What is paid there a month, as the contract on file says."""
        return self.home.rent_in(self.account.city)

    @property
    def contract(self) -> bool:
        """Whether there is a contract for a home there: on file, or brought because none is."""
        brought = "rent-contract" in self.held and self.home.rent is None
        return self.rent is not None or brought
