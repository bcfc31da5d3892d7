"""Provident fund: the interest of a fund year, as credited, or as it has grown so far."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from identity.person import Person
from services.departments.provident_fund import _rates
from services.departments.provident_fund._records import Movement
from services.departments.provident_fund.department import ProvidentFund
from services.errors import NoRecord
from services.groups import HOUSING
from services.hours import SHANGHAI
from services.items.standard import Law, query
from services.schema import shown, words
from services.service import service

ARTICLE = Law(
    words("住房公积金管理条例", en="Regulations on Management of Housing Provident Fund"),
    words("第二十一条", en="Article 21"),
)
NOTICE = Law(
    words(
        "关于完善职工住房公积金账户存款利率形成机制的通知（银发〔2016〕43号）",
        en="Notice on the interest of provident fund accounts (Yinfa [2016] No. 43)",
    ),
    words("第一条", en="Item 1"),
)
STATES = {
    "credited": words("已结息", en="Credited"),
    "growing": words("尚未结息", en="Not credited yet"),
}
_YEAR = words(
    "填结息那年；不填则为最近一次结息的年度",
    en="The year it is credited in; left empty: the last one that was credited",
)
_BY_TABLE = words("按央行公布的利率逐日计算", en="Day by day, at the central bank's rates")


class Question(BaseModel):
    """The fund year by the year it ends in: 1 July to 30 June."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: Annotated[
        int | None, shown("结息年份", en="Credited in", show="number", description=_YEAR)
    ] = Field(None, ge=_rates.FIRST_YEAR)

    @field_validator("year")
    @classmethod
    def _has_begun(cls, year: int | None) -> int | None:
        if year is not None and date(year - 1, 7, 1) > today():
            raise PydanticCustomError("year_future", "in the future")
        return year


class Rate(BaseModel):
    """A rate and the days it held within the year."""

    since: Annotated[date, shown("自", en="From", show="date")]
    until: Annotated[date, shown("至", en="To", show="date")]
    rate: Annotated[float, shown("年利率", en="Rate a year", show="percent")]


class Answer(BaseModel):
    """``interest`` is the centre's where it was credited; ``by_table`` is ours."""

    interest: Annotated[int, shown("利息", en="Interest", show="money", headline=True)]
    state: Annotated[
        Literal["credited", "growing"],
        shown("结息状态", en="State", show="state", labels=STATES),
    ]
    credited_on: Annotated[date, shown("结息日", en="Credited on", show="date")]
    by_table: Annotated[
        int, shown("按利率表计算", en="By the rates", show="money", description=_BY_TABLE)
    ]
    counted_to: Annotated[date, shown("计算至", en="Counted up to", show="date")]
    carried: Annotated[int, shown("年度初余额", en="At the year's beginning", show="money")]
    rates: Annotated[list[Rate], shown("适用利率", en="Rates", show="table")]


@service(
    id="provident-fund-yearly-interest",
    title=words("公积金年度结息", en="Provident fund interest by year"),
    summary=words("每年6月30日结息，按日计算", en="Credited every 30 June, reckoned by the day"),
    group=HOUSING,
    icon="percentage",
    purpose="own-record",
    item=query("2070100003001", ARTICLE, NOTICE),
    keywords=("结息", "利率", "公积金利息", "gjjjx", "interest rate"),
)
async def yearly_interest(person: Person, question: Question, department: ProvidentFund) -> Answer:
    """What the year's balances earned, and what the centre credited."""
    day = today()
    year = question.year or _last_credited(day)
    first, last = date(year - 1, *_rates.CREDITED), date(year, *_rates.CREDITED)
    found = await department.records(person, f"{first:%Y-%m}", f"{last:%Y-%m}")
    balances = _balances(found.movements, first, last)
    until = min(day, last)
    credited = [one.amount for one in found.movements if _credits(one, last)]
    by_table = _rates.interest(balances, until)
    return Answer(
        interest=sum(credited) if credited else by_table,
        state="credited" if credited else "growing",
        credited_on=last,
        by_table=by_table,
        counted_to=until,
        carried=balances[0][1] if balances[0][0] == first else 0,
        rates=_rates_between(balances[0][0], until),
    )


def today() -> date:
    return datetime.now(SHANGHAI).date()


def _last_credited(day: date) -> int:
    return day.year if (day.month, day.day) >= _rates.CREDITED else day.year - 1


def _credits(one: Movement, last: date) -> bool:
    return one.kind == "interest" and one.day == last


def _balances(movements: list[Movement], first: date, last: date) -> list[tuple[date, int]]:
    """The balance at the year's beginning and after every day that changed it. The credit of
    the last day bears nothing in its own year. Raises NoRecord where there was no account yet.
    """
    before = [one for one in movements if one.day <= first]
    within = [one for one in movements if first < one.day <= last and not _credits(one, last)]
    opening = before[-1].balance if before else 0
    if not before and within:
        opening = within[0].balance - within[0].amount
    if not before and not within:
        raise NoRecord("nothing was booked in that year")
    by_day = {first: opening} if opening else {}
    by_day |= {one.day: one.balance for one in within}
    return sorted(by_day.items())


def _rates_between(since: date, until: date) -> list[Rate]:
    stretches = _rates.stretches([(since, 0)], until)
    return [Rate(since=one.since, until=one.until, rate=one.rate / 100) for one in stretches]
