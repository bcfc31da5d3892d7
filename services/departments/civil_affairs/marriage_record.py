"""Civil affairs: what the marriage register says about a resident."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.civil_affairs.department import (
    MARRIAGE_REGULATIONS,
    CivilAffairs,
    Status,
)
from services.groups import FAMILY
from services.items.standard import query
from services.schema import shown, words
from services.service import service

STATUS = {
    "single": words("未登记结婚", en="No marriage registered"),
    "married": words("已婚", en="Married"),
    "widowed": words("丧偶", en="Widowed"),
    "divorced": words("离婚", en="Divorced"),
    "other": words("其他", en="Other"),
}


class Question(BaseModel):
    """Nothing to ask: the record is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """The newest entry. The spouse's number stays at the bureau."""

    status: Annotated[
        Status, shown("婚姻状况", en="Marital status", show="state", headline=True, labels=STATUS)
    ]
    registered: Annotated[date | None, shown("登记日期", en="Registered on", show="date")]
    registry: Annotated[str | None, shown("登记机关", en="Registry", show="text")]
    certificate: Annotated[str | None, shown("婚姻证字号", en="Certificate number", show="text")]
    spouse: Annotated[str | None, shown("配偶姓名", en="Spouse", show="text")]


@service(
    id="marriage-record",
    title=words("婚姻登记记录", en="Marriage record"),
    summary=words(
        "婚姻状况、登记日期、登记机关和证件字号", en="Status, date, registry and certificate"
    ),
    group=FAMILY,
    icon="heart",
    purpose="own-record",
    item=query("2071100001001", MARRIAGE_REGULATIONS),
    level=4,
    max_age=900,
    channels=("mobile", "kiosk"),
    keywords=("结婚证", "离婚", "单身证明", "无婚姻登记记录", "marriage certificate", "divorce"),
)
async def marriage_record(person: Person, question: Question, department: CivilAffairs) -> Answer:
    """The resident's newest entry in the register."""
    found = await department.marriage(person)
    return Answer(
        status=found.status,
        registered=found.registered,
        registry=found.registry or None,
        certificate=found.certificate or None,
        spouse=found.spouse_name or None,
    )
