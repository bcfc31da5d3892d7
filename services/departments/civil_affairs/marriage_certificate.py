"""The marriage certificate, as either of the two may show it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.civil_affairs.department import CivilAffairs
from services.errors import NoRecord
from services.licences.declaration import Held, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words


class Facts(BaseModel):
    """As they are printed on it; the spouse's number stays at the bureau."""

    name: Annotated[str, shown("持证人", en="Holder")]
    spouse: Annotated[str, shown("配偶姓名", en="Spouse")]
    registered: Annotated[date, shown("登记日期", en="Registered on", show="date")]
    registry: Annotated[str, shown("登记机关", en="Registry")]
    certificate: Annotated[str, shown("结婚证字号", en="Certificate number")]


@licence(
    id="marriage-certificate",
    title=words("结婚证", en="Marriage certificate"),
    icon="heart-handshake",
    code="001",
    usual=("name", "spouse", "registered"),
    sensitive=True,
)
async def marriage_certificate(person: Person, department: CivilAffairs) -> Held[Facts]:
    """Of a marriage that stands today. Raises NoRecord for whoever is not married."""
    found = await department.marriage(person)
    if found.status != "married" or found.registered is None:
        raise NoRecord("no marriage stands")
    facts = Facts(
        name=person.name,
        spouse=found.spouse_name,
        registered=found.registered,
        registry=found.registry,
        certificate=found.certificate,
    )
    return Held(found.certificate, facts)


shelf = on_shelf(
    marriage_certificate,
    title=words("电子结婚证", en="Electronic marriage certificate"),
    serial="2071100010001",
    rank=40,
    keywords=("结婚证", "jhz"),
)
