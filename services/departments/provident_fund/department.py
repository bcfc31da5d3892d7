"""The housing provident fund centre: its paths, signature and envelope.

What its answers hold, in the centre's field codes, stands beside it in ``_records.py``.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic_settings import SettingsConfigDict

from identity.person import Person
from services.access import OfficeSettings
from services.department import Department, moment, reopening
from services.departments.provident_fund._records import (
    REASON_CODES,
    Account,
    Loan,
    Reason,
    Records,
    Terms,
    Withdrawn,
)
from services.errors import DepartmentFailed, DepartmentNonsense, NoRecord
from services.hours import SHANGHAI
from services.items.standard import Law
from services.money import in_yuan
from services.schema import words

REGULATIONS = Law(
    words("住房公积金管理条例", en="Regulations on Management of Housing Provident Fund"),
    words("第二十二条", en="Article 22"),
)
"""Who pays in may ask for their account (memory of the text of 2019)."""
_GOOD, _NO_ACCOUNT, _NAME_DIFFERS, _NO_LOAN, _CLOSED = "0000", "2001", "2002", "2003", "9001"
_MOMENT = "%Y%m%d%H%M%S"


class ProvidentFundSettings(OfficeSettings):
    """PROVIDENT_FUND_URL, PROVIDENT_FUND_KEY, and its HOURS and LIMITS."""

    model_config = SettingsConfigDict(env_prefix="PROVIDENT_FUND_")


class ProvidentFund(Department):
    """What services may ask the fund centre. Everything raises NoRecord and what ``call`` does."""

    title = words("住房公积金管理中心", en="Housing Provident Fund Centre")
    credit_code = "124400000070010144"
    settings_class = ProvidentFundSettings

    async def account(self, person: Person) -> Account:
        """The person's account."""
        return await self.call("account", "/account", _about(person), Account)

    async def records(self, person: Person, first: str, last: str) -> Records:
        """Movements booked from month ``first`` to month ``last`` (``2026-11``)."""
        question = _about(person) | {"from": first, "to": last}
        return await self.call("records", "/records", question, Records)

    async def loan(self, person: Person) -> Loan:
        """The loan that is being repaid."""
        return await self.call("loan", "/loan", _about(person), Loan)

    async def terms(self, person: Person) -> Terms:
        """For which reasons money may be withdrawn now, and how much."""
        return await self.call("terms", "/terms", _about(person), Terms)

    async def withdraw(self, person: Person, *, key: UUID, reason: Reason, fen: int) -> Withdrawn:
        """Pay out; once for a key, and the same answer again. A refusal says why."""
        asked = {"key": str(key), "TQYY": REASON_CODES[reason], "TQE": in_yuan(fen)}
        return await self.call("withdraw", "/withdrawal", _about(person) | asked, Withdrawn)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        signed = self.sign(method, path, body)
        return {
            "X-App": self.app,
            "X-Timestamp": signed.timestamp,
            "X-Nonce": signed.nonce,
            "X-Signature": signed.mac.hex(),
        }

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        code, data = envelope.get("code"), envelope.get("data")
        if code == _GOOD and isinstance(data, dict):
            return data
        if code in (_NO_ACCOUNT, _NAME_DIFFERS, _NO_LOAN):
            raise NoRecord(f"code {code}")
        if code == _CLOSED:
            raise reopening(_next(envelope.get("reopens")))
        if code == _GOOD or not isinstance(code, str):
            raise DepartmentNonsense("the envelope has no code or no data")
        raise DepartmentFailed(f"code {code[:8]}")

    def as_of(self, envelope: dict[str, Any]) -> datetime:
        """GXSJ, when the books were last closed: ``20261121020000``."""
        return moment(envelope.get("GXSJ"), _MOMENT)


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
