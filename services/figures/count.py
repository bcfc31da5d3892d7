"""Counting: a long job goes through the months and writes each month's figures anew.

It may be repeated at any time; a month is written in one transaction. What was decided is read in
portions, so that neither memory nor a statement grows with the years.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Handler, Payload
from services.applications.states import Event
from services.catalogue import Catalogue
from services.clocks import working_days_between
from services.figures import months
from services.models import Figure
from services.progress import JobRunning, Told, begin

log = logs.get("services.figures")
JOB, NIGHTLY = "count-figures", "count-figures-nightly"
PORTION = 1000
RECENT = 2  # months the nightly count writes anew: this one and the one before

_FIRST = "SELECT min(submitted_at) AS at FROM application"
_SUBMITTED = """
    SELECT service, region, count(*) AS n FROM application
    WHERE submitted_at >= $1 AND submitted_at < $2 GROUP BY service, region
"""
_ENDED = """
    SELECT e.id, e.application_id, e.name, e.at, a.service, a.region, a.submitted_at, a.promised_on
    FROM application_event e JOIN application a ON a.id = e.application_id
    WHERE e.at >= $1 AND e.at < $2 AND e.name = ANY($3) AND e.id > $4
        AND a.submitted_at IS NOT NULL
    ORDER BY e.id LIMIT $5
"""
_HOW_MANY = """
    SELECT count(*) AS n FROM application_event WHERE at >= $1 AND at < $2 AND name = ANY($3)
"""
_PAUSES = """
    SELECT application_id, name, at FROM application_event
    WHERE application_id = ANY($1) AND name = ANY($2) ORDER BY id
"""
_RATED = """
    SELECT service, region, grade, active, count(*) AS n FROM rating
    WHERE created_at >= $1 AND created_at < $2 GROUP BY service, region, grade, active
"""
_ENDS = [Event.APPROVE.value, Event.REFUSE.value, Event.WITHDRAW.value]
_PAUSING = [Event.ASK_SUPPLEMENT.value, Event.ANSWER.value]


@dataclass
class Tally:
    """One item in one region in one month."""

    submitted: int = 0
    approved: int = 0
    refused: int = 0
    withdrawn: int = 0
    in_time: int = 0
    unanswered: int = 0
    days: Counter[int] = field(default_factory=Counter)
    grades: Counter[int] = field(default_factory=Counter)


Tallies = dict[tuple[str, str], Tally]
Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Counting:
    catalogue: Catalogue

    async def nightly(self, _payload: Payload) -> None:
        """The clock's: the last months, as a long job of its own."""
        with suppress(JobRunning):
            async with in_transaction() as connection:
                await begin(connection, JOB, months=RECENT)

    async def run(self, payload: Payload) -> None:
        """The job. ``months``: how many of the last, every one since the first without it."""
        told = Told(UUID(payload["progress"]))
        try:
            await self._count(told, int(payload.get("months", 0)))
        except Exception as fault:
            await told.ended(type(fault).__name__)
            raise
        await told.ended()

    async def _count(self, told: Told, recent: int) -> None:
        wanted = list(months.between(await _first(recent), months.this_month()))
        await told.total(sum([await _how_many(month) for month in wanted]) + len(wanted))
        done = 0
        for month in wanted:
            done = await self._month(told, month, done) + 1
            await told.done(done)
        log.info("figures-counted", months=len(wanted), rows=done)

    async def _month(self, told: Told, month: date, done: int) -> int:
        tallies: Tallies = defaultdict(Tally)
        first, end = months.bounds(month)
        for row in await _asked(_SUBMITTED, first, end):
            tallies[row["service"], row["region"]].submitted += row["n"]
        for row in await _asked(_RATED, first, end):
            _rated(tallies[row["service"], row["region"]], row)
        last = 0
        while rows := await _asked(_ENDED, first, end, _ENDS, last, PORTION):
            pauses = await _pauses(rows)
            for row in rows:
                _ended(tallies[row["service"], row["region"]], row, pauses)
            last, done = rows[-1]["id"], done + len(rows)
            await told.done(done)
        async with in_transaction() as connection:
            await self._write(connection, month, tallies)
        return done

    async def _write(self, connection: BaseDBAsyncClient, month: date, tallies: Tallies) -> None:
        await Figure.filter(month=month).using_db(connection).delete()
        rows = [
            self._row(month, service, region, tally)
            for (service, region), tally in tallies.items()
            if service in self.catalogue.services
        ]
        await Figure.bulk_create(rows, batch_size=PORTION, using_db=connection)

    def _row(self, month: date, service: str, region: str, tally: Tally) -> Figure:
        return Figure(
            month=month,
            service=service,
            region=region,
            department=self.catalogue.services[service].department.id,
            submitted=tally.submitted,
            approved=tally.approved,
            refused=tally.refused,
            withdrawn=tally.withdrawn,
            in_time=tally.in_time,
            unanswered=tally.unanswered,
            days=json.dumps(tally.days),
            grades=json.dumps(tally.grades),
        )


def handlers(catalogue: Catalogue) -> Mapping[str, Handler]:
    """What a worker does of this, by the jobs' names."""
    counting = Counting(catalogue)
    return {JOB: counting.run, NIGHTLY: counting.nightly}


def _rated(tally: Tally, row: Mapping[str, Any]) -> None:
    if row["active"]:
        tally.grades[row["grade"]] += row["n"]
    else:
        tally.unanswered += row["n"]


def _ended(tally: Tally, row: Mapping[str, Any], pauses: Mapping[object, list[Pause]]) -> None:
    if row["name"] == Event.WITHDRAW:
        tally.withdrawn += 1
        return
    decided = months.day_of(row["at"])
    if row["name"] == Event.APPROVE:
        tally.approved += 1
    else:
        tally.refused += 1
    tally.in_time += row["promised_on"] is None or decided <= row["promised_on"]
    worked = working_days_between(months.day_of(row["submitted_at"]), decided)
    paused = sum(
        working_days_between(months.day_of(begun), months.day_of(ended))
        for begun, ended in pauses.get(row["application_id"], [])
        if ended <= row["at"]
    )
    tally.days[max(0, worked - paused)] += 1


async def _pauses(rows: Sequence[Mapping[str, Any]]) -> Mapping[object, list[Pause]]:
    """By application: from when to when it waited for its resident."""
    ids = [row["application_id"] for row in rows]
    found: dict[object, list[Pause]] = defaultdict(list)
    asked: dict[object, datetime] = {}
    for row in await _asked(_PAUSES, ids, _PAUSING):
        which = row["application_id"]
        if row["name"] == Event.ASK_SUPPLEMENT:
            asked[which] = row["at"]
        elif which in asked:
            found[which].append((asked.pop(which), row["at"]))
    return found


async def _first(recent: int) -> date:
    if recent:
        return months.before(months.this_month(), recent - 1)
    (row,) = await _asked(_FIRST)
    return months.first_of(months.day_of(row["at"])) if row["at"] else months.this_month()


async def _how_many(month: date) -> int:
    (row,) = await _asked(_HOW_MANY, *months.bounds(month), _ENDS)
    return int(row["n"])


async def _asked(statement: str, *values: object) -> list[dict[str, Any]]:
    return list(await get_connection("default").execute_query_dict(statement, list(values)))
