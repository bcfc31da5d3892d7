"""Several rows by one statement (PostgreSQL manual, 7.8.4): all of them or none, and jobs as
PgQueuer itself would queue them.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config import jobs
from config.writing import Write, insert, insert_into, update, write
from services.models import Application, ApplicationEvent
from tests.support.statements import counted

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def application(**others) -> Application:
    plain = {
        "id": uuid4(),
        "number": "ZB2611210482913",
        "resident_id": uuid4(),
        "service": "night-market-permit",
        "locale": "en",
        "state": "draft",
        "form_sealed": b"sealed",
        "changed_at": NOW,
    }
    return Application(**(plain | others))


def event(row: Application) -> ApplicationEvent:
    return ApplicationEvent(
        application_id=row.id, at=NOW, name="submit", state="draft", actor_kind="rules"
    )


async def test_when_one_part_fails_none_is_written(database):
    await write(database.db(), insert(application()))
    twin = application()  # has the number of the first
    with pytest.raises(IntegrityError):
        async with in_transaction() as connection:
            await write(connection, insert(event(twin)), insert(twin), *jobs.queued("go", {}))
    assert await ApplicationEvent.all().count() == 0
    assert await database.db().execute_query_dict("SELECT 1 FROM pgqueuer_log") == []


async def test_rows_and_job_are_one_statement_and_are_read_back_as_they_were(database):
    row = application()
    async with in_transaction() as connection:
        with counted() as statements:
            await write(connection, insert(row), insert(event(row)), *jobs.queued("go", {"a": "b"}))
        assert len(statements) == 1
        row.state, row.finished_at = "withdrawn", NOW
        await write(connection, update(row))
    found = await Application.get(id=row.id)
    assert dict(found) == dict(row)
    assert (await ApplicationEvent.get()).application_id == row.id


async def test_a_row_without_a_model_is_read_back_as_it_was_given(database):
    given = {"application_id": uuid4(), "at": NOW, "name": "submit", "state": "draft"}
    rest = {"actor_kind": "rules", "actor": "", "step": "", "reason": ""}
    await write(database.db(), insert_into(ApplicationEvent, **given, **rest))
    found = dict(await ApplicationEvent.get())
    assert found == given | rest | {"id": found["id"], "words_sealed": None}


async def test_a_row_without_what_it_must_have_is_not_written(database):
    with pytest.raises(IntegrityError):
        await write(database.db(), insert_into(ApplicationEvent, application_id=uuid4(), at=NOW))
    assert not await ApplicationEvent.exists()


async def test_a_select_at_the_end_sees_what_was_there_before_and_is_answered(database):
    first, second = application(), application(number="ZB2611210482921")
    look = Write("SELECT number FROM application WHERE locale = {}", ["en"])
    assert await write(database.db(), insert(first), look) == []
    assert await write(database.db(), insert(second), look) == [{"number": first.number}]


async def test_nothing_to_write_is_no_statement(database):
    with counted() as statements:
        await write(database.db())
    assert statements == []


async def test_a_part_reads_what_the_part_before_it_returns(database):
    row = application()
    copied = Write(
        "INSERT INTO application_event (application_id, at, name, state, actor_kind, actor, step, "
        "reason) SELECT id, {}, 'copied', 'draft', 'rules', '', '', '' FROM {before}",
        [NOW],
    )
    first = insert(row)
    returning = Write(f"{first.statement} RETURNING id", first.values)
    await write(database.db(), returning, copied)
    assert (await ApplicationEvent.get()).application_id == row.id


async def test_a_job_queued_beside_something_is_the_one_that_pgqueuer_itself_would_queue(database):
    async with in_transaction() as connection:
        await jobs.enqueue(connection, "go", {"a": "b"})
        await write(connection, *jobs.queued("go", {"a": "b"}))
    for table, own in (
        ("pgqueuer", "id"),
        ("pgqueuer_log", "id, job_id"),
    ):
        dropped = ", ".join(f"'{name.strip()}'" for name in own.split(","))
        rows = await database.db().execute_query_dict(
            f"SELECT to_jsonb(one) - ARRAY[{dropped}] AS said FROM {table} AS one ORDER BY id"
        )
        assert len(rows) == 2
        assert rows[0] == rows[1]
