"""Rows of bills as every story of this room needs them: found, locked, moved, told about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import notices
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.vault import Vault
from services.applications.numbers import read
from services.bills.errors import BillMissing
from services.bills.mix import Mix, Split
from services.bills.office import Care
from services.bills.returns import Sources
from services.bills.states import Event, after
from services.models import MedicalBill, MedicalRefund

NUMBER, DIGITS = "YB", 8
PURPOSE = "medical-bill"
SUBJECT = "medical-bill"
Words = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One thing billed. ``kind``: fee, or what was added or taken off, a code."""

    kind: str
    title: Words = field(repr=False)
    fen: int


@dataclass(frozen=True)
class About:
    """Where somebody was treated and for what: sealed in the table."""

    place: Words = field(repr=False)
    care: Care = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)

    def written(self) -> bytes:
        lines = [{"kind": one.kind, "title": dict(one.title), "fen": one.fen} for one in self.lines]
        said = {"place": dict(self.place), "care": self.care, "lines": lines}
        return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def about_of(row: MedicalBill, vault: Vault) -> About:
    said = json.loads(vault.open(bytes(row.about_sealed), about_context(row.id)))
    lines = tuple(Line(one["kind"], one["title"], one["fen"]) for one in said["lines"])
    return About(said["place"], said["care"], lines)


def visit_of(row: MedicalBill, vault: Vault) -> str:
    """The hospital's own number."""
    return vault.open(bytes(row.visit_sealed), visit_context(row.id)).decode()


def about_context(bill: object) -> str:
    return f"medical_bill.about:{bill}"


def visit_context(bill: object) -> str:
    return f"medical_bill.visit:{bill}"


def numbered(said: str) -> str:
    """A bill's number as it is kept. Raises BillMissing for what cannot be one."""
    number = read(said, NUMBER)
    if number is None:
        raise BillMissing("no number of ours")
    return number


def now() -> datetime:
    return datetime.now(UTC)


def resident_of(row: MedicalBill) -> UUID:
    """Whose it is. Raises BillMissing for a bill of nobody of ours."""
    if row.resident_id is None:
        raise BillMissing("nobody's")
    return UUID(str(row.resident_id))


async def locked(connection: BaseDBAsyncClient, bill: object) -> MedicalBill:
    """By its id, for as long as the transaction lasts."""
    rows = MedicalBill.filter(id=bill).using_db(connection)
    return await rows.select_for_update().get()


async def move(
    connection: BaseDBAsyncClient, row: MedicalBill, event: Event, caller: Caller = NOBODY
) -> None:
    """Write the row as it is now, in the state the event leads to. Raises BillMoved."""
    row.state, row.changed_at = after(row.state, event), now()
    await row.save(using_db=connection)
    if event in _AUDITED and row.resident_id:
        await audited(connection, row, f"bill:{_AUDITED[event]}", caller)


async def audited(
    connection: BaseDBAsyncClient, row: MedicalBill, event: str, caller: Caller = NOBODY
) -> None:
    resident = resident_of(row)
    await record(connection, event=event, resident=resident, caller=caller, purpose=PURPOSE)


async def tell(connection: BaseDBAsyncClient, row: MedicalBill, kind: str) -> None:
    """Where somebody was treated is health: no message names the hospital (PIPL art. 28)."""
    facts = {"number": row.number}
    await notices.tell(
        connection, resident_of(row), f"bill-{kind}", facts, subject=f"bill:{row.number}"
    )


def take(row: MedicalBill, split: Split) -> None:
    """The row has these parts now."""
    parts = split.parts
    row.mix = split.mix
    row.total_fen, row.additions_fen, row.reductions_fen = (
        split.total, split.additions, split.reductions
    )  # fmt: skip
    row.government_fen = parts.government if parts else 0
    row.self_fen = parts.own if parts else 0
    row.other_fen = parts.other if parts else 0
    row.medical_cash_fen = parts.medical_cash if parts else 0
    row.cash_fen = split.cash or 0
    row.settlement = split.settlement or ""


def clear(row: MedicalBill) -> None:
    """No parts are known."""
    row.mix = row.settlement = row.fault = ""
    row.government_fen = row.self_fen = row.other_fen = 0
    row.medical_cash_fen = row.cash_fen = 0


def sources_of(row: MedicalBill | MedicalRefund) -> Sources:
    """What came from where, or goes back there."""
    return Sources(row.government_fen, row.self_fen, row.other_fen, row.cash_fen)


async def left_of(connection: BaseDBAsyncClient, row: MedicalBill) -> Sources:
    """What was paid and has not been promised back yet."""
    left = sources_of(row)
    for back in await MedicalRefund.filter(bill_id=row.id).using_db(connection):
        left = left.less(sources_of(back))
    return left


def billed(about: About) -> tuple[int, int, int]:
    """Fen of the fees, the additions and the reductions."""
    sums = {"fee": 0, "addition": 0, "reduction": 0}
    for line in about.lines:
        sums[line.kind] += line.fen
    return sums["fee"], sums["addition"], sums["reduction"]


def is_insured(row: MedicalBill) -> bool:
    """Whether insurance has a part in it as it was shared out."""
    return bool(row.mix) and row.mix != Mix.CASH_ONLY


_AUDITED = {
    Event.SHARE: "shared-out",
    Event.CONFIRM: "confirmed",
    Event.PAY: "paid",
    Event.SETTLED: "paid",
    Event.REFUSED: "failed",
}
