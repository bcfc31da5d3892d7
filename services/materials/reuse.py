"""What is there already, so that nobody is asked twice: in an earlier application, or behind it.

An earlier material counts while it is as young as the item wants it (``Wanted.days``), when it was
handed in with an application, and as long as no office found fault with it: a supplement that asked
for its kind again ends its reuse, wherever it was used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from services.items.standard import Item, Wanted
from services.models import Material

Comes = Literal["department", "earlier", "upload"]
_EARLIER = """
    SELECT DISTINCT ON (m.kind) m.id, m.kind, m.created_at FROM material m
        JOIN application a ON a.id = m.application_id
    WHERE m.resident_id = $1 AND m.kind = ANY($2::text[]) AND m.source = 'uploaded'
        AND m.application_id <> $3 AND a.submitted_at IS NOT NULL
        AND (m.good_until IS NULL OR m.good_until >= $4)
        AND NOT EXISTS (
            SELECT 1 FROM material used
                JOIN supplement s ON s.application_id = used.application_id
            WHERE (used.id = m.id OR used.origin_id = m.id) AND s.asked_at > used.created_at
                AND m.kind = ANY(string_to_array(s.wanted, ' ')))
    ORDER BY m.kind, m.created_at DESC
"""
_NO_APPLICATION = UUID(int=0)


@dataclass(frozen=True)
class Held:
    """Where a material of an item comes from for this resident; ``earlier``: which one it is."""

    wanted: Wanted
    source: Comes
    earlier: UUID | None = None


async def held(
    connection: BaseDBAsyncClient,
    resident: UUID,
    item: Item,
    application: UUID = _NO_APPLICATION,
) -> list[Held]:
    """Every material of the item, from the first of its sources that has it; one statement."""
    found = await _earlier(connection, resident, item, application)
    return [_comes(wanted, found.get(wanted.kind)) for wanted in item.materials]


def _comes(wanted: Wanted, earlier: UUID | None) -> Held:
    for source in wanted.sources:
        if source == "department":
            return Held(wanted, "department")
        if source == "earlier" and earlier:
            return Held(wanted, "earlier", earlier)
    return Held(wanted, "upload")


async def _earlier(
    connection: BaseDBAsyncClient, resident: UUID, item: Item, application: UUID
) -> dict[str, UUID]:
    """By kind, the youngest one that is young enough."""
    days = {one.kind: one.days for one in item.materials if "earlier" in one.sources}
    if not days:
        return {}
    now = datetime.now(UTC)
    asked = [resident, list(days), application, now.date()]
    rows = await connection.execute_query_dict(_EARLIER, asked)
    return {
        row["kind"]: UUID(str(row["id"]))
        for row in rows
        if now - row["created_at"] <= timedelta(days=days[row["kind"]])
    }


def missing(item: Item, there: Sequence[Material], anew: Sequence[str] = ()) -> list[str]:
    """The kinds still to be brought: required ones that nobody holds, and those asked for anew.

    A department may still turn out to hold nothing; then a supplement asks for it.
    """
    kinds = {row.kind for row in there}
    wanted = [
        one.kind
        for one in item.materials
        if one.required and one.kind not in kinds and "department" not in one.sources
    ]
    return list(dict.fromkeys([*wanted, *anew]))
