"""The end of the time to rate: who said nothing in fifteen days is counted apart, with no grade.

Asked once, three days after the end, in the inbox; nobody is asked again. One job, safe to repeat.
"""

from collections.abc import Sequence
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
_AT_ONCE = 500
log = logs.get("services.ratings")

_UNRATED = """
    SELECT a.id FROM application a
    WHERE a.state = ANY($1::text[]) AND a.finished_at < $2 AND a.finished_at >= $3
        AND NOT EXISTS (SELECT 1 FROM rating r WHERE r.application_id = a.id)
        AND (NOT $4 OR NOT EXISTS (
            SELECT 1 FROM notice n WHERE n.resident_id = a.resident_id
                AND n.kind = 'rating-asked' AND n.subject = 'application:' || a.number))
    ORDER BY a.finished_at LIMIT $5
"""
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


async def close(catalogue: Catalogue, _payload: Payload) -> None:
    """Ask those who finished three days ago, and close what has been open for fifteen."""
    now = datetime.now(UTC)
    asked = await _unrated(now - ASKED_AFTER, now - OPEN_FOR, unasked=True)
    for id in asked:
        await _ask(catalogue, id)
    closed = await _unrated(now - OPEN_FOR, _EVER)
    for id in closed:
        await _close(catalogue, id)
    log.info("ratings-closed", asked=len(asked), closed=len(closed))


async def _unrated(before: datetime, since: datetime, *, unasked: bool = False) -> Sequence[UUID]:
    states = [State(one).value for one in DECIDED]
    given = [states, before, since, unasked, _AT_ONCE]
    rows = await get_connection("default").execute_query_dict(_UNRATED, given)
    return [UUID(str(row["id"])) for row in rows]


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
