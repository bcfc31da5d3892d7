"""Rows of one resident in every table of the services that may hold one."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from identity.models import Resident
from identity.vault import Vault
from services.applications.numbers import APPLICATION, TICKET, made
from services.applications.states import TRANSITIONS, State
from services.clocks import today
from services.idempotency import Idempotency, Once
from services.models import (
    Application,
    ApplicationEvent,
    ApplicationStep,
    Booking,
    BookingParty,
    BookingWait,
    Material,
    Rating,
    Supplement,
    Ticket,
)
from tests.support import paid_held
from tests.support.log_capture import personal
from tests.support.session_parts import a_resident

FORM, FINDING, WORDS = (
    personal("Hidden reason 7"),
    personal("Hidden finding"),
    personal("Loud words"),
)
FILE_NAME, CONTENT = personal("my-marriage.pdf"), personal("%PDF hidden content")
SAID, TOLD = personal("Nobody picked up"), personal("We are sorry indeed")
PERSONAL = (*paid_held.PERSONAL, FORM, FINDING, WORDS, FILE_NAME, CONTENT, SAID, TOLD)


async def fill(vault: Vault, resident: UUID, *, state: str = "approved") -> UUID:
    """Everything around one application; ``state`` may leave it open. Returns its id."""
    id, now = await an_application(vault, resident, state=state), datetime.now(UTC)
    words = vault.seal(WORDS.encode(), f"application.words:{id}")
    await ApplicationEvent.create(
        application_id=id, at=now, name="submit", state="submitted", actor_kind="resident",
        words_sealed=words,
    )  # fmt: skip
    step = uuid4()
    finding = vault.seal(json.dumps({"found": FINDING}).encode(), f"application_step:{step}")
    await ApplicationStep.create(
        id=step, application_id=id, name="account", department="provident-fund", state="done",
        key=uuid4(), finding_sealed=finding, ready_at=now, finished_at=now,
    )  # fmt: skip
    await Supplement.create(
        id=uuid4(), application_id=id, wanted="rent-contract", words_sealed=words,
        asked_by="rules", asked_at=now, due_on=today(now),
    )  # fmt: skip
    await a_material(vault, resident, application=id)
    await a_rating(vault, resident, id)
    await a_ticket(vault, resident, application=id)
    await booking_of(resident)
    await paid_held.paid_by(vault, resident)
    if not await Resident.exists(id=resident):
        await a_resident(resident)
    once = Once(resident, f"{resident}|zhiban-app", "POST /v1/materials", "k", "0" * 64)
    async with in_transaction() as connection, Idempotency(vault).kept(connection, once) as slot:
        slot.keep(SAID.encode())
    return id


async def booking_of(resident: UUID) -> None:
    """An appointment that was cancelled, and a line that was left."""
    id, now = uuid4(), datetime.now(UTC)
    await Booking.create(
        id=id, number=made("YY", today(now)), service="x-service", office="440103",
        day=today(now), starts_at=now, ends_at=now, seat=1, state="cancelled", created_at=now,
        changed_at=now,
    )  # fmt: skip
    await BookingParty.create(
        id=uuid4(), booking_id=id, service="x-service", resident_id=resident, place=1,
        statements="unmarried", living=False, confirmed_at=now,
    )  # fmt: skip
    await BookingWait.create(
        service="x-service", office="440103", day=today(now), resident_id=resident, state="left",
        joined_at=now, changed_at=now,
    )  # fmt: skip


async def an_application(
    vault: Vault,
    resident: UUID,
    *,
    state: str = "approved",
    service: str = "x-service",
    **more: object,
) -> UUID:
    """A row as the story would leave it, on the way that leads there; ``more`` columns."""
    id, now = uuid4(), datetime.now(UTC)
    form = vault.seal(json.dumps({"reason": FORM}).encode(), f"application.form:{id}")
    over = state in ("approved", "refused", "withdrawn", "collected")
    columns = {
        "submitted_at": None if state == "draft" else now,
        "finished_at": now if over else None,
        "promised_on": today(now) + timedelta(days=7),
    }
    await Application.create(
        id=id, number=made(APPLICATION, today(now)), resident_id=resident, service=service,
        locale="en", state="draft", form_sealed=form, changed_at=now, **(columns | more),
    )  # fmt: skip
    for step in way_to(State(state)):
        await Application.filter(id=id).update(state=step.value)
    return id


@cache
def way_to(state: State) -> tuple[State, ...]:
    """The shortest legal way from a draft."""
    ways: dict[State, tuple[State, ...]] = {State.DRAFT: ()}
    while state not in ways:
        for (before, _event), after in TRANSITIONS.items():
            if before in ways:
                ways.setdefault(after, (*ways[before], after))
    return ways[state]


async def a_material(
    vault: Vault, resident: UUID, *, application: UUID | None = None, kind: str = "rent-contract",
    **more: object,
) -> UUID:  # fmt: skip
    """An upload; without an application it waits."""
    id = uuid4()
    columns: dict[str, object] = {
        "source": "uploaded",
        "content_sealed": vault.seal(CONTENT.encode(), f"material.content:{id}"),
    }
    created = more.pop("created_at", None)
    await Material.create(
        id=id, resident_id=resident, application_id=application, kind=kind,
        name_sealed=vault.seal(FILE_NAME.encode(), f"material.name:{id}"),
        media_type="application/pdf", size=len(CONTENT), sha256="0" * 64, **(columns | more),
    )  # fmt: skip
    if created:
        await Material.filter(id=id).update(created_at=created)
    return id


async def a_rating(
    vault: Vault, resident: UUID, application: UUID, *, grade: int = 1, **more: object
) -> UUID:
    id = uuid4()
    columns: dict[str, object] = {"service": "x-service", "department": "provident-fund"}
    await Rating.create(
        id=id, application_id=application, resident_id=resident, grade=grade, active=grade > 0,
        words_sealed=vault.seal(SAID.encode(), f"rating.words:{id}"), created_at=datetime.now(UTC),
        **(columns | more),
    )  # fmt: skip
    return id


async def a_ticket(
    vault: Vault, resident: UUID, *, application: UUID | None = None, state: str = "open",
    kind: str = "rating", **more: object,
) -> str:  # fmt: skip
    """Its number."""
    id, number = uuid4(), made(TICKET, today())
    columns: dict[str, object] = {"due_on": today() + timedelta(days=21)}
    await Ticket.create(
        id=id, number=number, kind=kind, resident_id=resident, application_id=application,
        service="x-service", department="provident-fund", state=state,
        words_sealed=vault.seal(SAID.encode(), f"ticket.words:{id}"), answer="explained",
        answer_sealed=vault.seal(TOLD.encode(), f"ticket.answer:{id}"), **(columns | more),
    )  # fmt: skip
    return number


async def rows(table: str) -> int:
    (found,) = await get_connection("default").execute_query_dict(
        f'SELECT count(*) AS count FROM "{table}"'
    )
    return int(found["count"])
