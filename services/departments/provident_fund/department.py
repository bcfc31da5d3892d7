"""The housing provident fund centre: its paths, signature, envelope and code table.

Field codes after JGJ/T 320 (housing provident fund basic data), from memory. They end here:
services read the names beside them.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, reopening
from services.departments._signing import APP, sign
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.hours import SHANGHAI
from services.items.standard import Law
from services.money import Fen
from services.schema import Month, words

REGULATIONS = Law(
    words("住房公积金管理条例", en="Regulations on Management of Housing Provident Fund"),
    words("第二十二条", en="Article 22"),
)
"""Who pays in may ask for their account (memory of the text of 2019)."""
_GOOD, _NO_ACCOUNT, _NAME_DIFFERS, _CLOSED = "0000", "2001", "2002", "9001"

State = Literal["paying", "sealed", "transferred", "withdrawn", "other"]
Kind = Literal["deposit", "withdrawal", "interest", "other"]
_STATES = {"01": "paying", "02": "sealed", "04": "transferred", "05": "withdrawn"}
_KINDS = {"01": "deposit", "04": "withdrawal", "09": "interest"}


def _month(code: Any) -> Any:
    """``202611`` → ``2026-11``; nothing for an empty one."""
    if not code:
        return None
    return f"{code[:4]}-{code[4:]}" if isinstance(code, str) and len(code) == 6 else code


Compact = BeforeValidator(_month)


class Account(BaseModel):
    """An account; amounts in fen."""

    number: str = Field(alias="GRZH", min_length=1)
    employer: str = Field("", alias="DWMC")
    base: Fen = Field(alias="GRJCJS")
    personal: Fen = Field(alias="GRYJCE")
    employer_side: Fen = Field(alias="DWYJCE")
    balance: Fen = Field(alias="GRZHYE")
    carried: Fen = Field(alias="GRZHSNJZYE")
    this_year: Fen = Field(alias="GRZHDNGJYE")
    paid_until: Annotated[Month | None, Compact] = Field(alias="GRJZNY")
    state: Annotated[State, BeforeValidator(lambda code: _STATES.get(code, "other"))] = Field(
        alias="GRZHZT"
    )
    opened: date | None = Field(None, alias="KHRQ")


class Movement(BaseModel):
    """One booking; ``month`` is the one a deposit was made for."""

    day: date = Field(alias="JZRQ")
    kind: Annotated[Kind, BeforeValidator(lambda code: _KINDS.get(code, "other"))] = Field(
        alias="GJHTQYWLX"
    )
    month: Annotated[Month | None, Compact] = Field(None, alias="HJNY")
    amount: Fen = Field(alias="FSE")
    personal: Fen = Field(alias="GRYJCE")
    employer_side: Fen = Field(alias="DWYJCE")
    balance: Fen = Field(alias="GRZHYE")


class Records(BaseModel):
    """Movements, oldest first."""

    movements: list[Movement] = Field(alias="MXLB")


class ProvidentFundSettings(OfficeSettings):
    """PROVIDENT_FUND_URL, PROVIDENT_FUND_KEY, PROVIDENT_FUND_HOURS."""

    model_config = SettingsConfigDict(env_prefix="PROVIDENT_FUND_")


class ProvidentFund(Department):
    """What services may ask the fund centre."""

    title = words("住房公积金管理中心", en="Housing Provident Fund Centre")
    credit_code = "124400000070010144"
    settings_class = ProvidentFundSettings

    async def account(self, person: Person) -> Account:
        """The person's account. Raises NoRecord and the problems of ``call``."""
        return await self.call("account", "/account", _about(person), Account)

    async def records(self, person: Person, first: str, last: str) -> Records:
        """Movements booked from month ``first`` to month ``last`` (``2026-11``)."""
        question = _about(person) | {"from": first, "to": last}
        return await self.call("records", "/records", question, Records)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = sign(self.access.key, method, path, body)
        return {
            "X-App": APP,
            "X-Timestamp": signed.timestamp,
            "X-Nonce": signed.nonce,
            "X-Signature": signed.mac.hex(),
        }

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, data = envelope.get("code"), envelope.get("data")
        if code == _GOOD and isinstance(data, dict):
            return data
        if code in (_NO_ACCOUNT, _NAME_DIFFERS):
            raise NoRecord(f"code {code}")
        if code == _CLOSED:
            raise reopening(_next(envelope.get("reopens")))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no code or no data")
        raise DepartmentFailed(f"code {code[:8]}")


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}


def _next(clock: Any) -> datetime:
    """The centre says ``06:00``: the next time that clocks in China show it."""
    try:
        opens = time.fromisoformat(clock)
    except (TypeError, ValueError):
        raise DepartmentNonsense("closed, with an opening time nobody can read") from None
    now = datetime.now(SHANGHAI)
    today = datetime.combine(now.date(), opens, SHANGHAI)
    return today if today > now else today + timedelta(days=1)
