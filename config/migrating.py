"""Tortoise's migrations without a copy of every model before every operation.

Tortoise copies the whole state of all models before each operation, so that one which alters or
drops something can look at what was there. One that makes a table, adds a column or runs SQL looks
at what will be there only; for those the copy is left out. A first start, which makes a hundred
tables, took three of its four seconds for copies nobody read. (Private parts of a pinned Tortoise:
a test compares the two databases.)
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import AddField, CreateModel, Operation, RunSQL
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_LOOKS_AHEAD: tuple[type[Operation], ...] = (CreateModel, AddField, RunSQL)
_whole = Migration.apply


@contextmanager
def without_copies() -> Iterator[None]:
    """While this lasts migrations are applied so."""
    Migration.apply = _apply  # type: ignore[method-assign]
    try:
        yield
    finally:
        Migration.apply = _whole  # type: ignore[method-assign]


async def _apply(
    self: Migration,
    state: State,
    *,
    dry_run: bool = False,
    schema_editor: BaseSchemaEditor | None = None,
    collect_sql: bool = False,
) -> State:
    if dry_run or collect_sql or schema_editor is None:
        return await _whole(
            self, state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql
        )
    transactions = schema_editor.client.capabilities.supports_transactions
    for operation in self.operations:
        before = state if type(operation) in _LOOKS_AHEAD else state.clone()
        operation.state_forward(self.app_label, state)
        await self._run_database_forward(operation, before, state, schema_editor, transactions)
    state.validate_relations_initialized()
    return state
