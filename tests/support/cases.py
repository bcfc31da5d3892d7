"""Cases on the desks of members of staff, laid down by the story's own moves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from identity.caller import OWN_APP, Caller, CallerKind
from identity.person import IdNumber
from services.applications import by, numbers
from services.applications.moves import Moves
from services.clocks import today
from services.models import Application
from tests.support.http import Api
from tests.support.log_capture import personal
from tests.support.minors import born_years_ago, number_of
from tests.support.people import admit

FUND, HOUSING, MARRIAGES = "provident-fund", "housing", "civil-affairs"
WITHDRAWAL = "provident-fund-withdrawal"
GUANGZHOU = "440100"
_orders = iter(range(1, 900))


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
        await moves.submit(connection, row, by.resident(_caller(applicant)))
        rules = by.rules(FUND)
        if not submitted:
            await moves.accept(connection, row, rules)
            await moves.review(connection, row, rules)
        await moves.hand_to_staff(connection, row, rules, "office-silent")
    if more:
        await Application.filter(id=row.id).update(**more)
    return row.number


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
