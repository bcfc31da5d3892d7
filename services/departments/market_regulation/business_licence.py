"""The business licence of a sole trader, as its operator may show it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.market_regulation.department import MarketRegulation
from services.errors import NoRecord
from services.licences.declaration import Held, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words


class Facts(BaseModel):
    """As they are printed on it."""

    name: Annotated[str, shown("名称", en="Name of the business")]
    code: Annotated[str, shown("统一社会信用代码", en="Unified social credit code")]
    kind: Annotated[str, shown("类型", en="Type")] = "个体工商户"
    operator: Annotated[str, shown("经营者", en="Operator")]
    registered: Annotated[date, shown("注册日期", en="Registered on", show="date")]


@licence(
    id="business-licence",
    title=words("营业执照", en="Business licence"),
    icon="building-store",
    code="001",
    usual=("name", "code", "operator"),
)
async def business_licence(person: Person, department: MarketRegulation) -> Held[Facts]:
    """Of the business that was registered last. Raises NoRecord for whoever has none."""
    found = (await department.businesses(person)).rows
    if not found:
        raise NoRecord("no business is registered")
    last = found[-1]
    facts = Facts(name=last.name, code=last.code, operator=person.name, registered=last.day)
    return Held(last.code, facts)


shelf = on_shelf(
    business_licence,
    title=words("电子营业执照", en="Electronic business licence"),
    serial="2073100020001",
    rank=60,
    keywords=("营业执照", "yyzz", "个体户"),
)
