"""Divorce by agreement: until when it may be withdrawn, and when the certificate is collected."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.clocks import today
from services.departments.civil_affairs._divorce_terms import COOLING, Phase, terms
from services.departments.civil_affairs.department import CivilAffairs
from services.groups import FAMILY
from services.items.standard import query
from services.schema import shown, words
from services.service import service

PHASES = {
    "withdraw": words("可以撤回", en="It may be withdrawn"),
    "collect": words("可以领证", en="The certificate may be collected"),
    "over": words("已过期，视为撤回", en="Over: it counts as withdrawn"),
}
_NEXT = {
    "withdraw": words(
        "任何一方不愿意离婚的，可以持身份证和回执单到受理的登记处撤回，对方不用到场。",
        en="Either of you may withdraw it at the registry that received it, with ID card and "
        "receipt; the other need not come.",
    ),
    "collect": words(
        "双方须一起到受理的登记处领取离婚证；期满没有领取的，视为撤回申请。",
        en="Both of you collect the certificate together at the registry that received it; not "
        "collected in time it counts as withdrawn.",
    ),
    "over": words(
        "仍要离婚的，双方须一起到登记处重新申请，三十日重新计算。",
        en="If you still want the divorce, apply anew together; the thirty days begin again.",
    ),
}


class Question(BaseModel):
    """Nothing to ask: the application on file is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """Last days are still in time. ``advice``: what to do now."""

    phase: Annotated[Phase, shown("现在", en="Now", show="state", headline=True, labels=PHASES)]
    received: Annotated[date, shown("登记处收到申请", en="Received by the registry", show="date")]
    withdraw_until: Annotated[date, shown("可撤回至", en="May be withdrawn until", show="date")]
    collect_from: Annotated[date, shown("领证开始", en="Collect from", show="date")]
    collect_until: Annotated[date, shown("领证截止", en="Collect until", show="date")]
    registry: Annotated[str, shown("受理机关", en="Registry", show="text")]
    advice: Annotated[Phase, shown("下一步", en="What to do", show="state", labels=_NEXT)]


@service(
    id="divorce-terms",
    title=words("离婚登记期限", en="Divorce: the thirty days"),
    summary=words("离婚冷静期到哪天、哪天可以领证", en="Until when to withdraw, when to collect"),
    group=FAMILY,
    icon="calendar-time",
    purpose="own-record",
    item=query("2071100003001", COOLING),
    level=4,
    max_age=900,
    channels=("mobile", "kiosk"),
    keywords=("离婚", "离婚冷静期", "离婚证", "cooling-off", "divorce certificate"),
)
async def divorce_terms(person: Person, question: Question, department: CivilAffairs) -> Answer:
    """The newest application for divorce that the registry has, and its two times."""
    found = await department.divorce(person)
    times = terms(found.received)
    phase = times.phase(today())
    return Answer(
        phase=phase,
        received=found.received,
        withdraw_until=times.withdraw_until,
        collect_from=times.collect_from,
        collect_until=times.collect_until,
        registry=found.registry,
        advice=phase,
    )
