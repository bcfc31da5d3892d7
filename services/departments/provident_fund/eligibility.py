"""Provident fund: for which reasons money may be withdrawn now, and why not for the others."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.provident_fund._labels import REASONS, WHYS
from services.departments.provident_fund._records import Reason, Why
from services.departments.provident_fund.department import ProvidentFund
from services.groups import HOUSING
from services.items.standard import Law, query
from services.schema import shown, words
from services.service import service

ARTICLE = Law(
    words("住房公积金管理条例", en="Regulations on Management of Housing Provident Fund"),
    words("第二十四条", en="Article 24"),
)
HOLDS = {
    "yes": words("可以提取", en="May be withdrawn"),
    "no": words("暂不能提取", en="Not at present"),
}
_NOTE = words(
    "这是中心记录中的初步结果，申请时还会核对住房和婚姻登记",
    en="By the centre's own records; an application is also checked with other registers",
)


class Question(BaseModel):
    """Nothing to ask: the account is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Purpose(BaseModel):
    """One reason to withdraw; ``most`` in fen."""

    reason: Annotated[Reason, shown("提取原因", en="Reason", show="state", labels=REASONS)]
    holds: Annotated[
        Literal["yes", "no"], shown("能否提取", en="Possible", show="state", labels=HOLDS)
    ]
    most: Annotated[int, shown("最多可提", en="At most", show="money")]
    why: Annotated[Why | None, shown("原因说明", en="Why not", show="state", labels=WHYS)]


class Answer(BaseModel):
    """What may be withdrawn for the best of the reasons, and all of them."""

    most: Annotated[
        int, shown("目前最多可提", en="At most now", show="money", headline=True, description=_NOTE)
    ]
    balance: Annotated[int, shown("账户余额", en="Balance", show="money")]
    reasons: Annotated[list[Purpose], shown("各提取原因", en="Reasons", show="table")]


@service(
    id="provident-fund-eligibility",
    title=words("公积金提取条件", en="Provident fund withdrawal check"),
    summary=words("哪些情况现在能提、最多能提多少", en="When you may withdraw now, and how much"),
    group=HOUSING,
    icon="checklist",
    purpose="own-record",
    item=query("2070100005001", ARTICLE),
    keywords=("提取资格", "租房提取", "能不能提", "eligible", "withdraw"),
)
async def eligibility(person: Person, question: Question, department: ProvidentFund) -> Answer:
    """Every reason the centre knows, those that hold first."""
    terms = await department.terms(person)
    reasons = [
        Purpose(reason=one.reason, holds="yes" if one.allowed else "no", most=one.most, why=one.why)
        for one in sorted(terms.reasons, key=lambda one: not one.allowed)
    ]
    most = max((one.most for one in terms.reasons if one.allowed), default=0)
    return Answer(most=most, balance=terms.balance, reasons=reasons)
