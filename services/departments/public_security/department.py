"""Public security: resident cards, residence permits and their yearly endorsement.

Field names after the population data standard (GA/T 2000), from memory. They end here: services
read the names beside them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord, OfficeRefused
from services.schema import words

_GOOD, _NO_PERMIT, _NAME_DIFFERS, _CANCELLED, _CLOSED = "00", "21", "22", "23", "91"
_DAY, _MOMENT = "%Y%m%d", "%Y%m%d%H%M%S"

State = Literal["valid", "suspended", "cancelled", "other"]
_STATES = {"1": "valid", "2": "suspended", "3": "cancelled"}


def _day(written: Any) -> Any:
    """``20261121`` → a date."""
    try:
        return datetime.strptime(written, _DAY).date()  # a day has no zone
    except (TypeError, ValueError):
        raise ValueError("a day must be written YYYYMMDD") from None


Day = Annotated[date, BeforeValidator(_day)]
Sex = Literal["female", "male"]
_SEXES = {"1": "male", "2": "female"}  # GB/T 2261.1


class Permit(BaseModel):
    """A residence permit; ``until``: the last day of its newest endorsement."""

    number: str = Field(alias="JZZBH", min_length=1)
    place: str = Field(alias="JZDZ", min_length=1)
    issued: Day = Field(alias="QFRQ")
    until: Day = Field(alias="QZYXQ")
    state: Annotated[State, BeforeValidator(lambda code: _STATES.get(code, "other"))] = Field(
        alias="JZZZT"
    )


class Card(BaseModel):
    """A resident identity card; ``until`` is absent on one that is good for life."""

    serial: str = Field(alias="ZJXLH", min_length=1)
    name: str = Field(alias="XM", min_length=1, repr=False)
    sex: Annotated[Sex, BeforeValidator(lambda code: _SEXES.get(code, code))] = Field(alias="XBDM")
    nation: str = Field(alias="MZMC", min_length=1)
    born: Day = Field(alias="CSRQ")
    address: str = Field(alias="HJDZ", min_length=1, repr=False)
    authority: str = Field(alias="QFJG", min_length=1)
    issued: Day = Field(alias="YXQQSRQ")
    until: Day | None = Field(None, alias="YXQJZRQ")


class Endorsed(BaseModel):
    """What came of an endorsement."""

    number: str = Field(alias="QZLSH", min_length=1)
    until: Day = Field(alias="QZYXQ")


class PublicSecuritySettings(OfficeSettings):
    """PUBLIC_SECURITY_URL, PUBLIC_SECURITY_KEY, PUBLIC_SECURITY_HOURS."""

    model_config = SettingsConfigDict(env_prefix="PUBLIC_SECURITY_")


class PublicSecurity(Department):
    """What services may ask the police."""

    title = words("公安局", en="Public Security Bureau")
    credit_code = "114400000070010815"
    settings_class = PublicSecuritySettings

    async def permit(self, person: Person) -> Permit:
        """The person's permit. Raises NoRecord and the problems of ``call``."""
        return await self.call("permit", "/permit", _about(person), Permit)

    async def card(self, person: Person) -> Card:
        """The person's identity card. Raises NoRecord and the problems of ``call``."""
        return await self.call("card", "/card", _about(person), Card)

    async def endorse(self, person: Person, *, key: UUID, permit: str) -> Endorsed:
        """Endorse for another year; once for a key, and the same answer again.

        Raises OfficeRefused for a permit that was cancelled, and what ``permit`` raises.
        """
        asked = _about(person) | {"key": str(key), "JZZBH": permit}
        return await self.call("endorse", "/endorsement", asked, Endorsed)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        return {
            "GA-App": self.app,
            "GA-Time": signed.timestamp,
            "GA-Nonce": signed.nonce,
            "GA-Sign": f"hmac-sha256={signed.mac.hex()}",
        }

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        head, found = envelope.get("RESULT"), envelope.get("DATA")
        code = head.get("CODE") if isinstance(head, dict) else None
        if code == _GOOD and isinstance(found, dict):
            return found
        if code in (_NO_PERMIT, _NAME_DIFFERS):
            raise NoRecord(f"CODE {code}")
        if code == _CANCELLED:
            raise OfficeRefused("the permit is cancelled")
        if code == _CLOSED:
            raise reopening(moment(envelope.get("OPENS"), _MOMENT))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no CODE or no DATA")
        raise DepartmentFailed(f"CODE {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """GXSJ, ``20261121040000``, in China's time."""
        return moment(envelope.get("GXSJ"), _MOMENT)


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}
