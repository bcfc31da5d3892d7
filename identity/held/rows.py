"""Rows that belong to one resident alone: copied field by field, erased whole."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from identity.holdings import Coded, Record, Value
from identity.vault import Vault


class Rows:
    """``fields`` are what is copied and nothing else: keys and digests never are.

    ``coded``: field → prefix of the texts for its codes; ``sealed``: fields that are opened from
    the column of the same name with ``_sealed`` behind it.
    """

    key: ClassVar[str] = "resident_id"
    more_tables: ClassVar[tuple[type[Model], ...]] = ()

    def __init__(
        self,
        name: str,
        table: type[Model],
        vault: Vault | None,
        fields: Sequence[str],
        *,
        coded: Mapping[str, str] | None = None,
        sealed: Sequence[str] = (),
    ):
        self.name = name
        self._table = table
        self._vault = vault
        self._fields = tuple(fields)
        self._coded = dict(coded or {})
        self._sealed = frozenset(sealed)

    @property
    def tables(self) -> list[str]:
        return [str(table._meta.db_table) for table in (self._table, *self.more_tables)]

    async def export(self, resident: UUID) -> list[Record]:
        order = (
            "created_at" if "created_at" in self._table._meta.fields else self._table._meta.pk_attr
        )
        rows = await self._table.filter(**{self.key: resident}).order_by(order)
        return [{name: self._value(row, name) for name in self._fields} for row in rows]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await self._table.filter(**{self.key: resident}).using_db(connection).delete()

    def _value(self, row: Any, name: str) -> Value:
        if name in self._sealed:
            return self._opened(row, name)
        value: Value = getattr(row, name)
        if name in self._coded and isinstance(value, str):
            return self._code(self._coded[name], value) if value else None
        return value

    def _code(self, prefix: str, code: str) -> Coded:
        return Coded(prefix, code)

    def _opened(self, row: Any, name: str) -> str | None:
        sealed = getattr(row, f"{name}_sealed")
        if not sealed or self._vault is None:
            return None
        context = f"{self._table._meta.db_table}.{name}:{row.pk}"
        return self._vault.open(bytes(sealed), context).decode()
