"""Transport: the points on a driving licence, and until when it is good."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from identity.person import Person
from services.departments.transport.department import POINTS_MEASURES, State, Transport
from services.groups import TRAFFIC
from services.items.standard import query
from services.schema import shown, words
from services.service import service

ALL_POINTS = 12
STATES = {
    "valid": words("正常", en="Valid"),
    "suspended": words("停止使用（记满 12 分）", en="Suspended (12 points)"),
    "expired": words("逾期未换证", en="Expired"),
    "revoked": words("吊销", en="Revoked"),
    "other": words("其他", en="Other"),
}


class Question(BaseModel):
    """Nothing to ask: the licence is the resident's own."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """The licence as the police keep it."""

    points: Annotated[
        int, shown("本周期累计记分", en="Points in this cycle", show="number", headline=True)
    ]
    left: Annotated[int, shown("剩余分数", en="Points left", show="number")]
    state: Annotated[State, shown("驾驶证状态", en="State", show="state", labels=STATES)]
    cycle: Annotated[date, shown("记分周期开始", en="Cycle began on", show="date")]
    classes: Annotated[str, shown("准驾车型", en="Vehicle classes", show="text")]
    until: Annotated[date, shown("有效期至", en="Valid until", show="date")]
    first: Annotated[date, shown("初次领证日期", en="First licence on", show="date")]
    file: Annotated[str, shown("档案编号", en="File number", show="text")]


@service(
    id="licence-points",
    title=words("驾驶证记分", en="Driving licence points"),
    summary=words("累计记分、剩余分数和驾驶证有效期", en="Points, points left, and validity"),
    group=TRAFFIC,
    icon="steering-wheel",
    purpose="own-record",
    item=query("2071800001001", POINTS_MEASURES),
    rank=10,
    keywords=("驾照", "扣分", "记分查询", "驾驶证", "jsz", "driver", "driving"),
)
async def licence_points(person: Person, question: Question, department: Transport) -> Answer:
    """The resident's licence."""
    found = await department.licence(person)
    return Answer(
        points=found.points,
        left=max(0, ALL_POINTS - found.points),
        state=found.state,
        cycle=found.cycle,
        classes=found.classes,
        until=found.until,
        first=found.first,
        file=found.file,
    )
