"""The social insurance card, as its holder may show it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from identity.person import Person
from services.departments.social_insurance.department import SocialInsurance
from services.licences.declaration import Held, Standing, licence
from services.licences.shelf import on_shelf
from services.schema import shown, words

_STANDING: dict[str, Standing] = {"valid": "valid", "cancelled": "ended"}


class Facts(BaseModel):
    """As they are printed on the card."""

    name: Annotated[str, shown("姓名", en="Name")]
    id_number: Annotated[
        str, shown("社会保障号码", en="Social security number", sensitivity="high")
    ]
    card: Annotated[str, shown("卡号", en="Card number")]
    bank: Annotated[str, shown("服务银行", en="Bank")]
    issued: Annotated[date, shown("发卡日期", en="Issued on", show="date")]
    until: Annotated[date, shown("有效期至", en="Valid until", show="date")]


@licence(
    id="social-insurance-card",
    title=words("社会保障卡", en="Social insurance card"),
    icon="credit-card",
    code="001",
    usual=("name", "card"),
    portrait=True,
)
async def social_insurance_card(person: Person, department: SocialInsurance) -> Held[Facts]:
    """A card that was reported lost stands still."""
    found = await department.card(person)
    facts = Facts(
        name=person.name,
        id_number=person.number.value,
        card=found.number,
        bank=found.bank,
        issued=found.issued,
        until=found.until,
    )
    return Held(found.number, facts, found.until, _STANDING.get(found.state, "suspended"))


shelf = on_shelf(
    social_insurance_card,
    title=words("电子社保卡", en="Electronic social insurance card"),
    serial="2071400010001",
    rank=20,
    keywords=("社保卡", "社会保障卡", "sbk"),
)
