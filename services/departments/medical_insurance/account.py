"""Medical insurance: the personal account, what came in and what is left."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.medical_insurance._labels import KINDS, STATES
from services.departments.medical_insurance.department import (
    REGULATIONS,
    Kind,
    MedicalInsurance,
    State,
)
from services.groups import HEALTH
from services.items.standard import query
from services.schema import Chart, Month, shown, words
from services.service import service


class Question(BaseModel):
    """Nothing to ask: the account is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Credited(BaseModel):
    """One month; fen."""

    month: Annotated[Month, shown("月份", en="Month", show="month")]
    amount: Annotated[int, shown("划入金额", en="Paid in", show="money")]


class Answer(BaseModel):
    """The account as the department keeps it."""

    balance: Annotated[int, shown("账户余额", en="Balance", show="money", headline=True)]
    state: Annotated[State, shown("参保状态", en="State", show="state", labels=STATES)]
    kind: Annotated[Kind, shown("险种", en="Kind", show="state", labels=KINDS)]
    credited: Annotated[int, shown("本年划入", en="Paid in this year", show="money")]
    spent: Annotated[int, shown("本年支出", en="Spent this year", show="money")]
    number: Annotated[str, shown("个人编号", en="Personal number", sensitivity="high", show="text")]
    credits: Annotated[
        list[Credited],
        shown("近一年划入", en="The last year", show="table", chart=Chart("month", ("amount",))),
    ]


@service(
    id="medical-insurance-account",
    title=words("医保个人账户", en="Medical insurance account"),
    summary=words("余额、本年划入和支出", en="Balance, and what came and went this year"),
    group=HEALTH,
    icon="heart-dollar",
    purpose="own-record",
    item=query("2074400001001", REGULATIONS),
    rank=10,
    keywords=("医保余额", "医保卡", "ybye", "health insurance"),
)
async def account(person: Person, question: Question, department: MedicalInsurance) -> Answer:
    """The resident's account, credits newest first."""
    found = await department.account(person)
    return Answer(
        balance=found.balance,
        state=found.state,
        kind=found.kind,
        credited=found.credited,
        spent=found.spent,
        number=found.number,
        credits=[Credited(month=one.month, amount=one.amount) for one in found.credits[::-1]],
    )
