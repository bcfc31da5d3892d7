"""Social insurance: what a resident is insured for, through whom and since how many months."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.social_insurance._labels import KINDS, STATES
from services.departments.social_insurance.department import (
    INSURANCE_LAW,
    Kind,
    SocialInsurance,
    State,
)
from services.groups import SOCIAL_SECURITY
from services.items.standard import query
from services.schema import Month, shown, words
from services.service import service


class Question(BaseModel):
    """Nothing to ask: the insurance is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Insurance(BaseModel):
    """One kind of insurance."""

    kind: Annotated[Kind, shown("险种", en="Kind", show="state", labels=KINDS)]
    state: Annotated[State, shown("参保状态", en="State", show="state", labels=STATES)]
    base: Annotated[int, shown("缴费基数", en="Contribution base", show="money")]
    months: Annotated[int, shown("累计缴费月数", en="Months paid", show="number")]


class Answer(BaseModel):
    """Insurance as the bureau keeps it."""

    state: Annotated[
        State, shown("参保状态", en="State", show="state", headline=True, labels=STATES)
    ]
    number: Annotated[str, shown("个人编号", en="Personal number", sensitivity="high", show="text")]
    employer: Annotated[str | None, shown("参保单位", en="Employer", show="text")]
    last: Annotated[Month, shown("最近缴费月份", en="Last month paid", show="month")]
    kinds: Annotated[list[Insurance], shown("各险种", en="By kind", show="table")]


@service(
    id="social-insurance-status",
    title=words("社保参保状态", en="Social insurance status"),
    summary=words("五个险种的参保状态和累计月数", en="What you are insured for, and months paid"),
    group=SOCIAL_SECURITY,
    icon="shield-check",
    purpose="own-record",
    item=query("2071400001001", INSURANCE_LAW),
    rank=10,
    keywords=("社会保险", "五险", "参保证明", "insured", "pension"),
)
async def status(person: Person, question: Question, department: SocialInsurance) -> Answer:
    """The resident's insurance, kind by kind."""
    found = await department.status(person)
    return Answer(
        state=found.state,
        number=found.number,
        employer=found.employer or None,
        last=found.last,
        kinds=[
            Insurance(kind=one.kind, state=one.state, base=one.base, months=one.months)
            for one in found.kinds
        ],
    )
