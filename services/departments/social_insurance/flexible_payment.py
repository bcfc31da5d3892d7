"""Social insurance of the flexibly employed: the base is chosen, months owed are paid, entered.

Whoever has no employer pays the pension insurance alone, month by month of the year (社会保险法
art. 10; 国发〔2005〕38号; 国办发〔2019〕13号). Years gone by cannot be made up for here.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from config.errors import Invalid
from identity.person import Person
from services.departments.social_insurance._flexible_rules import RATE_PERCENT, limits, payment
from services.departments.social_insurance.department import Payment, SocialInsurance
from services.groups import SOCIAL_SECURITY
from services.items.standard import Item, ItemType, Law
from services.money import in_yuan
from services.quotes.declaration import Line, Paid, Quote, line, payable
from services.quotes.errors import NothingToPay
from services.schema import shown, words

INSURED = Law(
    words("中华人民共和国社会保险法", en="Social Insurance Law"), words("第十条", en="Article 10")
)
RATES = Law(
    words(
        "国务院关于完善企业职工基本养老保险制度的决定（国发〔2005〕38号）",
        en="State Council decision on the basic pension of employees (2005, no. 38)",
    ),
    words("第四条", en="Item 4"),
)
BASES = Law(
    words(
        "降低社会保险费率综合方案（国办发〔2019〕13号）",
        en="Plan to lower social insurance rates (General Office, 2019, no. 13)",
    ),
    words("第三条", en="Item 3"),
)


class BaseOutside(Invalid):
    """The base is not within 60 and 300 % of the average wage. Facts ``lowest``, ``highest``."""

    code = "contribution-base-outside"


class Question(BaseModel):
    """Left open: the lowest base, and every month that is owed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: Annotated[
        int | None,
        shown("每月缴费基数", en="Monthly base", show="money"),
    ] = Field(None, ge=1, le=100_000_000)
    months: Annotated[
        int | None,
        shown(
            "缴几个月（从最早的起）",
            en="How many months, the oldest first",
            show="number",
        ),
    ] = Field(None, ge=1, le=12)


class Receipt(BaseModel):
    """What the bureau entered."""

    paid: Annotated[int, shown("缴费金额", en="Paid", show="money", headline=True)]
    voucher: Annotated[str, shown("凭证号", en="Voucher", show="text")]
    months: Annotated[str, shown("所属月份", en="For the months", show="text")]
    base: Annotated[int, shown("缴费基数", en="Monthly base", show="money")]
    account: Annotated[int, shown("其中记入个人账户", en="Into your account", show="money")]
    on: Annotated[date, shown("入账日期", en="Entered on", show="date")]


class Choice(BaseModel):
    """What was reckoned, and is entered when it is paid."""

    base: int
    months: list[str]


async def enter(
    person: Person, question: Question, department: SocialInsurance, paid: Paid
) -> Receipt:
    """Exactly the months of the quote: the bureau refuses what is not owed any more."""
    chosen = Choice.model_validate(paid.choice)
    about = Payment(paid.key, paid.number, chosen.months, chosen.base, paid.fen)
    entered = await department.pay_in(person, about)
    return Receipt(
        paid=entered.paid,
        voucher=entered.voucher,
        months="、".join(entered.months),
        base=entered.base,
        account=payment(entered.base)[1] * len(entered.months),
        on=entered.on,
    )


@payable(
    id="flexible-social-insurance",
    title=words("灵活就业社保缴费", en="Social insurance of the flexibly employed"),
    summary=words("自选缴费基数，补缴当年欠缴月份", en="Choose a base, pay the months you owe"),
    group=SOCIAL_SECURITY,
    icon="cash",
    purpose="payment",
    item=Item(
        serial="2071400004001",
        type=ItemType.LEVY,
        promised_days=0,
        statutory_days=1,
        legal_basis=(INSURED, RATES, BASES),
        range="province",
        visits=0,
    ),
    enter=enter,
    rank=15,
    keywords=("灵活就业", "自由职业", "个人社保", "养老保险缴费", "freelance"),
)
async def quote(person: Person, question: Question, department: SocialInsurance) -> Quote:
    """Every month a line. Raises NothingToPay, BaseOutside, NoRecord for others."""
    owed = (await department.owed(person)).months
    if not owed:
        raise NothingToPay()
    chosen = owed[: question.months or len(owed)]
    lowest, highest = limits(_first(month) for month in chosen)
    base = question.base or lowest
    if not lowest <= base <= highest:
        raise BaseOutside(lowest=in_yuan(lowest), highest=in_yuan(highest))
    return Quote(
        lines=[_line(month, base) for month in chosen],
        notes=_notes(owed, lowest, highest),
        choice={"base": base, "months": chosen},
    )


def _line(month: str, base: int) -> Line:
    return line(words(f"{month} 养老保险", en=f"Pension insurance {month}"), payment(base)[0])


def _notes(owed: Sequence[str], lowest: int, highest: int) -> list[dict[str, str]]:
    low, high, count = in_yuan(lowest), in_yuan(highest), len(owed)
    span = owed[0] if count == 1 else f"{owed[0]} – {owed[-1]}"
    said = (
        words(f"共欠缴 {count} 个月：{span}。", en=f"Owed: {count} month(s), {span}."),
        words(
            f"基数可在 {low} 元至 {high} 元之间选择，缴费比例 {RATE_PERCENT}%。",
            en=f"The base may be {low} to {high} yuan; the rate is {RATE_PERCENT} %.",
        ),
    )
    return [dict(one) for one in said]


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
