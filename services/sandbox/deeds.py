"""What offices did on request: once for each key, and the same answer however often it is asked.

A question that changes something carries a ``key`` (a UUID). The claim of the key, the change and
what is answered to it share one transaction, so that of two who ask at once one waits for the
other, and a sandbox that is killed has done all of it or nothing.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from services.sandbox.database import Database
from services.sandbox.models import SandboxDeed
from services.sandbox.office import Asking, Unreadable, text_of
from services.sandbox.residents import KEPT
from services.sandbox.sealing import Seal

Facts = dict[str, Any]
# One resident at a time: who looks before doing (is there enough?) sees what was done before.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext($1))"


class NotDone(Exception):
    """The office refuses to do it; ``envelope`` says why. Nothing is remembered."""

    def __init__(self, envelope: Facts):
        super().__init__("not done")
        self.envelope = envelope


class Deeds:
    """The memory of every office, sealed, kept as long as the sandbox's residents."""

    def __init__(self, database: Database, seal: Seal):
        self._database = database
        self._seal = seal

    async def once(
        self, office: str, operation: str, asking: Asking, do: Callable[[], Awaitable[Facts]]
    ) -> Facts:
        """What ``do`` gives, or gave when this key came first. ``do`` runs in the transaction and
        may read ``of``; it raises NotDone to refuse.

        Raises Unreadable (no UUID as ``key``, or a key that came with another question), NotDone
        and DatabaseUnavailable.
        """
        key, body = _key(asking.body), _digest(operation, asking.body)
        async with self._database.reached(), in_transaction() as connection:
            await connection.execute_query(_ONE_AT_A_TIME, [text_of(asking.body, "number")])
            row = await self._claimed(office, operation, key, body, asking)
            if row.body != body:
                raise Unreadable("key")
            if row.facts is not None:
                return self._opened(row)
            facts = await do()
            row.facts = self._seal.close(json.dumps(facts).encode(), f"facts:{row.id}")
            await row.save(update_fields=["facts"])
        return facts

    async def of(self, office: str, operation: str, number: str) -> list[Facts]:
        """What the office did for the resident with this number, oldest first.

        Raises DatabaseUnavailable.
        """
        mine = {"office": office, "operation": operation, "number_index": self._seal.index(number)}
        async with self._database.reached():
            rows = await SandboxDeed.filter(**mine, facts__not_isnull=True).order_by("created_at")
        return [self._opened(row) for row in rows]

    async def _claimed(
        self, office: str, operation: str, key: UUID, body: str, asking: Asking
    ) -> SandboxDeed:
        """The row of this key. A second asker waits here until the first has committed."""
        now = datetime.now(UTC)
        await SandboxDeed.filter(created_at__lt=now - KEPT).delete()
        row = SandboxDeed(
            id=uuid4(),
            office=office,
            key=key,
            operation=operation,
            number_index=self._seal.index(text_of(asking.body, "number")),
            body=body,
            created_at=now,
        )
        await SandboxDeed.bulk_create([row], ignore_conflicts=True)
        return await SandboxDeed.get(office=office, key=key)

    def _opened(self, row: SandboxDeed) -> Facts:
        found: Facts = json.loads(self._seal.open(row.facts or b"", f"facts:{row.id}"))
        return found


def _key(body: Mapping[str, Any]) -> UUID:
    try:
        return UUID(text_of(body, "key"))
    except ValueError as fault:
        raise Unreadable("key") from fault


def _digest(operation: str, body: Mapping[str, Any]) -> str:
    asked = json.dumps([operation, dict(body)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(asked.encode()).hexdigest()
