"""The medical insurance department: its paths, signature, envelope and code table.

Field codes after the national medical insurance platform's interfaces, from memory. They end here:
services read the names beside them.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.bills.mix import Parts
from services.bills.office import Care as BillCare
from services.bills.office import Outcome, Stands
from services.bills.returns import Sources
from services.department import Department, moment, reopening
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.items.standard import Law
from services.money import Fen, in_yuan
from services.schema import Month, words

REGULATIONS = Law(
    words(
        "医疗保障基金使用监督管理条例",
        en="Regulations on the Use of Medical Security Funds",
    ),
    words("第十七条", en="Article 17"),
)
"""Whoever is insured may ask what their insurance paid (memory of the text of 2021)."""
_GOOD, _NOT_INSURED, _NAME_DIFFERS, _CLOSED = "0", "-101", "-102", "-900"
_MOMENT = "%Y-%m-%d %H:%M:%S"

Kind = Literal["employee", "resident", "other"]
State = Literal["normal", "paused", "ended", "other"]
Care = Literal["outpatient", "inpatient", "chronic", "pharmacy", "other"]
_KINDS = {"310": "employee", "390": "resident"}
_STATES = {"1": "normal", "2": "paused", "4": "ended"}
_CARES = {"11": "outpatient", "14": "chronic", "21": "inpatient", "41": "pharmacy"}

_CARE_CODES = {name: code for code, name in _CARES.items()}
_STANDS = {"1": "reckoning", "2": "shared", "3": "settling", "4": "settled", "9": "refused"}


def _month(code: Any) -> Any:
    """``202611`` → ``2026-11``."""
    return f"{code[:4]}-{code[4:]}" if isinstance(code, str) and len(code) == 6 else code


def _known(table: dict[str, str]) -> BeforeValidator:
    """A code as its name; one that the table lacks is ``other``."""
    return BeforeValidator(lambda code: table.get(code, "other"))


class Credit(BaseModel):
    """What came into the account for one month; fen."""

    month: Annotated[Month, BeforeValidator(_month)] = Field(alias="clct_ym")
    amount: Fen = Field(alias="incacct_amt")


class Account(BaseModel):
    """The personal account; amounts in fen, ``credited`` and ``spent`` those of this year.
    Credits of the last twelve months, oldest first.
    """

    number: str = Field(alias="psn_no", min_length=1)
    kind: Annotated[Kind, _known(_KINDS)] = Field(alias="insutype")
    state: Annotated[State, _known(_STATES)] = Field(alias="psn_insu_stas")
    balance: Fen = Field(alias="balc")
    credited: Fen = Field(alias="crt_year_incacct")
    spent: Fen = Field(alias="crt_year_acct_pay")
    credits: list[Credit] = Field(alias="acct_inc_list")


class Settlement(BaseModel):
    """One bill, in fen: what the fund, the personal account and the person themselves paid."""

    at: Annotated[datetime, BeforeValidator(lambda written: moment(written, _MOMENT))] = Field(
        alias="setl_time"
    )
    place: str = Field(alias="fixmedins_name", min_length=1)
    care: Annotated[Care, _known(_CARES)] = Field(alias="med_type")
    total: Fen = Field(alias="medfee_sumamt", ge=0)
    fund: Fen = Field(alias="fund_pay_sumamt", ge=0)
    account: Fen = Field(alias="acct_pay", ge=0)
    cash: Fen = Field(alias="psn_cash_pay", ge=0)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.total != self.fund + self.account + self.cash:
            raise PydanticCustomError("sum", "the parts are not the whole")
        return self


class Settlements(BaseModel):
    """Bills, oldest first."""

    bills: list[Settlement] = Field(alias="setl_list")


class Accepted(BaseModel):
    """The office's own number of a bill that it has begun to reckon or to pay."""

    settlement: str = Field(alias="setl_id", min_length=1, max_length=64)


class Standing(BaseModel):
    """Where a bill stands; amounts in fen, absent while it is being reckoned."""

    stands: Annotated[Stands, BeforeValidator(_STANDS.get)] = Field(alias="setl_stas")
    government: Fen | None = Field(None, alias="fund_pay")
    own: Fen | None = Field(None, alias="psn_acct_pay")
    other: Fen | None = Field(None, alias="oth_pay")
    medical_cash: Fen | None = Field(None, alias="own_pay_amt")

    @property
    def parts(self) -> Parts | None:
        found = (self.government, self.own, self.other, self.medical_cash)
        government, own, other, cash = found
        if government is None or own is None or other is None or cash is None:
            return None
        return Parts(government, own, other, cash)


class MedicalInsuranceSettings(OfficeSettings):
    """MEDICAL_INSURANCE_URL, MEDICAL_INSURANCE_KEY, and its HOURS and LIMITS."""

    model_config = SettingsConfigDict(env_prefix="MEDICAL_INSURANCE_")


class MedicalInsurance(Department):
    """What services may ask. Everything raises NoRecord and what ``call`` does."""

    title = words("医疗保障局", en="Medical Insurance Department")
    credit_code = "11440000007001030W"
    settings_class = MedicalInsuranceSettings

    async def account(self, person: Person) -> Account:
        """The person's account."""
        return await self.call("account", "/account", _about(person), Account)

    async def settlements(self, person: Person, first: str, last: str) -> Settlements:
        """Bills settled from month ``first`` to month ``last`` (``2026-11``), both included."""
        question = _about(person) | {"begn_ym": _compact(first), "end_ym": _compact(last)}
        return await self.call("settlements", "/settlements", question, Settlements)

    async def share_bill(self, person: Person, key: UUID, care: BillCare, fen: int) -> str:
        """Begin to reckon who pays which part of ``fen``; returns the office's number of it."""
        question = _digested(person) | {
            "key": str(key),
            "med_type": _CARE_CODES[care],
            "fee_sumamt": in_yuan(fen),
        }
        return (await self.call("share-bill", "/bill", question, Accepted)).settlement

    async def bill_outcome(self, person: Person, settlement: str) -> Outcome:
        """Where that bill stands."""
        question = _digested(person) | {"setl_id": settlement}
        found = await self.call("bill-outcome", "/bill-result", question, Standing)
        return Outcome(found.stands, found.parts)

    async def settle_bill(self, person: Person, key: UUID, settlement: str) -> None:
        """Begin to pay the parts that were reckoned."""
        question = _digested(person) | {"key": str(key), "setl_id": settlement}
        await self.call("settle-bill", "/bill-settlement", question, Accepted)

    async def return_bill(self, person: Person, key: UUID, settlement: str, back: Sources) -> None:
        """Take parts back, each to where it came from."""
        question = _digested(person) | {
            "key": str(key),
            "setl_id": settlement,
            "fund_pay": in_yuan(back.government),
            "psn_acct_pay": in_yuan(back.own),
            "oth_pay": in_yuan(back.other),
        }
        await self.call("return-bill", "/bill-return", question, Accepted)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        return {
            "x-tif-paasid": self.app,
            "x-tif-timestamp": signed.timestamp,
            "x-tif-nonce": signed.nonce,
            "x-tif-signature": signed.mac.hex().upper(),
        }

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, output = envelope.get("infcode"), envelope.get("output")
        if code == _GOOD and isinstance(output, dict):
            return output
        if code in (_NOT_INSURED, _NAME_DIFFERS):
            raise NoRecord(f"infcode {code}")
        if code == _CLOSED:
            raise reopening(moment(envelope.get("open_time"), _MOMENT))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no infcode or no output")
        raise DepartmentFailed(f"infcode {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """``data_upd_time``: ``2026-11-21 13:00:00``."""
        return moment(envelope.get("data_upd_time"), _MOMENT)


def _about(person: Person) -> dict[str, Any]:
    return {"number": person.number.value, "name": person.name}


def _digested(person: Person) -> dict[str, Any]:
    """With the MD5 that the office asks for beside every bill. Whoever has it has the number, in a
    second of guessing: it lives in this question only, and is never kept, logged or handed on.
    """
    number = person.number.value.upper()
    digest = hashlib.md5(number.encode(), usedforsecurity=False).hexdigest()
    return _about(person) | {"psn_cert_digest": digest}


def _compact(month: str) -> str:
    return month.replace("-", "")
