"""Migrations meet tables with rows in them: a column added later must not refuse the old ones."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from config import database
from identity.models import AuditEvent, Consent, Document, Resident, Session
from tests.support.engines import Engines
from tests.support.older_databases import Row, config_of, stopped_at

RESIDENT, DOCUMENT, SESSION = uuid4(), uuid4(), uuid4()
# Rows as the first migration has them.
ROWS: tuple[Row, ...] = (
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
    async with stopped_at(engines, "identity.0001_initial", ROWS) as address:
        yield address


async def test_a_migration_keeps_every_row(old: str) -> None:
    await database.migrate(config_of(old), say=lambda _line: None)
    async with database.opened(config_of(old)):
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
