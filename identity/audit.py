"""Who did what to whose data, and why: written with the change, or before the read leaves.

An event is ``subject:action`` out of ``identity.events``. Every field is a UUID or a code from a
list that is known in advance, so that no personal value can slip in; anything else is a ValueError.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from config.batch import Batch
from config.database import reaching_database
from config.errors import Problem
from config.writing import Write, write
from identity.caller import NOBODY, Caller
from identity.events import EVENTS
from identity.models import AuditEvent, Resident

OK = "ok"
MOST = 100
_CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*")
_COLUMNS = {
    "at": "timestamptz",
    "event": "text",
    "resident_id": "uuid",
    "other_id": "uuid",
    "actor_kind": "text",
    "actor": "text",
    "client": "text",
    "session_id": "uuid",
    "purpose": "text",
    "service": "text",
    "outcome": "text",
}
_INSERT = f"INSERT INTO audit_event ({', '.join(_COLUMNS)}) "
_ONE = f"{_INSERT} VALUES ({', '.join(['{}'] * len(_COLUMNS))})"  # half the time of an array of one
_MANY = "{} SELECT * FROM unnest({})".format(
    _INSERT, ", ".join(f"{{}}::{kind}[]" for kind in _COLUMNS.values())
)


@dataclass(frozen=True)
class Entry:
    """One row. Checked when it is made: an Entry holds nothing that may not be kept."""

    event: str
    resident: UUID | None
    caller: Caller
    purpose: str
    service: str
    outcome: str
    at: datetime
    other: UUID | None = None

    def __post_init__(self) -> None:
        if self.event not in EVENTS:
            raise ValueError("audit: no such event")
        if self.outcome != OK and self.outcome not in _codes():
            raise ValueError("audit: no such outcome")
        for code in (self.purpose, self.service, self.caller.client):
            if code and not _is_code(code):
                raise ValueError("audit: a purpose, service or client that is not a code")
        if self.caller.actor and not _is_actor(self.caller.actor):
            raise ValueError("audit: an actor that is neither a UUID nor a code")

    @property
    def seen_by_both(self) -> "list[Entry]":
        """This entry; and where a family agent acts, the same in the agent's own list."""
        if self.resident is None or self.other is None:
            return [self]
        return [self, replace(self, resident=self.other, other=self.resident)]

    @property
    def row(self) -> tuple[object, ...]:
        who = self.caller
        return (
            self.at,
            self.event,
            self.resident,
            self.other,
            who.kind.value,
            who.actor,
            who.client,
            who.session,
            self.purpose,
            self.service,
            self.outcome,
        )


async def record(
    connection: BaseDBAsyncClient,
    *,
    event: str,
    resident: UUID | None,
    caller: Caller = NOBODY,
    purpose: str = "",
    service: str = "",
    outcome: str = OK,
    other: UUID | None = None,
) -> None:
    """Write one event in the caller's transaction. Raises ValueError for what is not listed.

    ``other``: the family agent who acts for ``resident``; both will see it.
    """
    entry = Entry(event, resident, caller, purpose, service, outcome, datetime.now(UTC), other)
    await write(connection, written(entry.seen_by_both))


class Audit:
    """Records reads. Concurrent ones share a statement; each returns after its commit."""

    def __init__(self) -> None:
        self._batch: Batch[Entry, None] = Batch(_write)

    async def record_read(
        self,
        caller: Caller,
        *,
        event: str,
        resident: UUID,
        service: str,
        purpose: str,
        outcome: str = OK,
    ) -> None:
        """No audit, no answer: raises DatabaseUnavailable or BatchFull when it is not written."""
        other = UUID(caller.actor) if caller.acting else None
        entry = Entry(event, resident, caller, purpose, service, outcome, datetime.now(UTC), other)
        for each in entry.seen_by_both:
            await self._batch.add(each)

    async def close(self) -> None:
        """Finish what was accepted."""
        await self._batch.close()


async def activity(resident: UUID, before: int | None, limit: int) -> list[AuditEvent]:
    """What happened with this resident's data, newest first; ``before`` is the last id seen.

    With it, what was recorded of those who turned out to be this resident.
    """
    merged = await Resident.filter(merged_into=resident).values_list("id", flat=True)
    rows = AuditEvent.filter(resident_id__in=[resident, *merged])
    if before is not None:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(max(1, min(limit, MOST)))


async def _write(entries: Sequence[Entry]) -> Sequence[None]:
    with reaching_database():
        await write(get_connection("default"), written(entries))
    return [None] * len(entries)


def written(entries: Sequence[Entry]) -> Write:
    """For who writes more than this in one statement (``config.writing``)."""
    if len(entries) == 1:
        return Write(_ONE, entries[0].row)
    columns = zip(*(entry.row for entry in entries), strict=True)
    return Write(_MANY, [list(column) for column in columns])


def _codes() -> set[str]:
    """Asked anew each time: rooms above this one bring codes of their own."""
    return {leaf.code for leaf in Problem.leaves()}


@lru_cache(1024)
def _is_code(text: str) -> bool:
    return len(text) <= 64 and bool(_CODE.fullmatch(text))


@lru_cache(1024)
def _is_actor(actor: str) -> bool:
    try:
        UUID(actor)
    except ValueError:
        return _is_code(actor)
    return True
