"""Transport: traffic violations of a period, and what is still to be settled."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel

from identity.person import Person
from services.departments.transport.department import TRAFFIC_LAW, Transport
from services.groups import TRAFFIC
from services.hours import SHANGHAI
from services.items.standard import query
from services.papers.errors import PaperNotGiven
from services.papers.sheet import Sheet
from services.period import Period
from services.schema import shown, words
from services.service import service

STATES = {
    "open": words("未处理", en="Not settled"),
    "handled": words("已处理", en="Settled"),
}


class Row(BaseModel):
    """One violation."""

    day: Annotated[date, shown("日期", en="Date", show="date")]
    place: Annotated[str, shown("地点", en="Place", show="text")]
    what: Annotated[str, shown("违法行为", en="Violation", show="text")]
    fine: Annotated[int, shown("罚款", en="Fine", show="money")]
    points: Annotated[int, shown("记分", en="Points", show="number")]
    state: Annotated[
        Literal["open", "handled"], shown("状态", en="State", show="state", labels=STATES)
    ]


class Answer(BaseModel):
    """Newest first."""

    owed: Annotated[int, shown("待缴罚款", en="Fines to pay", show="money", headline=True)]
    open: Annotated[int, shown("未处理次数", en="Not settled", show="number")]
    violations: Annotated[list[Row], shown("违法记录", en="Violations", show="table")]


def certificate(answer: Answer, question: Period) -> Sheet:
    """无违法记录证明. Raises PaperNotGiven where there is any, settled or not."""
    if answer.violations:
        raise PaperNotGiven()
    lines = (
        ("证明期间", f"{question.first} 至 {question.last}"),
        ("证明事项", "上述期间没有查到本人的道路交通安全违法记录。"),
    )
    return Sheet("道路交通安全无违法记录证明", lines)


@service(
    id="traffic-violations",
    title=words("交通违法查询", en="Traffic violations"),
    summary=words(
        "违法时间、地点、罚款和处理情况", en="When, where, the fine, and what is settled"
    ),
    group=TRAFFIC,
    icon="traffic-cone",
    purpose="own-record",
    item=query("2071800002001", TRAFFIC_LAW),
    paper=certificate,
    keywords=("违章", "罚单", "违停", "超速", "无违法证明", "jtwz", "fines", "parking ticket"),
)
async def violations(person: Person, question: Period, department: Transport) -> Answer:
    """The resident's violations, settled and not."""
    found = await department.violations(person, question.first, question.last)
    rows = [
        Row(
            day=one.at.astimezone(SHANGHAI).date(),
            place=one.place,
            what=one.what,
            fine=one.fine,
            points=one.points,
            state="handled" if one.handled else "open",
        )
        for one in found.rows[::-1]
    ]
    still = [row for row in rows if row.state == "open"]
    return Answer(owed=sum(row.fine for row in still), open=len(still), violations=rows)
