"""A licence of one resident and what they showed of it, written as the stories write them."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from identity.vault import Vault
from services.catalogue import Catalogue
from services.departments.transport.driving_licence import Facts
from services.licences.declaration import Held
from services.licences.ledger import Ledger
from services.licences.showing import mark_of
from services.models import Licence, Presentation
from tests.support.log_capture import personal

DRIVING = "driving-licence"
NAME = personal("Hidden driver")


def held(until: str | None = "2040-01-01", **others: object) -> Held[Facts]:
    """What the traffic police say; ``others`` replace parts of ``Held``."""
    facts = Facts.model_validate(
        {
            "name": NAME,
            "id_number": "11010519491231002X",
            "classes": "C1",
            "first": "2010-01-01",
            "until": until or "2040-01-01",
            "file": "440000000001",
        }
    )
    parts = {"serial": "440000000001", "facts": facts, "until": facts.until}
    return Held(**(parts | others))  # type: ignore[arg-type]


async def a_licence(vault: Vault, resident: UUID, **others: object) -> Licence:
    kind = Catalogue.load().licences[DRIVING]
    async with in_transaction() as connection:
        row = await Ledger(vault).settle(connection, kind, resident, held(**others))
    assert row is not None
    return row


async def fill(vault: Vault, resident: UUID) -> None:
    row, now = await a_licence(vault, resident), datetime.now(UTC)
    await Presentation.create(
        id=uuid4(),
        licence_id=row.id,
        resident_id=resident,
        mark=mark_of(secrets.token_urlsafe(16)),
        shown="name classes",
        made_at=now,
        good_until=now + timedelta(seconds=60),
    )
