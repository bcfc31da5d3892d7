"""The driving licence, as its holder may show it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.transport.department import Transport
from services.licences.declaration import Held, Standing, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words

_STANDING: dict[str, Standing] = {
    "valid": "valid",
    "suspended": "suspended",
    "expired": "ended",
    "revoked": "ended",
}


class Facts(BaseModel):
    """As they are printed on the licence."""

    name: Annotated[str, shown("姓名", en="Name")]
    id_number: Annotated[str, shown("证号", en="Licence number", sensitivity="high")]
    classes: Annotated[str, shown("准驾车型", en="Vehicle classes")]
    first: Annotated[date, shown("初次领证日期", en="First licence on", show="date")]
    until: Annotated[date, shown("有效期至", en="Valid until", show="date")]
    file: Annotated[str, shown("档案编号", en="File number")]


@licence(
    id="driving-licence",
    title=words("机动车驾驶证", en="Driving licence"),
    icon="steering-wheel",
    code="001",
    usual=("name", "classes", "until"),
    portrait=True,
)
async def driving_licence(person: Person, department: Transport) -> Held[Facts]:
    """With twelve points it stands still (道路交通安全法 art. 24)."""
    found = await department.licence(person)
    facts = Facts(
        name=person.name,
        id_number=person.number.value,
        classes=found.classes,
        first=found.first,
        until=found.until,
        file=found.file,
    )
    return Held(found.file, facts, found.until, _STANDING.get(found.state, "suspended"))


shelf = on_shelf(
    driving_licence,
    title=words("电子驾驶证", en="Electronic driving licence"),
    serial="2071800010001",
    rank=10,
    keywords=("驾照", "驾驶证", "jsz", "driver"),
)
