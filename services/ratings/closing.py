"""The end of the time to rate: who said nothing in fifteen days is counted apart, with no grade.

Asked once, three days after the end, in the inbox; nobody is asked again. One job, safe to repeat.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload
from identity import notices
from services.applications.states import State
from services.catalogue import Catalogue
from services.errors import ServiceUnknown
from services.models import Application, Rating
from services.ratings.giving import DECIDED
from services.ratings.grades import OPEN_FOR, UNANSWERED

JOB = "close-ratings"
ASKED_AFTER = timedelta(days=3)
PORTION = 500
_FIRST = UUID(int=0)
log = logs.get("services.ratings")

_UNRATED = """
    SELECT a.id, a.finished_at FROM application a
    WHERE a.state = ANY($1::text[]) AND a.finished_at < $2
        AND (a.finished_at, a.id) > ($3, $6::uuid)
        AND NOT EXISTS (SELECT 1 FROM rating r WHERE r.application_id = a.id)
        AND (NOT $4 OR NOT EXISTS (
            SELECT 1 FROM notice n WHERE n.resident_id = a.resident_id
                AND n.kind = 'rating-asked' AND n.subject = 'application:' || a.number))
    ORDER BY a.finished_at, a.id LIMIT $5
"""
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


async def close(catalogue: Catalogue, _payload: Payload) -> None:
    """Ask those who finished three days ago, and close what has been open for fifteen."""
    now = datetime.now(UTC)

    async def ask(id: UUID) -> None:
        await _ask(catalogue, id)

    async def end(id: UUID) -> None:
        await _close(catalogue, id)

    asked = await _each(ask, now - ASKED_AFTER, now - OPEN_FOR, unasked=True)
    closed = await _each(end, now - OPEN_FOR, _EVER)
    log.info("ratings-closed", asked=asked, closed=closed)


async def _each(
    change: Callable[[UUID], Awaitable[None]],
    before: datetime,
    since: datetime,
    *,
    unasked: bool = False,
) -> int:
    """All that are unrated, portion by portion, however many a day brings; each looked at once."""
    states, count, last = [State(one).value for one in DECIDED], 0, (since, _FIRST)
    while True:
        given = [states, before, last[0], unasked, PORTION, last[1]]
        rows = await get_connection("default").execute_query_dict(_UNRATED, given)
        for row in rows:
            await change(UUID(str(row["id"])))
        count += len(rows)
        if len(rows) < PORTION:
            return count
        last = rows[-1]["finished_at"], rows[-1]["id"]


async def _ask(catalogue: Catalogue, id: UUID) -> None:
    async with in_transaction() as connection:
        rows = Application.filter(id=id).using_db(connection)
        row = await rows.select_for_update(skip_locked=True).first()
        if row is None or await Rating.filter(application_id=id).using_db(connection).exists():
            return
        try:
            title = catalogue.service(row.service).title
        except ServiceUnknown:  # no longer offered: nobody has to think about it
            return
        facts: notices.Facts = {"service": title, "number": row.number}
        subject = f"application:{row.number}"
        resident = UUID(str(row.resident_id))
        await notices.tell(connection, resident, "rating-asked", facts, subject=subject)


async def _close(catalogue: Catalogue, id: UUID) -> None:
    """Under the application's lock, as a rating is given under it."""
    async with in_transaction() as connection:
        rows = Application.filter(id=id).using_db(connection)
        row = await rows.select_for_update(skip_locked=True).first()
        if row is None or await Rating.filter(application_id=id).using_db(connection).exists():
            return
        service = catalogue.services.get(row.service)
        await Rating.create(
            using_db=connection,
            id=uuid4(),
            application_id=row.id,
            resident_id=row.resident_id,
            service=row.service,
            department=service.department.id if service else "",
            region=row.region,
            grade=UNANSWERED,
            active=False,
            created_at=datetime.now(UTC),
        )
