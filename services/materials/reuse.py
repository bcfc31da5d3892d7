"""What is there already, so that nobody is asked twice: in an earlier application, or behind it.

An earlier material counts while it is as young as the item wants it (``Wanted.days``), when it was
handed in with an application, and as long as no office found fault with it: a supplement that asked
for its kind again ends its reuse, wherever it was used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from services.items.standard import Item, Wanted

Comes = Literal["department", "earlier", "upload", "signature"]
_THERE = """
    (SELECT DISTINCT ON (m.kind) m.id, m.kind, m.created_at, false AS own FROM material m
        JOIN application a ON a.id = m.application_id
    WHERE m.resident_id = $1 AND m.kind = ANY($2::text[]) AND m.source = 'uploaded'
        AND m.application_id <> $3 AND a.submitted_at IS NOT NULL
        AND (m.good_until IS NULL OR m.good_until >= $4)
        AND NOT EXISTS (
            SELECT 1 FROM material used
                JOIN supplement s ON s.application_id = used.application_id
            WHERE (used.id = m.id OR used.origin_id = m.id) AND s.asked_at > used.created_at
                AND m.kind = ANY(string_to_array(s.wanted, ' ')))
    ORDER BY m.kind, m.created_at DESC)
    UNION ALL SELECT id, kind, created_at, true FROM material WHERE application_id = $3
"""
_NO_APPLICATION = UUID(int=0)


@dataclass(frozen=True)
class Place:
    """Where a material of an item comes from for this resident. ``earlier``: which one is there
    already, also where a department is asked first: it may turn out to have none. ``own``: the
    application has one.
    """

    wanted: Wanted
    source: Comes
    earlier: UUID | None
    own: bool


async def places(
    connection: BaseDBAsyncClient,
    resident: UUID,
    item: Item,
    application: UUID = _NO_APPLICATION,
) -> list[Place]:
    """Every material of the item, with the first of its sources that has it; one statement."""
    if not item.materials:
        return []
    now, kinds = datetime.now(UTC), [one.kind for one in item.materials]
    rows = await connection.execute_query_dict(_THERE, [resident, kinds, application, now.date()])
    own = {row["kind"] for row in rows if row["own"]}
    earlier = {row["kind"]: row for row in rows if not row["own"]}
    return [_place(one, earlier.get(one.kind), one.kind in own, now) for one in item.materials]


def _place(wanted: Wanted, row: Mapping[str, Any] | None, own: bool, now: datetime) -> Place:
    young = row is not None and now - row["created_at"] <= timedelta(days=wanted.days)
    earlier = UUID(str(row["id"])) if row and young and "earlier" in wanted.sources else None
    return Place(wanted, _source(wanted, earlier), earlier, own)


def _source(wanted: Wanted, earlier: UUID | None) -> Comes:
    for source in wanted.sources:
        if source in ("department", "signature") or (source == "earlier" and earlier):
            return source
    return "upload"
