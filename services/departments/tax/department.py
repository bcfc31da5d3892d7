"""The tax department: its paths, signature, envelope and code table.

Field names after the tax system's own abbreviations of pinyin, from memory. They end here:
services read the names beside them.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.departments.tax import _message
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.items.standard import Law
from services.money import Fen
from services.schema import Month, words

TAX_LAW = Law(
    words("中华人民共和国个人所得税法", en="Individual Income Tax Law"),
    words("第十条", en="Article 10"),
)
"""Who withholds tells the taxpayer what was withheld (memory of the text of 2018)."""
_GOOD, _UNKNOWN, _NAME_DIFFERS, _CLOSED = "00", "11", "12", "98"
_MOMENT = "%Y%m%d%H%M%S"

Income = Literal["wages", "labour", "author", "royalty", "other"]
_INCOMES = {"0101": "wages", "0400": "labour", "0500": "author", "0600": "royalty"}


def _month(code: Any) -> Any:
    """``202611`` → ``2026-11``."""
    return f"{code[:4]}-{code[4:]}" if isinstance(code, str) and len(code) == 6 else code


class Declared(BaseModel):
    """One declaration of who paid, for one month; fen."""

    month: Annotated[Month, BeforeValidator(_month)] = Field(alias="SKSSQ")
    kind: Annotated[Income, BeforeValidator(lambda code: _INCOMES.get(code, "other"))] = Field(
        alias="SDXMDM"
    )
    payer: str = Field(alias="KJYWRMC", min_length=1)
    income: Fen = Field(alias="SRE")
    withheld: Fen = Field(alias="YKJSE")


class Year(BaseModel):
    """What was declared for a year, oldest first."""

    rows: list[Declared] = Field(alias="NSMX")


class TaxSettings(OfficeSettings):
    """TAX_URL, TAX_KEY, and its HOURS and LIMITS."""

    model_config = SettingsConfigDict(env_prefix="TAX_")


class Tax(Department):
    """What services may ask. Everything raises NoRecord and what ``call`` does."""

    title = words("税务局", en="Tax Department")
    credit_code = "11440000007001065F"
    settings_class = TaxSettings

    async def year(self, person: Person, year: int) -> Year:
        """What was declared for the person in a calendar year."""
        question = {"number": person.number.value, "name": person.name, "SSND": f"{year}"}
        return await self.call("year", "/year", question, Year)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        return _message.headers(self.access.key, self.app, method, path, body)

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        state = envelope.get("returnStateInfo")
        code = state.get("returnCode") if isinstance(state, dict) else None
        if code == _GOOD:
            return _content(envelope.get("content"))
        if code in (_UNKNOWN, _NAME_DIFFERS):
            raise NoRecord(f"returnCode {code}")
        if code == _CLOSED:
            raise reopening(moment(envelope.get("kfsj"), _MOMENT))
        if not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no returnCode")
        raise DepartmentFailed(f"returnCode {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """``sjgxsj``: ``20261120230000``."""
        return moment(envelope.get("sjgxsj"), _MOMENT)


def _content(encoded: Any) -> dict[str, Any]:
    """The answer: JSON in base64."""
    try:
        found = json.loads(base64.b64decode(encoded, validate=True))
    except (TypeError, ValueError, binascii.Error, RecursionError):
        raise DepartmentNonsense("the content is not JSON in base64") from None
    if not isinstance(found, dict):
        raise DepartmentNonsense("the content is not an object")
    return found
