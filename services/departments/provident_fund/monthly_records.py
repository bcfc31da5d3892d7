"""Provident fund: what was paid in month by month, and what else moved the balance."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.provident_fund._records import Kind, Movement
from services.departments.provident_fund.department import REGULATIONS, ProvidentFund
from services.groups import HOUSING
from services.items.standard import query
from services.period import Period
from services.schema import Chart, Month, shown, words
from services.service import service

KINDS = {
    "deposit": words("缴存", en="Deposit"),
    "withdrawal": words("提取", en="Withdrawal"),
    "interest": words("结息", en="Interest"),
    "other": words("其他", en="Other"),
}


class Deposit(BaseModel):
    """One month paid in; amounts in fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    personal: Annotated[int, shown("个人缴存额", en="Your share", show="money")]
    employer_side: Annotated[int, shown("单位缴存额", en="Employer's share", show="money")]
    total: Annotated[int, shown("合计", en="Total", show="money")]
    balance: Annotated[int, shown("余额", en="Balance", show="money")]


class Other(BaseModel):
    """A booking that is no deposit; money out is negative."""

    day: Annotated[date, shown("日期", en="Date", show="date")]
    kind: Annotated[Kind, shown("业务类型", en="Kind", show="state", labels=KINDS)]
    amount: Annotated[int, shown("发生额", en="Amount", show="money")]
    balance: Annotated[int, shown("余额", en="Balance", show="money")]


class Answer(BaseModel):
    """Deposits and other bookings, newest first."""

    paid_in: Annotated[int, shown("期间缴存合计", en="Paid in", show="money", headline=True)]
    deposits: Annotated[
        list[Deposit],
        shown("每月缴存", en="Monthly deposits", show="table", chart=Chart("month", ("total",))),
    ]
    others: Annotated[list[Other], shown("结息和提取", en="Interest and withdrawals", show="table")]


@service(
    id="provident-fund-records",
    title=words("公积金缴存明细", en="Provident fund records"),
    summary=words("按月查看缴存、结息和提取", en="Deposits, interest and withdrawals by month"),
    group=HOUSING,
    icon="receipt",
    purpose="own-record",
    item=query("2070100002001", REGULATIONS),
    keywords=("缴存记录", "gjjmx", "deposits", "statement"),
)
async def monthly_records(person: Person, question: Period, department: ProvidentFund) -> Answer:
    """Bookings of the period, deposits apart from the rest."""
    records = await department.records(person, question.first, question.last)
    newest = records.movements[::-1]
    deposits = [_deposit(one) for one in newest if one.kind == "deposit"]
    others = [
        Other(day=one.day, kind=one.kind, amount=one.amount, balance=one.balance)
        for one in newest
        if one.kind != "deposit"
    ]
    return Answer(paid_in=sum(one.total for one in deposits), deposits=deposits, others=others)


def _deposit(one: Movement) -> Deposit:
    return Deposit(
        month=one.month or f"{one.day:%Y-%m}",
        personal=one.personal,
        employer_side=one.employer_side,
        total=one.amount,
        balance=one.balance,
    )
