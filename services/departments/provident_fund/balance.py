"""Provident fund: what is in the account, and what comes in every month."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.provident_fund._records import State
from services.departments.provident_fund.department import REGULATIONS, ProvidentFund
from services.groups import HOUSING
from services.items.standard import query
from services.schema import Month, shown, words
from services.service import service

STATES = {
    "paying": words("正常缴存", en="Paying in"),
    "sealed": words("封存", en="Paused"),
    "transferred": words("已转出", en="Transferred"),
    "withdrawn": words("已销户", en="Closed"),
    "other": words("其他", en="Other"),
}


class Question(BaseModel):
    """Nothing to ask: the account is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """The account as the centre keeps it."""

    balance: Annotated[int, shown("账户余额", en="Balance", show="money", headline=True)]
    state: Annotated[State, shown("账户状态", en="State", show="state", labels=STATES)]
    account: Annotated[str, shown("个人账号", en="Account number", show="text", sensitivity="high")]
    employer: Annotated[str | None, shown("缴存单位", en="Employer", show="text")]
    base: Annotated[int, shown("缴存基数", en="Contribution base", show="money")]
    personal: Annotated[int, shown("个人月缴存额", en="Your share a month", show="money")]
    employer_side: Annotated[
        int, shown("单位月缴存额", en="Employer's share a month", show="money")
    ]
    carried: Annotated[int, shown("上年结转余额", en="Carried over from last year", show="money")]
    this_year: Annotated[int, shown("当年归集余额", en="Added this year", show="money")]
    paid_until: Annotated[Month | None, shown("缴至年月", en="Paid up to", show="month")]
    opened: Annotated[date | None, shown("开户日期", en="Opened on", show="date")]


@service(
    id="provident-fund-balance",
    title=words("公积金余额", en="Provident fund balance"),
    summary=words("账户余额、缴存状态和每月缴存额", en="Balance, state and monthly deposits"),
    group=HOUSING,
    icon="home-dollar",
    purpose="own-record",
    item=query("2070100001001", REGULATIONS),
    rank=10,
    keywords=("住房公积金查询", "gjj", "housing fund", "savings"),
)
async def balance(person: Person, question: Question, department: ProvidentFund) -> Answer:
    """The resident's account, straight from the centre."""
    account = await department.account(person)
    return Answer(
        balance=account.balance,
        state=account.state,
        account=account.number,
        employer=account.employer or None,
        base=account.base,
        personal=account.personal,
        employer_side=account.employer_side,
        carried=account.carried,
        this_year=account.this_year,
        paid_until=account.paid_until,
        opened=account.opened,
    )
