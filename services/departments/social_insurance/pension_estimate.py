"""Social insurance: what the pension may be, by today's rules and today's money. An estimate."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.social_insurance._pension import Estimate, Past, estimate
from services.departments.social_insurance._pension_rules import Post, base_on
from services.departments.social_insurance.department import PensionAccount, SocialInsurance
from services.groups import SOCIAL_SECURITY
from services.hours import SHANGHAI
from services.items.standard import Law, query
from services.schema import Month, shown, words
from services.service import service

Outcome = Literal["estimate", "too-few", "retired"]
FORMULA = Law(
    words(
        "国务院关于完善企业职工基本养老保险制度的决定（国发〔2005〕38号）",
        en="State Council decision on basic pension insurance (Guofa [2005] No. 38)",
    ),
    words("第六条", en="Item 6"),
)
RETIREMENT = Law(
    words(
        "全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定",
        en="Decision on gradually raising the retirement age (2024)",
    ),
    words("第一条至第三条", en="Articles 1 to 3"),
)
POSTS = {
    "managerial": words("管理或技术岗位", en="Managerial or technical"),
    "ordinary": words("其他岗位", en="Other"),
}
PAYING = {
    "yes": words("一直缴到退休", en="On until retirement"),
    "no": words("从现在起不再缴费", en="Not from now on"),
}
OUTCOMES = {
    "estimate": words("估算结果，不是核定结果", en="An estimate, not a decision"),
    "too-few": words("缴费月数不足，暂不能领取", en="Too few months paid for a pension"),
    "retired": words("已办理退休，不再估算", en="Retired: there is nothing to estimate"),
}
_NOTE = words(
    "仅供参考：按现行办法和今天的工资水平估算，不含过渡性养老金，实际以退休时核定为准",
    en="For orientation only: by today's rules and wages, without the transitional part; "
    "what counts is the decision at retirement",
)
_POST = words("女职工的退休年龄因岗位而不同", en="Women retire at ages that differ by post")


class Question(BaseModel):
    """What nobody has on record: the post, and whether contributions go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    post: Annotated[
        Post, shown("岗位", en="Post", show="state", labels=POSTS, description=_POST)
    ] = "managerial"
    paying_on: Annotated[
        Literal["yes", "no"], shown("今后是否继续缴费", en="Pay in", show="state", labels=PAYING)
    ] = "yes"


class Answer(BaseModel):
    """Fen a month, and everything the sum is made of."""

    monthly: Annotated[
        int | None,
        shown(
            "估算每月养老金", en="Estimated pension a month", show="money", headline=True,
            description=_NOTE,
        ),
    ]  # fmt: skip
    outcome: Annotated[Outcome, shown("性质", en="What this is", show="state", labels=OUTCOMES)]
    basic: Annotated[int | None, shown("其中基础养老金", en="Basic part", show="money")]
    personal: Annotated[
        int | None, shown("其中个人账户养老金", en="From your own account", show="money")
    ]
    retires: Annotated[Month | None, shown("可退休月份", en="Retirement from", show="month")]
    months_paid: Annotated[int, shown("已缴月数", en="Months paid", show="number")]
    months_then: Annotated[int | None, shown("退休时缴费月数", en="Months then", show="number")]
    months_needed: Annotated[int | None, shown("最低缴费月数", en="Months needed", show="number")]
    account: Annotated[int, shown("个人账户储存额", en="In your account now", show="money")]
    account_then: Annotated[int | None, shown("退休时个人账户", en="Account then", show="money")]
    index: Annotated[float | None, shown("平均缴费指数", en="Mean index", show="number")]
    base: Annotated[int | None, shown("计发基数", en="Calculation base", show="money")]


@service(
    id="social-insurance-pension-estimate",
    title=words("养老金估算", en="Pension estimate"),
    summary=words("按现行办法估算，仅供参考", en="By today's rules, for orientation only"),
    group=SOCIAL_SECURITY,
    icon="calculator",
    purpose="own-record",
    item=query("2071400003001", FORMULA, RETIREMENT),
    keywords=("养老金测算", "退休金", "退休年龄", "什么时候退休", "retirement"),
)
async def pension_estimate(
    person: Person, question: Question, department: SocialInsurance
) -> Answer:
    """The bureau's records, and our sum by the dated tables."""
    found = await department.pension(person)
    if found.state == "ended":
        return _retired(found)
    today = datetime.now(SHANGHAI).date()
    reckoned = estimate(_past(found), today, question.post, paying_on=question.paying_on == "yes")
    return _told(found, reckoned, base_on(today))


def _past(found: PensionAccount) -> Past:
    return Past(
        sex=found.sex,
        born=found.born,
        months=found.months,
        account=found.account,
        base=found.base,
        index=Fraction(found.index),
        newest=Fraction(found.newest_index),
    )


def _told(found: PensionAccount, reckoned: Estimate, base: int) -> Answer:
    """Too few months: the sum is shown with nothing that could be taken for a pension."""
    return Answer(
        monthly=reckoned.monthly if reckoned.enough else None,
        outcome="estimate" if reckoned.enough else "too-few",
        basic=reckoned.basic if reckoned.enough else None,
        personal=reckoned.personal if reckoned.enough else None,
        retires=f"{reckoned.retires:%Y-%m}",
        months_paid=found.months,
        months_then=reckoned.months,
        months_needed=reckoned.needed,
        account=found.account,
        account_then=reckoned.account,
        index=round(float(reckoned.index), 4),
        base=base,
    )


def _retired(found: PensionAccount) -> Answer:
    nothing = dict.fromkeys(
        ("monthly", "basic", "personal", "retires", "months_then", "months_needed",
         "account_then", "index", "base")
    )  # fmt: skip
    return Answer(outcome="retired", months_paid=found.months, account=found.account, **nothing)
