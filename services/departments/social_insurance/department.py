"""The social insurance bureau: its paths, signature, envelope and code table.

Field codes after the national social insurance core indicators (LD/T 92), from memory. They end
here: services read the names beside them.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.departments.social_insurance._codes import Compact, day
from services.departments.social_insurance._flexible_records import Entered, Owed
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord, OfficeRefused
from services.items.standard import Law
from services.money import Fen, in_yuan
from services.schema import Month, words

INSURANCE_LAW = Law(
    words("中华人民共和国社会保险法", en="Social Insurance Law"),
    words("第七十四条", en="Article 74"),
)
"""Whoever is insured may ask, free of charge, what was paid and what they are entitled to."""
_GOOD, _CLOSED = "0", "C1"
_NOT_INSURED, _NAME_DIFFERS, _NOT_FLEXIBLE = "N1", "N2", "N3"
_BASE_OUTSIDE, _NOT_OWED, _OTHER_SUM = "F1", "F2", "F3"

State = Literal["paying", "paused", "ended", "other"]
Kind = Literal["pension", "unemployment", "medical", "injury", "maternity", "other"]
Sex = Literal["male", "female"]
CardState = Literal["valid", "lost", "cancelled", "other"]
_SEXES = {"1": "male", "2": "female"}
_CARDS = {"1": "valid", "2": "lost", "9": "cancelled"}
_STATES = {"1": "paying", "2": "paused", "3": "ended"}
_KINDS = {
    "110": "pension",
    "210": "unemployment",
    "310": "medical",
    "410": "injury",
    "510": "maternity",
}


StateCode = BeforeValidator(lambda code: _STATES.get(code, "other"))
KindCode = BeforeValidator(lambda code: _KINDS.get(code, "other"))


class Insured(BaseModel):
    """One kind of insurance of a person; ``base`` in fen a month, ``months`` paid so far."""

    kind: Annotated[Kind, KindCode] = Field(alias="AAE140")
    state: Annotated[State, StateCode] = Field(alias="AAC031")
    base: Fen = Field(alias="AAE180")
    months: int = Field(alias="AAE202", ge=0)


class Status(BaseModel):
    """What the bureau keeps about a person; ``last`` is the last month paid for."""

    number: str = Field(alias="AAC001", min_length=1)
    state: Annotated[State, StateCode] = Field(alias="AAC008")
    employer: str = Field("", alias="AAB004")
    last: Annotated[Month, Compact] = Field(alias="AAE003")
    kinds: list[Insured]


class Contribution(BaseModel):
    """One month of one kind; both sides in fen."""

    month: Annotated[Month, Compact] = Field(alias="AAE003")
    kind: Annotated[Kind, KindCode] = Field(alias="AAE140")
    base: Fen = Field(alias="AAE180")
    employer_side: Fen = Field(alias="AAE020")
    personal: Fen = Field(alias="AAE022")


class Contributions(BaseModel):
    """Oldest first, month by month and kind by kind."""

    rows: list[Contribution]


class Card(BaseModel):
    """A social insurance card; ``bank`` keeps its account."""

    number: str = Field(alias="AAZ500", min_length=1)
    state: Annotated[CardState, BeforeValidator(lambda code: _CARDS.get(code, "other"))] = Field(
        alias="AAZ502"
    )
    issued: Annotated[date, BeforeValidator(day)] = Field(alias="AAZ503")
    until: Annotated[date, BeforeValidator(day)] = Field(alias="AAZ504")
    bank: str = Field(alias="AAE008", min_length=1)


class PensionAccount(BaseModel):
    """What a pension is reckoned from. ``account`` and ``base`` in fen; ``index``: the mean of the
    person's bases over the average wages of their time, ``newest_index`` that of the last month.
    """

    sex: Annotated[Sex, BeforeValidator(lambda code: _SEXES.get(code, code))] = Field(
        alias="AAC004"
    )
    born: Annotated[date, BeforeValidator(day)] = Field(alias="AAC006")
    state: Annotated[State, StateCode] = Field(alias="AAC008")
    months: int = Field(alias="AAE202", ge=0)
    account: Fen = Field(alias="AAE240")
    base: Fen = Field(alias="AAE180")
    index: Decimal = Field(alias="AIC162", ge=0, lt=100)
    newest_index: Decimal = Field(alias="AIC163", ge=0, lt=100)


@dataclass(frozen=True)
class Payment:
    """Months paid at one base; ``number``: of the payment; ``fen``: all of them together."""

    key: UUID
    number: str
    months: Sequence[str]
    base: int
    fen: int


class SocialInsuranceSettings(OfficeSettings):
    """SOCIAL_INSURANCE_URL, SOCIAL_INSURANCE_KEY, and its HOURS and LIMITS."""

    model_config = SettingsConfigDict(env_prefix="SOCIAL_INSURANCE_")


class SocialInsurance(Department):
    """What services may ask the bureau."""

    title = words("社会保险局", en="Social Insurance Bureau")
    credit_code = "12440000007001022Y"
    settings_class = SocialInsuranceSettings

    async def status(self, person: Person) -> Status:
        """The person's insurance. Raises NoRecord and the problems of ``call``."""
        return await self.call("status", "/status", _about(person), Status)

    async def contributions(self, person: Person, first: str, last: str) -> Contributions:
        """What was paid for the months ``first`` to ``last`` (``2026-11``), both included."""
        question = _about(person) | {"from": first, "to": last}
        return await self.call("contributions", "/contributions", question, Contributions)

    async def pension(self, person: Person) -> PensionAccount:
        """What the person's pension will be reckoned from."""
        return await self.call("pension", "/pension", _about(person), PensionAccount)

    async def card(self, person: Person) -> Card:
        """The person's card. Raises NoRecord and the problems of ``call``."""
        return await self.call("card", "/card", _about(person), Card)

    async def owed(self, person: Person) -> Owed:
        """What somebody who is flexibly employed has not paid. Raises NoRecord for others."""
        return await self.call("flexible", "/flexible", _about(person), Owed)

    async def pay_in(self, person: Person, flexible: Payment) -> Entered:
        """Enter what was paid; once for a key, and the same answer again.

        Raises OfficeRefused for months that are not owed, a base outside the limits, another sum.
        """
        asked = {
            "key": str(flexible.key),
            "JYDH": flexible.number,
            "AAE003": [month.replace("-", "") for month in flexible.months],
            "AAE180": in_yuan(flexible.base),
            "AAE022": in_yuan(flexible.fen),
        }
        question = _about(person) | asked
        return await self.call("flexible-payment", "/flexible-payment", question, Entered)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        mac = base64.b64encode(signed.mac).decode()
        parts = f"app={self.app},ts={signed.timestamp},nonce={signed.nonce},sign={mac}"
        return {"Authorization": f"SB-HMAC-SHA256 {parts}"}

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        head, body = envelope.get("head"), envelope.get("body")
        if not isinstance(head, dict) or not isinstance(head.get("rst"), str):
            raise DepartmentNonsense("the envelope has no head")
        code = head["rst"]
        if code == _GOOD:
            if not isinstance(body, dict):
                raise DepartmentNonsense("the envelope has no body")
            return body
        if code in (_NOT_INSURED, _NAME_DIFFERS, _NOT_FLEXIBLE):
            raise NoRecord(f"rst {code}")
        if code in (_BASE_OUTSIDE, _NOT_OWED, _OTHER_SUM):
            raise OfficeRefused(f"rst {code}")
        if code == _CLOSED:
            raise reopening(moment(head.get("opens_at")))
        raise DepartmentFailed(f"rst {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """``data_time`` in the head, ISO 8601."""
        return moment(envelope["head"].get("data_time"))


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}
