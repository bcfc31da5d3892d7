"""Sole-trader registration, wholly online: the name, the person and the premises are checked at
once, rules decide, and the registry gives the unified social credit code.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from identity.person import Person
from services.applications.declaration import Decision, Findings, Held, Visit, application, step
from services.applications.reasons import Facts, first, reasons_of, rule, silent
from services.departments.housing.department import Housing
from services.departments.market_regulation._addresses import same_place
from services.departments.market_regulation._labels import (
    STANDINGS,
    TRADES,
    TRADES_SAID,
    VERDICTS,
    Trade,
)
from services.departments.market_regulation._materials import MATERIALS
from services.departments.market_regulation.department import MarketRegulation, Standing, Verdict
from services.errors import NoRecord
from services.groups import WORK
from services.hours import SHANGHAI
from services.items.standard import Item, ItemType, Law
from services.schema import shown, words

_REGISTRATION = words("市场主体登记管理条例", en="Regulations on Registration of Market Entities")
_NAMES = words("企业名称登记管理规定", en="Provisions on Registration of Enterprise Names")
ON_THE_SPOT = Law(_REGISTRATION, words("第十九条", en="Article 19"))
"""State Council Order No. 746, 2021: complete papers at once, otherwise within three days."""
PREMISES = Law(_REGISTRATION, words("第十一条", en="Article 11"))
WHO_MAY = Law(_REGISTRATION, words("第十二条", en="Article 12"))
NAME_TAKEN = Law(_NAMES, words("第十七条", en="Article 17"))
NAME_FORBIDDEN = Law(_NAMES, words("第十一条", en="Article 11"))
SOLE_TRADERS = Law(
    words("促进个体工商户发展条例", en="Regulations on Promoting Sole Traders"),
    words("第二条", en="Article 2"),
)
FOOD_LAW = Law(
    words("中华人民共和国食品安全法", en="Food Safety Law"), words("第三十五条", en="Article 35")
)


class Form(BaseModel):
    """The business as it is to be registered."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: Annotated[
        str,
        Field(min_length=2, max_length=10, pattern=r"^[\u4e00-\u9fff]+$"),
        shown(
            "字号",
            en="Name",
            show="text",
            description=words("2 到 10 个汉字，如“和顺”", en="2 to 10 Chinese characters"),
        ),
    ]
    trade: Annotated[Trade, shown("经营行业", en="Trade", show="state", labels=TRADES_SAID)]
    place: Annotated[
        str,
        Field(min_length=4, max_length=100),
        shown("经营场所地址", en="Address of the business", show="text"),
    ]


class Name(BaseModel):
    """``alike``: the business that has the name."""

    verdict: Annotated[Verdict, shown("名称核查", en="Name", show="state", labels=VERDICTS)]
    whole: Annotated[str, shown("完整名称", en="Full name", show="text")]
    alike: Annotated[str | None, shown("相同名称", en="Taken by", show="text")] = None


class Trader(BaseModel):
    """Whether the person may register."""

    standing: Annotated[Standing, shown("经营资格", en="Standing", show="state", labels=STANDINGS)]


class Premises(BaseModel):
    """Whether the register has the place under the person's name."""

    known: Annotated[int, shown("名下房产和租约", en="Homes and rents", show="number")] = 0
    holds: tuple[str, ...] = ()


class Registered(BaseModel):
    """The registration; the code is the number of the electronic licence."""

    code: Annotated[str, shown("统一社会信用代码", en="Social credit code", show="text")]
    name: Annotated[str, shown("名称", en="Name", show="text")]
    day: Annotated[date, shown("成立日期", en="Registered on", show="date")]


@dataclass(frozen=True)
class Case:
    """Everything the rules look at."""

    form: Form
    name: Name
    trader: Trader
    premises: Premises
    held: Held


@step(title=words("核查名称", en="Check the name"), days=1)
async def name(person: Person, form: Form, department: MarketRegulation, visit: Visit) -> Name:
    """Whether it is free in the place."""
    found = await department.named(person, form.name, TRADES[form.trade], visit.region)
    return Name(verdict=found.verdict, whole=found.whole, alike=found.alike or None)


@step(title=words("核查经营资格", en="Check who registers"), days=1)
async def trader(person: Person, form: Form, department: MarketRegulation, visit: Visit) -> Trader:
    """Of age, and not barred."""
    try:
        return Trader(standing=(await department.stands(person)).standing)
    except NoRecord:
        return Trader(standing="other")


@step(title=words("核查经营场所", en="Check the premises"), days=1)
async def premises(person: Person, form: Form, department: Housing, visit: Visit) -> Premises:
    """A home or a running rent on file at the address that was given."""
    found = await department.property_of(person.name, person.number.value, visit.region)
    today = datetime.now(SHANGHAI).date()
    places = [one.place for one in found.homes]
    places += [one.place for one in found.rents if one.runs_on(today)]
    known = [one for one in places if same_place(form.place, one)]
    return Premises(known=len(known), holds=("place-proof",) if known else ())


@step(title=words("登记发照", en="Register"), after=("name",), days=1)
async def register(
    person: Person, form: Form, department: MarketRegulation, visit: Visit
) -> Registered:
    """Once for the application: the registry knows the key."""
    done = await department.register(
        person,
        key=visit.key,
        name=form.name,
        trade=TRADES[form.trade],
        place=form.place,
        region=visit.region,
    )
    return Registered(code=done.code, name=done.name, day=done.day)


@rule(
    "refuse",
    words(
        "您未满十八周岁，暂时不能登记。",
        en="You are under eighteen and cannot register yet.",
    ),
    source=SOLE_TRADERS,
)
def under_age(case: Case) -> Facts | None:
    return {} if case.trader.standing == "minor" else None


@rule(
    "refuse",
    words(
        "您目前受到经营限制，不能登记。可拨打 12345 了解原因和恢复办法。",
        en="You are barred from running a business at present. Call 12345 to learn why.",
    ),
    source=WHO_MAY,
)
def barred(case: Case) -> Facts | None:
    return {} if case.trader.standing == "barred" else None


@rule(
    "staff",
    words(
        "您的情况需要人工核对，工作人员将为您办理，您不用做什么。",
        en="A member of staff must look at your case. You need do nothing.",
    ),
    source=ON_THE_SPOT,
)
def unusual(case: Case) -> Facts | None:
    return {} if "other" in (case.trader.standing, case.name.verdict) else None


@rule(
    "supplement",
    words(
        "“{name}”含有不得使用的字词，请换一个字号。",
        en="The name {name} holds words that nobody may use. Please choose another.",
    ),
    source=NAME_FORBIDDEN,
    wanted=("name",),
)
def name_forbidden(case: Case) -> Facts | None:
    return {"name": case.form.name} if case.name.verdict == "forbidden" else None


@rule(
    "supplement",
    words(
        "“{name}”与已登记的“{alike}”相同或相近，请换一个字号。",
        en="{name} is the same as or close to {alike}. Please choose another name.",
    ),
    source=NAME_TAKEN,
    wanted=("name",),
)
def name_taken(case: Case) -> Facts | None:
    if case.name.verdict != "taken":
        return None
    return {"name": case.form.name, "alike": case.name.alike or case.name.whole}


@rule(
    "supplement",
    words(
        "没有查到您在该地址的房产或备案租约，请上传经营场所使用证明，如租赁合同。",
        en="No home or rent of yours is on file at this address. Please upload a proof that "
        "you may use it, such as a rent contract.",
    ),
    source=PREMISES,
    wanted=("place-proof",),
)
def place_unproven(case: Case) -> Facts | None:
    return None if case.premises.known or "place-proof" in case.held else {}


@rule(
    "approve",
    words(
        "准予登记：{whole}。开业前还要办理食品经营许可。",
        en="Registered: {whole}. Before you open you also need a food business permit.",
    ),
    source=FOOD_LAW,
)
def food_permit_next(case: Case) -> Facts | None:
    return {"whole": case.name.whole} if case.form.trade == "restaurant" else None


@rule(
    "approve",
    words("准予登记：{whole}。", en="Registered: {whole}."),
    source=ON_THE_SPOT,
)
def registrable(case: Case) -> Facts | None:
    return {"whole": case.name.whole}


RULES = (
    under_age, barred, unusual, name_forbidden, name_taken, place_unproven, food_permit_next,
    registrable,
)  # fmt: skip


@application(
    id="sole-trader-registration",
    title=words("个体工商户设立登记", en="Sole trader registration"),
    summary=words(
        "全程网办，自动核名，通过后发统一社会信用代码",
        en="Wholly online: the name is checked and the credit code given at once",
    ),
    group=WORK,
    icon="building-store",
    purpose="application",
    item=Item(
        serial="2073100010001",
        type=ItemType.LICENCE,
        promised_days=1,
        statutory_days=3,
        legal_basis=(ON_THE_SPOT, SOLE_TRADERS),
        range="province",
        visits=0,
        materials=MATERIALS,
    ),
    department=MarketRegulation,
    steps=(name, trader, premises),
    carries_out=(register,),
    reasons=reasons_of(*RULES),
    keywords=("营业执照", "个体户", "开店", "注册", "创业", "gtgsh", "business licence", "shop"),
    rank=10,
)
def sole_trader(form: Form, findings: Findings, held: Held) -> Decision:
    """What stands in the way first; otherwise it is registered."""
    name, trader, premises = (findings.get(one) for one in ("name", "trader", "premises"))
    if name is None or trader is None or premises is None:
        return silent()
    decided = first(RULES, Case(form, name, trader, premises, held))
    assert decided is not None  # the last rule always applies
    return decided
