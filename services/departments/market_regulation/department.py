"""Market regulation: names of businesses, who may run one, and registration.

Field names after the market-entity data standard (GS 15), from memory. They end here: services read
the names beside them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from identity.documents import organisation
from identity.documents.errors import OrganisationCodeInvalid
from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord, OfficeRefused
from services.schema import words

_GOOD, _NOBODY, _NAME_DIFFERS, _REFUSED, _CLOSED = 200, 6404, 6409, 6422, 6503

Verdict = Literal["free", "taken", "forbidden", "other"]
Standing = Literal["allowed", "minor", "barred", "other"]
_VERDICTS = {"0": "free", "1": "taken", "2": "forbidden"}
_STANDINGS = {"1": "allowed", "2": "minor", "3": "barred"}


def _credit_code(written: str) -> str:
    """GB 32100 with its check character; anything else is nonsense."""
    try:
        return organisation.parse(written)
    except OrganisationCodeInvalid:
        raise ValueError("not a unified social credit code") from None


class Named(BaseModel):
    """Whether a name may be used: ``taken`` with the business that has it."""

    verdict: Annotated[Verdict, BeforeValidator(lambda code: _VERDICTS.get(code, "other"))] = Field(
        alias="MCHCJG"
    )
    whole: str = Field(alias="QYMC", min_length=1)
    alike: str = Field("", alias="XTMC")


class Stands(BaseModel):
    """Whether a person may run a business."""

    standing: Annotated[Standing, BeforeValidator(lambda code: _STANDINGS.get(code, "other"))] = (
        Field(alias="JYZZG")
    )


class Registered(BaseModel):
    """A registration; ``code`` is the unified social credit code (GB 32100)."""

    code: Annotated[str, AfterValidator(_credit_code)] = Field(alias="TYSHXYDM")
    name: str = Field(alias="QYMC", min_length=1)
    day: date = Field(alias="CLRQ")


class Businesses(BaseModel):
    """What is registered in a person's name, oldest first."""

    rows: list[Registered] = Field(alias="JYZTLB")


class MarketRegulationSettings(OfficeSettings):
    """MARKET_REGULATION_URL, MARKET_REGULATION_KEY, MARKET_REGULATION_HOURS."""

    model_config = SettingsConfigDict(env_prefix="MARKET_REGULATION_")


class MarketRegulation(Department):
    """What services may ask the registry of businesses."""

    title = words("市场监督管理局", en="Market Regulation Bureau")
    credit_code = "1144000000700109XW"
    settings_class = MarketRegulationSettings

    async def named(self, person: Person, name: str, trade: str, region: str) -> Named:
        """Whether ``name`` is free in ``region`` (GB/T 2260, empty: the province)."""
        asked = _about(person) | _business(name, trade, region)
        return await self.call("name", "/name", asked, Named)

    async def stands(self, person: Person) -> Stands:
        """Whether the person may run a business. Raises NoRecord."""
        return await self.call("standing", "/standing", _about(person), Stands)

    async def businesses(self, person: Person) -> Businesses:
        """What is registered in the person's name. Raises NoRecord for whom nobody knows."""
        return await self.call("businesses", "/businesses", _about(person), Businesses)

    async def register(
        self, person: Person, *, key: UUID, name: str, trade: str, place: str, region: str
    ) -> Registered:
        """Register a sole trader; once for a key, and the same answer again.

        Raises OfficeRefused where the name was taken meanwhile, and NoRecord.
        """
        asked = _about(person) | _business(name, trade, region) | {"key": str(key), "JYCS": place}
        return await self.call("register", "/registration", asked, Registered)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        parts = (self.app, signed.timestamp, signed.nonce, signed.mac.hex())
        return {"X-GS-Signature": ";".join(parts)}

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, found = envelope.get("code"), envelope.get("payload")
        if code == _GOOD and isinstance(found, dict):
            return found
        if code in (_NOBODY, _NAME_DIFFERS):
            raise NoRecord(f"code {code}")
        if code == _REFUSED:
            raise OfficeRefused("the name was taken meanwhile")
        if code == _CLOSED:
            raise reopening(moment(envelope.get("opensAt")))
        if code == _GOOD or not isinstance(code, int):
            raise DepartmentNonsense("the envelope has no code or no payload")
        raise DepartmentFailed(f"code {code}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """updatedAt, ISO 8601."""
        return moment(envelope.get("updatedAt"))


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}


def _business(name: str, trade: str, region: str) -> dict[str, Any]:
    return {"ZH": name, "HYDM": trade, "XZQH": region}
