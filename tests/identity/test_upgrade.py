"""Migrations meet tables with rows in them: a column added later must not refuse the old ones."""

import secrets
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate as apply_migrations

from config import database
from identity.models import AuditEvent, Consent, Document, Resident, Session
from tests.support import engines as engines_room
from tests.support.engines import Engines

RESIDENT, DOCUMENT, SESSION = uuid4(), uuid4(), uuid4()
# Rows as the first migration has them.
ROWS: tuple[tuple[str, tuple[object, ...]], ...] = (
    (
        "INSERT INTO resident (id, proofed, proofed_at, proofed_until, created_at) "
        "VALUES ($1, 4, now(), now() + interval '24 months', now())",
        (RESIDENT,),
    ),
    (
        "INSERT INTO document (id, resident_id, kind, country, number_sealed, name_sealed, "
        "created_at) VALUES ($1, $2, 'resident-id', 'CN', 'number', 'name', now())",
        (DOCUMENT, RESIDENT),
    ),
    ("INSERT INTO document_index VALUES (repeat('0', 64), 1, $1)", (DOCUMENT,)),
    (
        "INSERT INTO session (id, resident_id, client, device, device_name, acr, amr, auth_time, "
        "created_at, last_used_at, expires_at, ended_why) VALUES ($1, $2, 'zhiban-app', "
        "repeat('0', 64), 'a phone', '4', 'face', now(), now(), now(), now(), '')",
        (SESSION, RESIDENT),
    ),
    (
        "INSERT INTO consent (id, resident_id, purpose, version, text_hash, locale, channel, "
        "given_at) VALUES ($1, $1, 'identity-verification', '2026-11', '', 'zh-CN', 'web', now())",
        (RESIDENT,),
    ),
    (
        "INSERT INTO audit_event (at, event, resident_id, actor_kind, actor, client, purpose, "
        "service, outcome) VALUES (now(), 'identity:verified', $1, 'resident', '', '', '', '', "
        "'ok')",
        (RESIDENT,),
    ),
    (
        "INSERT INTO \"try\" (id, subject, at, spent) VALUES ($1, repeat('0', 64), now(), true)",
        (uuid4(),),
    ),
)


@pytest.fixture
async def old(engines: Engines) -> AsyncIterator[str]:
    """The address of a database that stopped at the first migration, with rows."""
    name = f"zb_{secrets.token_hex(6)}"
    await engines_room._run(engines.database_url, f'CREATE DATABASE "{name}"')
    address = engines_room.renamed(engines.database_url, name)
    async with TortoiseContext():
        await apply_migrations(
            config=_config(address), app_labels=["identity"], target="identity.0001_initial"
        )
    connection = await asyncpg.connect(address)
    for statement, values in ROWS:
        await connection.execute(statement, *values)
    await connection.close()
    yield address
    await engines_room._run(engines.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _config(address: str) -> dict[str, object]:
    apps = {app: (f"{app}.models", f"{app}.migrations") for app in database.APPS}
    return database.connections_to(address, apps)


async def test_a_migration_keeps_every_row(old: str) -> None:
    await database.migrate(_config(old), say=lambda _line: None)
    async with database.opened(_config(old)):
        resident, document = await Resident.get(), await Document.get()
        assert (resident.id, resident.proofed, resident.frozen_at) == (RESIDENT, 4, None)
        assert (document.id, bytes(document.number_sealed), document.level) == (
            DOCUMENT,
            b"number",
            4,
        )
        session = await Session.get()
        assert (UUID(str(session.id)), session.key, session.acr) == (SESSION, "", "4")
        assert (await Consent.get()).given_by is None
        assert (await AuditEvent.get()).other_id is None
