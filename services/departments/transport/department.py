"""The traffic police of the transport bureau: driving licences, points, violations, vehicles.

Field names after the public-security traffic data standards (GA/T 16, GA/T 543), from memory. They
end here: services read the names beside them.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.items.standard import Law
from services.money import Fen
from services.schema import words

POINTS_MEASURES = Law(
    words(
        "道路交通安全违法行为记分管理办法（公安部令第163号）",
        en="Measures on points for traffic violations (Ministry of Public Security No. 163)",
    ),
    words("第四条", en="Article 4"),
)
"""A cycle is twelve months from the first licence, twelve points are all (memory)."""
TRAFFIC_LAW = Law(
    words("中华人民共和国道路交通安全法", en="Road Traffic Safety Law"),
    words("第二十四条", en="Article 24"),
)
_GOOD, _NO_LICENCE, _NAME_DIFFERS, _CLOSED = "1", "11", "12", "90"

State = Literal["valid", "suspended", "expired", "revoked", "other"]
_HANDLED = {"1": True, "0": False}
_STATES = {"A": "valid", "H": "suspended", "B": "expired", "D": "revoked"}


class Licence(BaseModel):
    """A driving licence; ``points`` of the cycle that began on ``cycle``."""

    file: str = Field(alias="DABH", min_length=1)
    classes: str = Field(alias="ZJCX", min_length=1)
    first: date = Field(alias="CCLZRQ")
    until: date = Field(alias="YXQZ")
    cycle: date = Field(alias="QFRQ")
    points: int = Field(alias="LJJF", ge=0)
    state: Annotated[State, BeforeValidator(lambda code: _STATES.get(code, "other"))] = Field(
        alias="ZT"
    )


class Violation(BaseModel):
    """One violation; ``fine`` in fen."""

    number: str = Field(alias="WFBH", min_length=1)
    at: Annotated[datetime, BeforeValidator(lambda text: moment(text, "%Y-%m-%d %H:%M:%S"))] = (
        Field(alias="WFSJ")
    )
    place: str = Field(alias="WFDZ")
    what: str = Field(alias="WFXW")
    fine: Fen = Field(alias="FKJE")
    points: int = Field(alias="WFJFS", ge=0, le=12)
    handled: Annotated[bool, BeforeValidator(lambda code: _HANDLED.get(str(code)))] = Field(
        alias="CLBJ"
    )


class Violations(BaseModel):
    """Oldest first."""

    rows: list[Violation] = Field(alias="WFLB")


class Vehicle(BaseModel):
    """A vehicle on record: ``plate``, and the frame number (VIN) that no new plate changes."""

    model_config = ConfigDict(hide_input_in_errors=True)

    plate: str = Field(alias="HPHM", min_length=7, max_length=8, repr=False)
    frame: str = Field(alias="CLSBDH", min_length=17, max_length=17, repr=False)


class Vehicles(BaseModel):
    """All of one person; none is an answer."""

    rows: list[Vehicle] = Field(alias="JDCLB")


class TransportSettings(OfficeSettings):
    """TRANSPORT_URL, TRANSPORT_KEY, TRANSPORT_HOURS."""

    model_config = SettingsConfigDict(env_prefix="TRANSPORT_")


class Transport(Department):
    """What services may ask the traffic police."""

    title = words("交通运输局", en="Transport Bureau")
    credit_code = "11440000007001049R"
    settings_class = TransportSettings

    async def licence(self, person: Person) -> Licence:
        """The person's licence. Raises NoRecord and the problems of ``call``."""
        return await self.call("licence", "/licence", _about(person), Licence)

    async def violations(self, person: Person, first: str, last: str) -> Violations:
        """Violations of the months ``first`` to ``last`` (``2026-11``), both included."""
        question = _about(person) | {"from": first, "to": last}
        return await self.call("violations", "/violations", question, Violations)

    async def vehicles(self, person: Person) -> Sequence[Vehicle]:
        """The vehicles on record under this name and number. Raises NoRecord for nobody of that
        name and number, and the problems of ``call``.
        """
        return (await self.call("vehicles", "/vehicles", _about(person), Vehicles)).rows

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        mac = base64.urlsafe_b64encode(signed.mac).decode().rstrip("=")
        return {"Authorization": f"JT1 {self.app}:{signed.timestamp}:{signed.nonce}:{mac}"}

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, found = envelope.get("ret"), envelope.get("info")
        if code == _GOOD and isinstance(found, dict):
            return found
        if code in (_NO_LICENCE, _NAME_DIFFERS):
            raise NoRecord(f"ret {code}")
        if code == _CLOSED:
            raise reopening(moment(envelope.get("kssj")))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no ret or no info")
        raise DepartmentFailed(f"ret {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """gxsj, ``2026-11-21T04:00:00``, in China's time."""
        return moment(envelope.get("gxsj"))


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}
