"""Cases on the desks of members of staff, laid down by the story's own moves."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from identity.caller import OWN_APP, Caller, CallerKind
from identity.person import IdNumber
from services.applications import by, numbers, steps
from services.applications.errors import ApplicationOpen
from services.applications.moves import Moves
from services.clocks import today
from services.materials.content import Upload
from services.materials.store import Materials
from services.materials.taking import Taking
from services.models import Application
from services.tickets.ledger import Said, open_one
from services.tickets.states import Kind
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit

FUND, HOUSING, MARRIAGES = "provident-fund", "housing", "civil-affairs"
WITHDRAWAL = "provident-fund-withdrawal"
GUANGZHOU = "440100"
CONTRACT = "rent-contract"
_orders = iter(range(1, 900))
_FOUND: dict[str, dict[str, Any]] = {
    "account": {"day": "2026-11-20", "state": "paying", "balance": 8_642_350, "months": 38},
    "home": {"homes": 0, "rent": 420_000},
    "marriage": {"status": "married"},
    "spouse-home": {"homes": 1},
}
"""What the offices of a withdrawal say: a spouse's home is why a person has to look at it."""


@dataclass(frozen=True, repr=False)
class Applicant:
    """Somebody with a name of their own, so that it can be looked for."""

    resident: UUID
    number: IdNumber
    name: str


async def an_applicant(api: Api) -> Applicant:
    number = number_of(born_years_ago(38), next(_orders))
    name = personal("慕容白石")
    found = await admit(api.settings, name, number.value)
    return Applicant(found.resident, number, name)


async def a_case(
    api: Api, applicant: Applicant, *, region: str = GUANGZHOU, submitted: bool = False, **more: Any
) -> str:
    """A case that waits for staff: under review, or (``submitted``) to be accepted; its number."""
    moves = Moves(api.parts.ground.vault, api.parts.catalogue)
    row = _row(moves, applicant, region, more)
    async with in_transaction() as connection:
        with suppress(ApplicationOpen):  # written by then: a queue may be full of one resident's
            await moves.submit(connection, row, by.resident(_caller(applicant)))
        rules = by.rules(FUND)
        if not submitted:
            await moves.accept(connection, row, rules)
            await moves.review(connection, row, rules)
            await steps.lay_out(connection, UUID(str(row.id)), moves.plan(row).steps, 1)
        await moves.hand_to_staff(connection, row, rules, "office-silent")
    if more:
        await Application.filter(id=row.id).update(**more)
    return row.number


async def a_draft(api: Api, applicant: Applicant) -> str:
    """Begun, and its resident's alone; its number."""
    moves = Moves(api.parts.ground.vault, api.parts.catalogue)
    row = _row(moves, applicant, GUANGZHOU, {})
    async with in_transaction() as connection:
        await moves.note(connection, row, by.resident(_caller(applicant)), "draft")
    return row.number


async def answered(api: Api, number: str) -> None:
    """The offices have said what they know of it, one after the other in this minute."""
    moves = Moves(api.parts.ground.vault, api.parts.catalogue)
    row = await Application.get(number=number)
    rows = await steps.present(None, UUID(str(row.id)))
    began = datetime.now(UTC) - timedelta(minutes=2)
    for order, (name, found) in enumerate(_FOUND.items()):
        step, finding = rows[name], moves.plan(row).step(name).finding.model_validate(found)
        step.state = steps.StepState.DONE
        step.finding_sealed = moves.papers.seal_finding(UUID(str(step.id)), finding)
        step.ready_at = began if order < 3 else began + timedelta(seconds=45)
        step.finished_at = began + timedelta(seconds=20 + 25 * order)
        await step.save()


async def attached(api: Api, applicant: Applicant, number: str, upload: Upload) -> UUID:
    """A material of this case; its id."""
    vault = api.parts.ground.vault
    made = await Materials(vault, [CONTRACT]).add(applicant.resident, CONTRACT, upload)
    row = await Application.get(number=number)
    async with in_transaction() as connection:
        await Taking(vault).attach(connection, row, applicant.resident, [made.id])
    return made.id


async def due(number: str, day: date) -> None:
    """As if it had been promised for that day."""
    await Application.filter(number=number).update(promised_on=day)


async def version_of(number: str) -> int:
    return (await Application.get(number=number)).version


def _row(moves: Moves, applicant: Applicant, region: str, more: dict[str, Any]) -> Application:
    made = uuid4()
    return Application(
        id=made,
        number=numbers.made(numbers.APPLICATION, today()),
        resident_id=applicant.resident,
        service=more.pop("service", WITHDRAWAL),
        region=region,
        locale="zh-CN",
        state="draft",
        waits_for="you",
        form_sealed=moves.papers.seal_form(made, {"purpose": "rent"}),
        changed_at=datetime.now(UTC),
    )


def _caller(applicant: Applicant) -> Caller:
    return Caller(
        CallerKind.RESIDENT,
        applicant.resident,
        str(applicant.resident),
        OWN_APP,
        acr="4",
    )


async def a_ticket(api: Api, applicant: Applicant, kind: str, words: str) -> str:
    """One that waits for an answer; its number."""
    said = Said(kind=Kind(kind), service=api.parts.catalogue.service(WITHDRAWAL), words=words)
    async with in_transaction() as connection:
        row = await open_one(
            connection, api.parts.ground.vault, _caller(applicant), applicant.resident, said
        )
    return row.number
