"""Rows of several tables written by one statement: one round trip instead of one for each.

    await write(connection, insert(application), insert(event), *queued("advance", {...}))

Each part is an INSERT or UPDATE with ``{}`` for every value; together they are one WITH (PostgreSQL
manual, 7.8.4). So none of them sees what another writes, and their order is not promised. The last
may be a SELECT: it sees what was there before, and its rows are answered.
"""

from collections.abc import Callable, Mapping, Sequence
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


Rows = Sequence[Mapping[str, Any]]


async def write(connection: BaseDBAsyncClient, *parts: Write) -> Rows:
    """All the parts; for none it does nothing. Answers what the last one selects or returns.

    Raises what the first that fails raises.
    """
    if not parts:
        return ()
    statement = _joined(tuple((part.statement, len(part.values)) for part in parts))
    values = [value for part in parts for value in part.values]
    found: Rows = await connection.execute_query_dict(statement, values)
    return found


def insert(row: Model) -> Write:
    """A row that is not written yet; whoever writes it gives what the database would generate,
    but for a generated key.
    """
    kind = _shape(type(row))
    return Write(kind.insertion, kind.values(row, kind.given))


def insert_into(model: type[Model], **given: Any) -> Write:
    """A row that nobody needs as a model; what is not given is NULL or the database's default."""
    known = model._meta.fields_map
    values = [known[name].to_db_value(value, model) for name, value in given.items()]
    return Write(_insertion(model, tuple(given)), values)


def update(row: Model) -> Write:
    """Every column of a row that this transaction has locked."""
    kind = _shape(type(row))
    return Write(kind.change, [*kind.values(row, kind.changed), row.pk])


_Column = tuple[str, Callable[[Any, Model], Any]]


@dataclass(frozen=True)
class _Shape:
    """Of one model: its two statements, and how their values are made."""

    insertion: str
    change: str
    given: Sequence[_Column]
    changed: Sequence[_Column]

    @staticmethod
    def values(row: Model, columns: Sequence[_Column]) -> list[Any]:
        return [made(getattr(row, name), row) for name, made in columns]


@lru_cache(256)
def _shape(model: type[Model]) -> _Shape:
    known = model._meta.fields_map
    given = tuple(name for name, one in known.items() if not one.generated)
    changed = tuple(name for name, one in known.items() if not one.pk)
    changes = ", ".join(f"{column} = {{}}" for column in _columns(model, changed))
    table, key = model._meta.db_table, model._meta.db_pk_column
    return _Shape(
        _insertion(model, given),
        f"UPDATE {table} SET {changes} WHERE {key} = {{}}",
        [(name, known[name].to_db_value) for name in given],
        [(name, known[name].to_db_value) for name in changed],
    )


@lru_cache(256)
def _insertion(model: type[Model], names: tuple[str, ...]) -> str:
    columns, places = ", ".join(_columns(model, names)), ", ".join(["{}"] * len(names))
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})"


def _columns(model: type[Model], names: Sequence[str]) -> list[str]:
    return [f'"{model._meta.fields_db_projection[name]}"' for name in names]


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
