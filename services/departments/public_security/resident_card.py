"""The resident identity card, as its holder may show it (ID-like: no card that a reader takes)."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.public_security.department import PublicSecurity
from services.licences.declaration import Held, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words

_SEXES = {"male": "男", "female": "女"}


class Facts(BaseModel):
    """As they are printed on the card."""

    name: Annotated[str, shown("姓名", en="Name")]
    sex: Annotated[str, shown("性别", en="Sex")]
    nation: Annotated[str, shown("民族", en="Ethnicity")]
    born: Annotated[date, shown("出生", en="Born", show="date")]
    address: Annotated[str, shown("住址", en="Address")]
    id_number: Annotated[str, shown("公民身份号码", en="Citizen number", sensitivity="high")]
    authority: Annotated[str, shown("签发机关", en="Issued by")]
    issued: Annotated[date, shown("签发日期", en="Issued on", show="date")]
    until: Annotated[date | None, shown("有效期至", en="Valid until", show="date")] = None


@licence(
    id="resident-card",
    title=words("居民身份凭证", en="Resident identity credential"),
    icon="id",
    code="001",
    usual=("name", "id_number"),
    portrait=True,
    sensitive=True,
)
async def resident_card(person: Person, department: PublicSecurity) -> Held[Facts]:
    """The card in force. Raises NoRecord for other documents than the card."""
    found = await department.card(person)
    facts = Facts(
        name=found.name,
        sex=_SEXES[found.sex],
        nation=found.nation,
        born=found.born,
        address=found.address,
        id_number=person.number.value,
        authority=found.authority,
        issued=found.issued,
        until=found.until,
    )
    return Held(found.serial, facts, found.until)


shelf = on_shelf(
    resident_card,
    title=words("居民身份凭证", en="Resident identity credential"),
    serial="2070900020001",
    rank=30,
    keywords=("身份证", "sfz", "ID card"),
)
