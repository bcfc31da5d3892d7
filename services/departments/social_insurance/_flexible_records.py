"""What the bureau answers about the flexibly employed, in its field codes."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from services.departments.social_insurance._codes import Compact, day
from services.money import Fen
from services.schema import Month

Months = list[Annotated[Month, Compact]]


class Owed(BaseModel):
    """Since when somebody is registered, and the months that they have not paid, oldest first."""

    since: Annotated[date, BeforeValidator(day)] = Field(alias="AAE030")
    months: Months = Field(alias="WJYF")


class Entered(BaseModel):
    """What the bureau did: the voucher's number, and what it says."""

    voucher: str = Field(alias="PZH", min_length=1, max_length=40)
    months: Months = Field(alias="AAE003", min_length=1)
    base: Fen = Field(alias="AAE180")
    paid: Fen = Field(alias="AAE022")
    on: Annotated[date, BeforeValidator(day)] = Field(alias="AAE036")
