"""Moving what is kept to the newest key of a ring, in the background, with the service running.

Every sealed column is opened and sealed again; every kept digest gets the next link of the chain
(``identity.vault``), so that nothing has to be opened for the index. Rows are taken in the order
of their primary key, a batch a transaction, and the place reached is kept with each batch: a
worker that is killed loses at most one batch of work and nothing else. A second pass, a lead
later, finds what a slow worker still wrote under the older key; then the older keys are retired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.fields import IntField, UUIDField
from tortoise.transactions import in_transaction

from config import logs
from config.jobs import Payload, enqueue
from identity.models import Resealing, VaultKey
from identity.vault import DIGITS, Vault
from identity.vault_keys import Ring, VaultKeys

JOB = "move-to-newest-key"
BATCH = 500
_SEALED = "_sealed"
_FEW = {"material.content_sealed": 8}
"""Rows a batch where one may hold ten megabytes."""
_BOUND = {
    "application_event.words_sealed": ("application.words", "application_id"),
    "application_step.finding_sealed": ("application_step", "id"),
    "supplement.words_sealed": ("application.words", "application_id"),
}
"""What a value is bound to where it is not its own column and row: a name, and a column."""
log = logs.get("rekeying")

# Columns that hold a digest of the index, by table. A test holds them against the models.
DIGESTS = {
    "booking": ("code",),
    "bound_device": ("device", "mark"),
    "car": ("plate", "frame", "code"),
    "car_request": ("secret", "caller"),
    "document_index": ("digest",),
    "freeze_code": ("digest",),
    "guardianship": ("ward", "code"),
    "issued_paper": ("code",),
    "kept_answer": ("caller", "key", "body"),
    "kiosk_code": ("digest",),
    "mandate": ("agent",),
    "medical_bill": ("visit",),
    "medical_refund": ("reference",),
    "notice": ("not_me", "check"),
    "outside_identity": ("subject",),
    "session": ("device",),
    "staff_account": ("document",),
    "staff_session": ("network",),
    "try": ("subject",),
    "window_request": ("code", "secret", "device"),
}


@dataclass(frozen=True)
class Column:
    """One column to be moved; ``key`` is its table's primary key."""

    table: str
    name: str
    key: str
    key_type: str
    prefix: str
    bound: str

    @property
    def place(self) -> str:
        return f"{self.table}.{self.name}"

    def context(self, row: object) -> str:
        """What the value is bound to: table.column:row-id, without the ending "_sealed"."""
        return f"{self.prefix}:{row}"


@dataclass(frozen=True, repr=False)
class _Row:
    key: str
    bound: str
    value: Any


@dataclass(frozen=True, repr=False)
class _Change:
    row: _Row
    new: Any


@dataclass(frozen=True)
class Progress:
    """How far one column is. ``total`` was counted when it began."""

    ring: str
    version: int
    place: str
    done: int
    total: int
    finished: bool


@cache
def columns(ring: Ring) -> tuple[Column, ...]:
    """Every column of this ring, read from the models (sealed) or DIGESTS (index)."""
    models = [model for app in Tortoise.apps.values() for model in app.values()]
    found = []
    for model in models:
        meta = model._meta
        for name in meta.fields_map:
            sealed = ring == "seal" and name.endswith(_SEALED)
            if sealed or (ring == "index" and name in DIGESTS.get(meta.db_table, ())):
                found.append(_column(meta.db_table, name, meta.pk_attr, _key_type(meta.pk)))
    return tuple(sorted(found, key=lambda column: column.place))


async def rotate(keys: VaultKeys, ring: Ring) -> int:
    """Make the ring's next key, and the job that will move everything to it: both or neither."""
    async with in_transaction() as connection:
        version = await keys.make(connection, ring)
        await enqueue(connection, JOB, _payload(ring, version, 1), delay=keys.lead * 1.5)
    return version


async def move(vault: Vault, keys: VaultKeys, payload: Payload) -> None:
    """The worker's job. Idempotent; resumes where a killed one stopped.

    Raises KeyNotInForce while this process does not use the key yet: the job is tried again.
    """
    ring, version, turn = payload["ring"], payload["version"], payload["turn"]
    await keys.read()
    if vault.versions[ring] < version:
        raise KeyNotInForce(ring)
    if vault.versions[ring] > version:
        return  # a younger rotation moves everything past this one
    for column in columns(ring):
        await _move_column(vault, ring, version, column)
    async with in_transaction() as connection:
        if turn == 1:
            await (
                Resealing.filter(ring=ring, version=version)
                .using_db(connection)
                .update(finished_at=None, reached="")
            )
            await enqueue(connection, JOB, _payload(ring, version, 2), delay=keys.lead)
        else:
            done = VaultKey.filter(ring=ring, version=version).using_db(connection)
            await done.update(older_gone_at=datetime.now(UTC))
    log.info("moved-to-newest-key", ring=ring, version=version, turn=turn)


async def progress() -> list[Progress]:
    """Every column of every rotation, the newest rotation first."""
    rows = await Resealing.all().order_by("-started_at", "place")
    return [
        Progress(r.ring, r.version, r.place, r.done, r.total, r.finished_at is not None)
        for r in rows
    ]


class KeyNotInForce(Exception):
    """The key's lead has not passed for this process."""


def _column(table: str, name: str, key: str, key_type: str) -> Column:
    own = f"{table}.{name.removesuffix(_SEALED)}", key
    return Column(table, name, key, key_type, *_BOUND.get(f"{table}.{name}", own))


def _key_type(field: Any) -> str:
    if isinstance(field, UUIDField):
        return "uuid"
    return "bigint" if isinstance(field, IntField) else "text"


def _payload(ring: str, version: int, turn: int) -> Payload:
    return {"ring": ring, "version": version, "turn": turn}


async def _move_column(vault: Vault, ring: Ring, version: int, column: Column) -> None:
    row = await _begun(ring, version, column)
    while row.finished_at is None:
        async with in_transaction() as connection:
            row = await Resealing.select_for_update().using_db(connection).get(id=row.id)
            if row.finished_at is None:
                await _move_batch(connection, vault, ring, column, row)


async def _begun(ring: Ring, version: int, column: Column) -> Resealing:
    """The column's progress row, made with the number of rows there are."""
    found = await Resealing.get_or_none(ring=ring, version=version, place=column.place)
    if found:
        return found
    ask = f'SELECT count(*) AS rows FROM "{column.table}" WHERE "{column.name}" IS NOT NULL'
    (counted,) = await get_connection("default").execute_query_dict(ask)
    return await Resealing.create(
        id=uuid4(), ring=ring, version=version, place=column.place, total=counted["rows"]
    )


async def _move_batch(
    connection: BaseDBAsyncClient, vault: Vault, ring: Ring, column: Column, row: Resealing
) -> None:
    """The next rows by primary key; the place reached is kept in the same transaction."""
    limit = _FEW.get(column.place, BATCH)
    rows = await _next(connection, column, row.reached, limit)
    judged = _resealed if ring == "seal" else _redigested
    changes = judged(vault, column, rows)
    if changes:
        await _write(connection, column, changes)
    row.done += len(rows)
    if len(rows) < limit:
        row.finished_at = datetime.now(UTC)
    else:
        row.reached = rows[-1].key
    await row.save(using_db=connection)


async def _next(
    connection: BaseDBAsyncClient, column: Column, reached: str, limit: int
) -> list[_Row]:
    after = f'AND "{column.key}" > $1::text::{column.key_type}' if reached else ""
    found = await connection.execute_query_dict(
        f'SELECT "{column.key}"::text AS key, "{column.bound}"::text AS bound, '
        f'"{column.name}" AS value FROM "{column.table}" '
        f'WHERE "{column.name}" IS NOT NULL {after} ORDER BY "{column.key}" LIMIT {limit}',
        [reached] if reached else [],
    )
    return [_Row(one["key"], one["bound"], one["value"]) for one in found]


def _resealed(vault: Vault, column: Column, rows: Sequence[_Row]) -> list[_Change]:
    current = vault.versions["seal"]
    changes = []
    for row in rows:
        if row.value and row.value[0] != current:
            context = column.context(row.bound)
            changes.append(_Change(row, vault.seal(vault.open(row.value, context), context)))
    return changes


def _redigested(vault: Vault, _column: Column, rows: Sequence[_Row]) -> list[_Change]:
    """Other marks of the same column (a key's thumbprint, say) are no digests and stay."""
    made = [(row, vault.redigest(row.value)) for row in rows if _is_digest(row.value)]
    return [_Change(row, new) for row, new in made if new != row.value]


def _is_digest(value: str) -> bool:
    return len(value) == DIGITS


async def _write(connection: BaseDBAsyncClient, column: Column, changes: Sequence[_Change]) -> None:
    """Each row only if it still holds what was read. A row that is already there under its new
    digest (somebody indexed it in the meantime) takes the place of the old one.
    """
    value_type = "bytea" if column.name.endswith(_SEALED) else "text"
    arrays = f"$1::text[]::{column.key_type}[], $2::{value_type}[], $3::{value_type}[]"
    moved = f"unnest({arrays}) AS m(key, old, new)"
    places = [[change.row.key for change in changes], [change.row.value for change in changes]]
    arguments = [*places, [change.new for change in changes]]
    table, key, name = f'"{column.table}"', f'"{column.key}"', f'"{column.name}"'
    if column.table == "document_index":
        await connection.execute_query(
            f"DELETE FROM {table} t USING {moved} WHERE t.{key} = m.key AND t.{name} = m.old "
            f"AND EXISTS (SELECT 1 FROM {table} o WHERE o.{name} = m.new)",
            arguments,
        )
    version = ", key_version = get_byte(decode(left(m.new, 2), 'hex'), 0)"
    await connection.execute_query(
        f"UPDATE {table} t SET {name} = m.new{version if column.table == 'document_index' else ''} "
        f"FROM {moved} WHERE t.{key} = m.key AND t.{name} = m.old",
        arguments,
    )
