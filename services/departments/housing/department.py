"""The real-estate register: who owns which home in a city, and which rents are on file.

Field names after the register's data standard (TD/T 1066) and the rent filing of the housing
bureau, from memory. They end here: services read the names beside them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.money import Fen
from services.schema import words

_GOOD, _NAME_DIFFERS, _CLOSED = 0, 4102, 5030
_MOMENT = "%Y-%m-%d %H:%M"


class Home(BaseModel):
    """A home owned; ``price`` is what was paid, in fen; ``bought`` the day of the contract."""

    unit: str = Field(alias="BDCDYH", min_length=1)
    place: str = Field(alias="ZL", min_length=1)
    county: str = Field(alias="XZQH", pattern="^[0-9]{6}$")
    area: str = Field(alias="JZMJ")
    price: Fen = Field(alias="JYJG")
    bought: date = Field(alias="HTQDRQ")


class Rent(BaseModel):
    """A rent contract on file; ``monthly`` in fen."""

    contract: str = Field(alias="HTBH", min_length=1)
    place: str = Field(alias="ZL", min_length=1)
    county: str = Field(alias="XZQH", pattern="^[0-9]{6}$")
    monthly: Fen = Field(alias="YZJ")
    since: date = Field(alias="QSRQ")
    until: date = Field(alias="JSRQ")

    def runs_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= day <= self.until


class Property(BaseModel):
    """What the register holds of one person in the region asked for."""

    homes: list[Home] = Field(alias="FWQD")
    rents: list[Rent] = Field(alias="ZLQD")


class HousingSettings(OfficeSettings):
    """HOUSING_URL, HOUSING_KEY, HOUSING_HOURS."""

    model_config = SettingsConfigDict(env_prefix="HOUSING_")


class Housing(Department):
    """What services may ask the register."""

    title = words("不动产登记中心", en="Real Estate Register")
    credit_code = "11440000007001073A"
    settings_class = HousingSettings

    async def property_of(self, name: str, number: str, region: str) -> Property:
        """Homes and rents in ``region`` (GB/T 2260, empty: the province); none is an answer.

        Raises NoRecord where the name is another's, and the problems of ``call``.
        """
        question = {"name": name, "number": number, "region": region}
        return await self.call("property", "/property", question, Property)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        return {
            "X-Tif-Paasid": self.app,
            "X-Tif-Timestamp": signed.timestamp,
            "X-Tif-Nonce": signed.nonce,
            "X-Tif-Signature": signed.mac.hex().upper(),
        }

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        status, result = envelope.get("status"), envelope.get("result")
        if status == _GOOD and isinstance(result, dict):
            return result
        if status == _NAME_DIFFERS:
            raise NoRecord(f"status {status}")
        if status == _CLOSED:
            raise reopening(moment(envelope.get("opens"), _MOMENT))
        if status == _GOOD or not isinstance(status, int):
            raise DepartmentNonsense("the envelope has no status or no result")
        raise DepartmentFailed(f"status {status}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """dataTime, ``2026-11-21 03:00`` in China's time."""
        return moment(envelope.get("dataTime"), _MOMENT)
