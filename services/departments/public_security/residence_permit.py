"""The residence permit, as its holder may show it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.public_security.department import PublicSecurity
from services.licences.declaration import Held, Standing, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words

_STANDING: dict[str, Standing] = {"valid": "valid", "cancelled": "ended"}


class Facts(BaseModel):
    """As they are printed on the permit."""

    name: Annotated[str, shown("姓名", en="Name")]
    id_number: Annotated[str, shown("证件号码", en="Document number", sensitivity="high")]
    permit: Annotated[str, shown("居住证号", en="Permit number")]
    place: Annotated[str, shown("居住地址", en="Lives at")]
    issued: Annotated[date, shown("签发日期", en="Issued on", show="date")]
    until: Annotated[date, shown("签注有效期至", en="Endorsed until", show="date")]


@licence(
    id="residence-permit",
    title=words("居住证", en="Residence permit"),
    icon="home",
    code="002",
    usual=("name", "permit", "until"),
    portrait=True,
)
async def residence_permit(person: Person, department: PublicSecurity) -> Held[Facts]:
    """A permit whose endorsement ran out stands still until it is endorsed again (居住证暂行条例
    art. 10): it has run out by its last day.
    """
    found = await department.permit(person)
    facts = Facts(
        name=person.name,
        id_number=person.number.value,
        permit=found.number,
        place=found.place,
        issued=found.issued,
        until=found.until,
    )
    return Held(found.number, facts, found.until, _STANDING.get(found.state, "suspended"))


shelf = on_shelf(
    residence_permit,
    title=words("电子居住证", en="Electronic residence permit"),
    serial="2070900021001",
    rank=50,
    keywords=("居住证", "jzz"),
)
