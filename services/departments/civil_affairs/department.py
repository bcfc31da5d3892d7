"""The civil affairs bureau: marriages on record, and divorces that were asked for.

Codes of marital status after GB/T 2261.2, field names after the ministry's marriage register, from
memory. They end here: services read the names beside them.
"""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.hours import SHANGHAI
from services.items.standard import Law
from services.schema import words

MARRIAGE_REGULATIONS = Law(
    words("婚姻登记条例", en="Regulations on Marriage Registration"),
    words("第二十一条", en="Article 21"),
)
"""Registries keep the files and answer the parties about them (memory of the text of 2025)."""
_GOOD, _UNKNOWN, _NAME_DIFFERS, _CLOSED = "OK", "MZ-404", "MZ-409", "MZ-503"

Status = Literal["single", "married", "widowed", "divorced", "other"]
_STATUS = {"1": "single", "2": "married", "3": "widowed", "4": "divorced"}


def _status(code: Any) -> str:
    """GB/T 2261.2: the first of two digits is the kind (22 is married again)."""
    return _STATUS.get(code[:1], "other") if isinstance(code, str) else "other"


class Marriage(BaseModel):
    """The newest entry about a person. Of the spouse only what other offices must ask by."""

    status: Annotated[Status, BeforeValidator(_status)] = Field(alias="HYZK")
    registered: date | None = Field(None, alias="DJRQ")
    registry: str = Field("", alias="DJJG")
    certificate: str = Field("", alias="HYZH")
    spouse_name: str = Field("", alias="POXM", repr=False)
    spouse_number: str = Field("", alias="POSFZH", repr=False)

    @model_validator(mode="after")
    def _somebody_is_married_to_somebody(self) -> "Marriage":
        if self.status == "married" and not (self.spouse_name and self.spouse_number):
            raise ValueError("married to nobody")
        return self


class Divorce(BaseModel):
    """An application for divorce by agreement: when the registry received it."""

    received: date = Field(alias="SLRQ")
    registry: str = Field("", alias="SLJG")


class CivilAffairsSettings(OfficeSettings):
    """CIVIL_AFFAIRS_URL, CIVIL_AFFAIRS_KEY, CIVIL_AFFAIRS_HOURS."""

    model_config = SettingsConfigDict(env_prefix="CIVIL_AFFAIRS_")


class CivilAffairs(Department):
    """What services may ask the bureau."""

    title = words("民政局", en="Civil Affairs Bureau")
    credit_code = "11440000007001057L"
    settings_class = CivilAffairsSettings

    async def marriage(self, person: Person) -> Marriage:
        """The person's newest entry. Raises NoRecord and the problems of ``call``."""
        question = {"number": person.number.value, "name": person.name}
        return await self.call("marriage", "/marriage", question, Marriage)

    async def divorce(self, person: Person) -> Divorce:
        """The newest application for divorce. Raises NoRecord and the problems of ``call``."""
        question = {"number": person.number.value, "name": person.name}
        return await self.call("divorce", "/divorce", question, Divorce)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        claims = {
            "app": self.app,
            "ts": signed.timestamp,
            "nonce": signed.nonce,
            "sign": signed.mac.hex(),
        }
        return {"X-MZ-Token": base64.b64encode(json.dumps(claims).encode()).decode()}

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, data = envelope.get("errCode"), envelope.get("data")
        if code == _GOOD and isinstance(data, dict):
            return data
        if code in (_UNKNOWN, _NAME_DIFFERS):
            raise NoRecord(f"errCode {code}")
        if code == _CLOSED:
            raise reopening(_moment(envelope.get("openTime")))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no errCode or no data")
        raise DepartmentFailed(f"errCode {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        return _moment(envelope.get("updateTime"))


def _moment(millis: Any) -> datetime:
    """The bureau writes milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(millis / 1000, SHANGHAI)
    except (TypeError, ValueError, OverflowError, OSError):
        raise DepartmentNonsense("a time nobody can read") from None
