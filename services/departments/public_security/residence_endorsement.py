"""Residence-permit endorsement: the permit is looked up, then the home, then staff decide.

The rules only advise the member of staff. Once approved the police endorse, once, and the card is
fetched at the police station.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.applications.declaration import Decision, Findings, Held, Visit, application, step
from services.applications.reasons import Facts, first, reasons_of, rule, silent
from services.departments.housing.department import Housing
from services.departments.public_security.department import PublicSecurity, State
from services.errors import NoRecord
from services.groups import Group
from services.hours import SHANGHAI
from services.items.standard import Item, ItemType, Law, Wanted
from services.schema import shown, words

RESIDENCE = Group("residence", words("户籍居住", en="Residence"), rank=45)
_REGULATIONS = words("居住证暂行条例", en="Interim Regulations on Residence Permits")
HOLDING = Law(_REGULATIONS, words("第二条", en="Article 2"))
PROOF = Law(_REGULATIONS, words("第九条", en="Article 9"))
EVERY_YEAR = Law(_REGULATIONS, words("第十条", en="Article 10"))
"""State Council Order No. 663, 2015: every year, within the month before the year is full."""

Stay = Literal["own", "rent", "work", "study"]
_STAYS = {
    "own": words("自有住房", en="In a home of my own"),
    "rent": words("租房", en="In a rented home"),
    "work": words("单位宿舍", en="With my employer"),
    "study": words("学校宿舍", en="At my school"),
}
_STATES = {
    "valid": words("有效", en="Valid"),
    "suspended": words("使用功能中止", en="Suspended"),
    "cancelled": words("已注销", en="Cancelled"),
    "other": words("其他", en="Other"),
    "none": words("没有居住证", en="No permit"),
}


class Form(BaseModel):
    """How the resident lives now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stay: Annotated[Stay, shown("现在的居住方式", en="How you live", show="state", labels=_STAYS)]


class Permit(BaseModel):
    """Without a permit only the day is filled. ``number`` is for the police alone."""

    day: date
    number: str = ""
    state: Annotated[
        State | Literal["none"], shown("居住证状态", en="State", show="state", labels=_STATES)
    ] = "none"
    place: Annotated[str | None, shown("居住地址", en="Address", show="text")] = None
    until: Annotated[date | None, shown("签注有效期至", en="Endorsed until", show="date")] = None


class Residence(BaseModel):
    """What the register knows of a home in the city."""

    owned: Annotated[int, shown("名下住房套数", en="Homes owned", show="number")] = 0
    rented: Annotated[int, shown("备案租赁合同", en="Rent contracts on file", show="number")] = 0
    holds: tuple[str, ...] = ()


class Endorsed(BaseModel):
    """What the police wrote down."""

    number: Annotated[str, shown("签注流水号", en="Number of the endorsement", show="text")]
    until: Annotated[date, shown("签注有效期至", en="Endorsed until", show="date")]


@dataclass(frozen=True)
class Case:
    """Everything the rules look at."""

    form: Form
    permit: Permit
    residence: Residence
    held: Held


@step(title=words("核验居住证", en="Check the permit"), days=2)
async def permit(person: Person, form: Form, department: PublicSecurity, visit: Visit) -> Permit:
    """The permit and its newest endorsement."""
    today = datetime.now(SHANGHAI).date()
    try:
        found = await department.permit(person)
    except NoRecord:
        return Permit(day=today)
    return Permit(
        day=today,
        number=found.number,
        state=found.state,
        place=found.place,
        until=found.until,
    )


@step(title=words("核查居住情况", en="Look up the home"), after=("permit",), days=1)
async def residence(person: Person, form: Form, department: Housing, visit: Visit) -> Residence:
    """A home or a rent contract on file; nothing is asked without a permit."""
    if visit.findings["permit"].state == "none":
        return Residence()
    city = f"{visit.region[:4]}00" if visit.region else ""
    found = await department.property_of(person.name, person.number.value, city)
    today = datetime.now(SHANGHAI).date()
    rented = [one for one in found.rents if one.runs_on(today)]
    proof = ("residence-proof",) if found.homes or rented else ()
    return Residence(owned=len(found.homes), rented=len(rented), holds=proof)


@step(title=words("签注", en="Endorse"), after=("permit",), days=1)
async def endorse(person: Person, form: Form, department: PublicSecurity, visit: Visit) -> Endorsed:
    """Once for the application: the police know the key."""
    held: Permit = visit.findings["permit"]
    done = await department.endorse(person, key=visit.key, permit=held.number)
    return Endorsed(number=done.number, until=done.until)


@rule(
    "refuse",
    words(
        "没有查到您的居住证，请先到居住地派出所申领居住证。",
        en="You have no residence permit on record. Apply for one at the police station first.",
    ),
    source=HOLDING,
)
def no_permit(case: Case) -> Facts | None:
    return {} if case.permit.state == "none" or case.permit.until is None else None


@rule(
    "refuse",
    words(
        "您的居住证已注销，不能签注，请重新申领。",
        en="Your permit is cancelled and cannot be endorsed. Apply for a new one.",
    ),
    source=HOLDING,
)
def permit_cancelled(case: Case) -> Facts | None:
    return {} if case.permit.state == "cancelled" else None


@rule(
    "staff",
    words(
        "您的居住证状态需要人工核对，工作人员将为您办理，您不用做什么。",
        en="A member of staff must look at your permit's state. You need do nothing.",
    ),
    source=HOLDING,
)
def permit_unusual(case: Case) -> Facts | None:
    return {} if case.permit.state == "other" else None


@rule(
    "refuse",
    words(
        "您的签注到 {until_on} 才到期，{from_on} 起可以办理，现在不用办。",
        en="Your endorsement holds until {until_on}. Apply from {from_on}; nothing is due now.",
    ),
    source=EVERY_YEAR,
)
def too_early(case: Case) -> Facts | None:
    until = case.permit.until
    if until is None or case.permit.day >= (opens := a_month_before(until)):
        return None
    return {"until_on": until.isoformat(), "from_on": opens.isoformat()}


@rule(
    "supplement",
    words(
        "没有查到您登记的住房或备案的租约，请上传房产证明、租赁合同或者单位、学校出具的住宿证明。",
        en="No home or rent contract of yours is on file. Please upload a deed, a rent contract, "
        "or a letter from your employer or school.",
    ),
    source=PROOF,
    wanted=("residence-proof",),
)
def proof_missing(case: Case) -> Facts | None:
    lives = case.residence.owned or case.residence.rented
    return None if lives or "residence-proof" in case.held else {}


@rule(
    "approve",
    words(
        "您的签注已在 {until_on} 过期，补办后恢复使用，居住年限从补办之日起连续计算。",
        en="Your endorsement ended on {until_on}. The permit works again once it is endorsed; "
        "years of residence count from that day.",
    ),
    source=EVERY_YEAR,
)
def lapsed(case: Case) -> Facts | None:
    until = case.permit.until
    return {"until_on": until.isoformat()} if until and until < case.permit.day else None


@rule(
    "approve",
    words(
        "符合签注条件，签注后有效期再延长一年。",
        en="All conditions are met: the permit is endorsed for another year.",
    ),
    source=EVERY_YEAR,
)
def in_time(case: Case) -> Facts | None:
    return {}


RULES = (
    no_permit, permit_cancelled, permit_unusual, too_early, proof_missing, lapsed, in_time,
)  # fmt: skip


@application(
    id="residence-endorsement",
    title=words("居住证签注", en="Residence permit endorsement"),
    summary=words(
        "居住证每年签注一次，网上申请，到派出所领取",
        en="Every year: apply online, fetch the card at the police station",
    ),
    group=RESIDENCE,
    icon="id-badge",
    purpose="application",
    item=Item(
        serial="2070900010001",
        type=ItemType.CONFIRMATION,
        promised_days=5,
        statutory_days=15,
        legal_basis=(EVERY_YEAR, PROOF),
        range="city",
        visits=1,
        place=words("居住地派出所", en="The police station where you live"),
        materials=(
            Wanted(
                "residence-proof",
                words("居住证明", en="Proof of residence"),
                ("department", "earlier", "upload"),
                required=False,
            ),
        ),
    ),
    department=PublicSecurity,
    steps=(permit, residence),
    carries_out=(endorse,),
    reasons=reasons_of(*RULES),
    window=True,
    collected=True,
    keywords=("居住证", "暂住证", "签注", "续签", "jzz", "residence permit", "renewal"),
    rank=10,
)
def endorsement(form: Form, findings: Findings, held: Held) -> Decision:
    """What the member of staff is advised."""
    permit, residence = findings.get("permit"), findings.get("residence")
    if permit is None or residence is None:
        return silent()
    decided = first(RULES, Case(form, permit, residence, held))
    assert decided is not None  # the last rule always applies
    return decided


def a_month_before(day: date) -> date:
    """From this day the endorsement may be asked for."""
    year, month = (day.year - 1, 12) if day.month == 1 else (day.year, day.month - 1)
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))
