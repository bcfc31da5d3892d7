"""Rows of several tables written by one statement: one round trip instead of one for each.

    await write(connection, insert(application), insert(event), *queued("advance", {...}))

Each part is an INSERT or UPDATE with ``{}`` for every value; together they are one WITH (PostgreSQL
manual, 7.8.4). So none of them sees what another writes, and their order is not promised.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model


@dataclass(frozen=True)
class Write:
    """``statement`` may say ``{before}`` for the rows that the part before it returns."""

    statement: str
    values: Sequence[Any] = field(default=(), repr=False)


async def write(connection: BaseDBAsyncClient, *parts: Write) -> None:
    """All the parts; for none it does nothing. Raises what the first that fails raises."""
    if parts:
        statement = _joined(tuple((part.statement, len(part.values)) for part in parts))
        await connection.execute_query(
            statement, [value for part in parts for value in part.values]
        )


def insert(row: Model) -> Write:
    """A row that is not written yet; whoever writes it gives what the database would generate,
    but for a generated key.
    """
    names = [name for name, known in row._meta.fields_map.items() if not known.generated]
    return Write(_insertion(type(row), tuple(names)), _values(row, names))


def update(row: Model) -> Write:
    """Every column of a row that this transaction has locked."""
    names = [name for name, known in row._meta.fields_map.items() if not known.pk]
    return Write(_change(type(row), tuple(names)), [*_values(row, names), row.pk])


def _values(row: Model, names: Sequence[str]) -> list[Any]:
    known = row._meta.fields_map
    return [known[name].to_db_value(getattr(row, name), row) for name in names]


@lru_cache(256)
def _insertion(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(_columns(model, names))
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({_places(len(names))})"


@lru_cache(256)
def _change(model: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = {{}}" for column in _columns(model, names))
    return f"UPDATE {model._meta.db_table} SET {changes} WHERE {model._meta.db_pk_column} = {{}}"


def _columns(model: type[Model], names: Sequence[str]) -> list[str]:
    return [f'"{model._meta.fields_db_projection[name]}"' for name in names]


def _places(count: int) -> str:
    return ", ".join(["{}"] * count)


@lru_cache(512)
def _joined(parts: tuple[tuple[str, int], ...]) -> str:
    """``WITH part_0 AS (…), part_1 AS (…) …``; the last one is the statement itself."""
    said, used = list[str](), 0
    for number, (statement, count) in enumerate(parts):
        places = (f"${used + place}" for place in range(1, count + 1))
        said.append(statement.format(*places, before=f"part_{number - 1}"))
        used += count
    *first, last = said
    named = ", ".join(f"part_{number} AS ({one})" for number, one in enumerate(first))
    return f"WITH {named} {last}" if first else last
