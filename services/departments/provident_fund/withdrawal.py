"""Provident fund withdrawal for rent or for a home: three offices look at once, rules decide.

The fund centre, the real-estate register and the civil affairs bureau are asked in parallel; a
spouse's home is asked about as soon as the bureau has said who the spouse is. The rules stand in
``_withdrawal_rules``.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel

from identity.person import Person
from services.applications.declaration import Decision, Findings, Held, Visit, application, step
from services.applications.reasons import silent
from services.departments.civil_affairs.department import CivilAffairs
from services.departments.housing.department import Housing
from services.departments.provident_fund._records import Movement
from services.departments.provident_fund._withdrawal_form import (
    REASONS,
    RENT_NOTICE,
    THREE_DAYS,
    WITHDRAWING,
    Account,
    Case,
    Form,
    Property,
)
from services.departments.provident_fund._withdrawal_rules import WORDS, amount, judge
from services.departments.provident_fund.department import ProvidentFund
from services.errors import NoRecord, OfficeRefused
from services.groups import HOUSING
from services.hours import SHANGHAI
from services.items.standard import Item, ItemType, Wanted
from services.schema import shown, words

Status = Literal["single", "married", "widowed", "divorced", "other"]
_MARRIED = {
    "single": words("未登记结婚", en="No marriage registered"),
    "married": words("已婚", en="Married"),
    "widowed": words("丧偶", en="Widowed"),
    "divorced": words("离婚", en="Divorced"),
    "other": words("其他", en="Other"),
}


class Marriage(BaseModel):
    """Of the spouse, nothing is shown: the next step asks by it."""

    status: Annotated[
        Status, shown("婚姻状况", en="Marital status", show="state", labels=_MARRIED)
    ] = "single"
    spouse_name: str = ""
    spouse_number: str = ""


class PaidOut(BaseModel):
    """``amount`` and ``balance`` in fen."""

    number: Annotated[str, shown("提取业务流水号", en="Number of the payment", show="text")]
    amount: Annotated[int, shown("到账金额", en="Paid out", show="money")]
    balance: Annotated[int, shown("提取后余额", en="Balance afterwards", show="money")]


@step(title=words("核验公积金账户", en="Check the fund account"), days=1)
async def account(person: Person, form: Form, department: ProvidentFund, visit: Visit) -> Account:
    """Balance, months paid in a row, and the last withdrawal."""
    today = datetime.now(SHANGHAI).date()
    first, last = f"{today.year - 1}-{today:%m}", f"{today:%Y-%m}"
    try:
        found, records = await asyncio.gather(
            department.account(person), department.records(person, first, last)
        )
    except NoRecord:
        return Account(day=today)
    return Account(
        day=today,
        state=found.state,
        balance=found.balance,
        months=_in_a_row(records.movements),
        withdrawn=max((m.day for m in records.movements if m.kind == "withdrawal"), default=None),
        city=found.city,
    )


@step(title=words("核查住房和租赁备案", en="Look up homes and rents"), days=1)
async def home(person: Person, form: Form, department: Housing, visit: Visit) -> Property:
    """What the resident owns and rents, and in which cities."""
    return await _property(department, person.name, person.number.value)


@step(title=words("核查婚姻登记", en="Look up the marriage record"), days=1)
async def marriage(person: Person, form: Form, department: CivilAffairs, visit: Visit) -> Marriage:
    """Whether there is a spouse whose home counts too."""
    try:
        found = await department.marriage(person)
    except NoRecord:
        return Marriage()
    return Marriage(
        status=found.status, spouse_name=found.spouse_name, spouse_number=found.spouse_number
    )


@step(title=words("核查配偶住房", en="Look up a spouse's homes"), after=("marriage",), days=1)
async def spouse_home(person: Person, form: Form, department: Housing, visit: Visit) -> Property:
    """What the spouse owns; nothing is asked where there is none."""
    spouse = visit.findings["marriage"]
    if not spouse.spouse_number:
        return Property()
    found = await _property(department, spouse.spouse_name, spouse.spouse_number)
    return Property(homes=found.homes, cities=found.cities)


@step(
    title=words("划款到账", en="Pay out"),
    after=("account", "home", "marriage", "spouse-home"),
    days=1,
)
async def pay(person: Person, form: Form, department: ProvidentFund, visit: Visit) -> PaidOut:
    """Once for the application: the centre knows the key."""
    case = _case(form, visit.findings, visit.held)
    if case is None:
        raise OfficeRefused("approved without its findings")
    paid = await department.withdraw(
        person, key=visit.key, reason=REASONS[form.purpose], fen=amount(case)
    )
    if paid.why:
        raise OfficeRefused(paid.why)
    return PaidOut(number=paid.number, amount=paid.amount, balance=paid.balance)


@application(
    id="provident-fund-withdrawal",
    title=words("公积金提取", en="Provident fund withdrawal"),
    summary=words(
        "租房或购房提取住房公积金，多部门同时核验，自动审批",
        en="For rent or a home of your own; offices check at once, rules decide",
    ),
    group=HOUSING,
    icon="cash",
    purpose="application",
    item=Item(
        serial="2070100010001",
        type=ItemType.PUBLIC_SERVICE,
        promised_days=1,
        statutory_days=3,
        legal_basis=(WITHDRAWING, THREE_DAYS, RENT_NOTICE),
        range="province",
        visits=0,
        materials=(
            Wanted(
                "rent-contract",
                words("房屋租赁合同", en="Rent contract"),
                ("department", "earlier", "upload"),
                required=False,
            ),
            Wanted(
                "purchase-contract",
                words("购房合同", en="Purchase contract"),
                ("department", "earlier", "upload"),
                required=False,
            ),
        ),
    ),
    department=ProvidentFund,
    steps=(account, home, marriage, spouse_home),
    carries_out=(pay,),
    reasons=WORDS,
    one_at_a_time=True,
    keywords=("提取公积金", "租房提取", "购房提取", "gjjtq", "gjj", "withdraw", "rent"),
    rank=5,
)
def withdrawal(form: Form, findings: Findings, held: Held) -> Decision:
    """What stands in the way first; then what may be paid."""
    case = _case(form, findings, held)
    return silent() if case is None else judge(case)


def _case(form: Form, findings: Findings, held: Held) -> Case | None:
    """Everything the rules look at; None while an office owes its answer."""
    names = ("account", "home", "marriage", "spouse-home")
    if any(findings.get(name) is None for name in names):
        return None
    found: list[BaseModel] = [findings[name] for name in names]
    mine, home_of, married, spouse = found
    assert isinstance(mine, Account) and isinstance(home_of, Property)
    assert isinstance(married, Marriage) and isinstance(spouse, Property)
    return Case(form, mine, home_of, spouse, held)


async def _property(department: Housing, name: str, number: str) -> Property:
    """In the whole province: which city counts only the fund centre knows, which is asked at the
    same time, and the rules look at both.
    """
    found = await department.property_of(name, number, "")
    newest = max(found.homes, key=lambda one: one.bought, default=None)
    today = datetime.now(SHANGHAI).date()
    rents = sorted((one for one in found.rents if one.runs_on(today)), key=lambda one: one.monthly)
    kinds = {"rent-contract": bool(rents), "purchase-contract": bool(newest)}
    return Property(
        homes=len(found.homes),
        bought=newest.bought if newest else None,
        price=newest.price if newest else None,
        rent=rents[-1].monthly if rents else None,
        holds=tuple(kind for kind, there in kinds.items() if there),
        cities=tuple(_city(one.county) for one in found.homes),
        rented={_city(one.county): one.monthly for one in rents},  # the dearest of a city stays
    )


def _city(county: str) -> str:
    """The city (GB/T 2260) that a county lies in."""
    return f"{county[:4]}00"


def _in_a_row(movements: list[Movement]) -> int:
    """Months paid without a gap, counted back from the newest."""
    months = sorted({one.month for one in movements if one.kind == "deposit" and one.month})
    counts = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    row = 0
    while row < len(counts) and counts[-1 - row] == counts[-1] - row:
        row += 1
    return row
