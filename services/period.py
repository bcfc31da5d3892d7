"""A question about a stretch of months, which many services ask in the same way."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.hours import SHANGHAI
from services.schema import Month, shown, words

MOST_MONTHS = 120
USUAL_MONTHS = 12
_FIRST = words("不填则从结束月份往前一年", en="Left empty: the year up to the last month")
_LAST = words("不填则到本月", en="Left empty: up to this month")


class Period(BaseModel):
    """Months from ``from`` to ``to``, both included; empty ones make the last twelve months.

    At most ten years at a time, none of them in the future.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    since: Annotated[
        Month | None, shown("起始月份", en="From month", show="month", description=_FIRST)
    ] = Field(None, alias="from")
    until: Annotated[
        Month | None, shown("结束月份", en="To month", show="month", description=_LAST)
    ] = Field(None, alias="to")

    @property
    def last(self) -> str:
        return self.until or this_month()

    @property
    def first(self) -> str:
        return self.since or _moved(self.last, 1 - USUAL_MONTHS)

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if max(self.last, self.first) > this_month():
            late = "to" if self.last > this_month() else "from"
            raise PydanticCustomError("period_future", "in the future", {"field": late})
        if self.first > self.last:
            raise PydanticCustomError("period_order", "ends before it begins", {"field": "from"})
        if _count(self.last) - _count(self.first) >= MOST_MONTHS:
            raise PydanticCustomError(
                "period_long", "too long", {"field": "from", "years": MOST_MONTHS // 12}
            )
        return self


def this_month() -> str:
    return f"{datetime.now(SHANGHAI):%Y-%m}"


def _count(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _moved(month: str, by: int) -> str:
    year, place = divmod(_count(month) + by, 12)
    return f"{date(year, place + 1, 1):%Y-%m}"
