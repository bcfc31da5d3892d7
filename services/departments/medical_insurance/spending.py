"""Medical insurance: what care cost, and which part the fund and the person paid."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.medical_insurance._labels import CARES
from services.departments.medical_insurance.department import (
    REGULATIONS,
    Care,
    MedicalInsurance,
    Settlement,
)
from services.groups import HEALTH
from services.hours import SHANGHAI
from services.items.standard import query
from services.period import Period
from services.schema import Chart, Month, shown, words
from services.service import service


class Bill(BaseModel):
    """One bill; amounts in fen."""

    day: Annotated[date, shown("日期", en="Date", show="date")]
    place: Annotated[str, shown("医疗机构", en="Where", show="text")]
    care: Annotated[Care, shown("类别", en="Kind", show="state", labels=CARES)]
    total: Annotated[int, shown("总费用", en="Total", show="money")]
    fund: Annotated[int, shown("统筹支付", en="Paid by the fund", show="money")]
    account: Annotated[int, shown("个人账户支付", en="From your account", show="money")]
    cash: Annotated[int, shown("个人现金", en="Paid by yourself", show="money")]


class MonthSpent(BaseModel):
    """All bills of one month; amounts in fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    fund: Annotated[int, shown("统筹支付", en="Paid by the fund", show="money")]
    personal: Annotated[int, shown("个人负担", en="Your part", show="money")]


class Answer(BaseModel):
    """total = fund + account + cash; newest first."""

    total: Annotated[int, shown("期间总费用", en="Total", show="money", headline=True)]
    fund: Annotated[int, shown("统筹基金支付", en="Paid by the fund", show="money")]
    account: Annotated[int, shown("个人账户支付", en="From your account", show="money")]
    cash: Annotated[int, shown("个人现金支付", en="Paid by yourself", show="money")]
    months: Annotated[
        list[MonthSpent],
        shown("按月", en="By month", show="table", chart=Chart("month", ("fund", "personal"))),
    ]
    bills: Annotated[list[Bill], shown("费用明细", en="Bills", show="table")]


@service(
    id="medical-insurance-spending",
    title=words("医保消费记录", en="Medical insurance spending"),
    summary=words("看病购药花了多少、医保付了多少", en="What care cost, and who paid which part"),
    group=HEALTH,
    icon="stethoscope",
    purpose="own-record",
    level=4,
    max_age=900,
    item=query("2074400002001", REGULATIONS),
    keywords=("医保报销", "就诊记录", "看病费用", "ybxf", "medical bills"),
)
async def spending(person: Person, question: Period, department: MedicalInsurance) -> Answer:
    """Bills of the period. Health is sensitive (PIPL art. 28): level 4, proven lately."""
    found = await department.settlements(person, question.first, question.last)
    bills = [_bill(one) for one in found.bills[::-1]]
    return Answer(
        total=sum(one.total for one in bills),
        fund=sum(one.fund for one in bills),
        account=sum(one.account for one in bills),
        cash=sum(one.cash for one in bills),
        months=_by_month(bills),
        bills=bills,
    )


def _bill(one: Settlement) -> Bill:
    return Bill(
        day=one.at.astimezone(SHANGHAI).date(),
        place=one.place,
        care=one.care,
        total=one.total,
        fund=one.fund,
        account=one.account,
        cash=one.cash,
    )


def _by_month(bills: Sequence[Bill]) -> list[MonthSpent]:
    return [
        MonthSpent(
            month=month,
            fund=sum(one.fund for one in together),
            personal=sum(one.account + one.cash for one in together),
        )
        for month, together in (
            (month, list(group)) for month, group in groupby(bills, lambda one: f"{one.day:%Y-%m}")
        )
    ]
