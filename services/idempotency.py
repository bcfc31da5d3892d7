"""The same request twice is done once: ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key).

    async with in_transaction() as connection, idempotency.kept(connection, once) as slot:
        if slot.known is not None:
            return Receipt.model_validate_json(slot.known)
        ...
        slot.keep(receipt.model_dump_json().encode())

The answer stands in the story's own transaction, sealed, for 24 hours: it is there if and only if
what it tells of has happened. A lock of PostgreSQL that lasts as long as that transaction says
that the first one is still at work.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

from config.errors import Conflict, Invalid
from config.jobs import Payload
from identity.vault import Vault
from services.models import KeptAnswer

KEPT = timedelta(hours=24)
JOB = "forget-kept-answers"
_CALLER, _KEY, _BODY, _LOCK = (f"idempotency-{part}" for part in ("caller", "key", "body", "lock"))
_DONE = 200


class IdempotencyKeyReused(Invalid):
    """The key came before, with something else (section 2.7 of the draft)."""

    code = "idempotency-key-reused"


class IdempotencyInFlight(Conflict):
    """The first request with this key is still being worked on (section 2.7 of the draft)."""

    code = "idempotency-in-flight"


@dataclass(frozen=True)
class Once:
    """A request that is to be done once: whose, which route, under which key, and what was sent.

    ``route`` is the template (``POST /v1/materials``), ``actor`` who acts and from which client,
    ``body`` a digest of everything that was sent, in path, query and body.
    """

    resident: UUID
    actor: str
    route: str
    key: str = field(repr=False)
    body: str = field(repr=False)


class Slot:
    """Where a story finds the answer of the first time, or leaves its own."""

    def __init__(self, known: bytes | None = None):
        self.known = known
        self.made: bytes | None = None

    def keep(self, answer: bytes) -> None:
        """What the same request will be answered until tomorrow."""
        self.made = answer


class Idempotency:
    def __init__(self, vault: Vault):
        self._vault = vault

    @asynccontextmanager
    async def kept(self, connection: BaseDBAsyncClient, once: Once | None) -> AsyncIterator[Slot]:
        """The slot of this request, within the story's transaction; without a key an empty one.

        Raises IdempotencyKeyReused or IdempotencyInFlight; TypeError outside a transaction;
        RuntimeError when a story ends well and has kept no answer.
        """
        if once is None:
            yield Slot()
            return
        if not isinstance(connection, TransactionalDBClient):
            raise TypeError("kept needs the connection of in_transaction()")
        await self._lock(connection, once)
        slot = Slot(await self._known(connection, once))
        yield slot
        if slot.known is not None:
            return
        if slot.made is None:
            raise RuntimeError(f"{once.route}: the story kept no answer")
        await self._write(connection, once, slot.made)

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        """Forget every answer this resident was given."""
        callers = self._vault.digests(_CALLER, str(resident)).values()
        await KeptAnswer.filter(caller__in=list(callers)).using_db(connection).delete()

    async def kept_at(self, resident: UUID) -> list[datetime]:
        """When the answers were given that are kept for this resident."""
        callers = self._vault.digests(_CALLER, str(resident)).values()
        rows = KeptAnswer.filter(caller__in=list(callers)).order_by("created_at")
        return [row.created_at for row in await rows.only("created_at")]

    async def _lock(self, connection: BaseDBAsyncClient, once: Once) -> None:
        """Held until the transaction ends; never waited for, so no worker is kept from others."""
        named = self._vault.anchor(_LOCK, f"{once.resident}|{once.route}|{_key(once)}")
        number = int(named[:16], 16) - (1 << 63)
        (row,) = await connection.execute_query_dict(
            "SELECT pg_try_advisory_xact_lock($1) AS mine", [number]
        )
        if not row["mine"]:
            raise IdempotencyInFlight(headers={"Retry-After": "1"})

    async def _known(self, connection: BaseDBAsyncClient, once: Once) -> bytes | None:
        digests = self._vault.digests
        rows = KeptAnswer.filter(
            caller__in=list(digests(_CALLER, str(once.resident)).values()),
            key__in=list(digests(_KEY, _key(once)).values()),
            route=once.route,
            created_at__gt=datetime.now(UTC) - KEPT,
        )
        row = await rows.using_db(connection).first()
        if row is None:
            return None
        if row.body not in digests(_BODY, once.body).values():
            raise IdempotencyKeyReused()
        return self._vault.open(bytes(row.answer_sealed or b""), _context(row.id))

    async def _write(self, connection: BaseDBAsyncClient, once: Once, answer: bytes) -> None:
        digest, made = self._vault.digest, uuid4()
        caller, key = digest(_CALLER, str(once.resident)), digest(_KEY, _key(once))
        old = KeptAnswer.filter(caller=caller, key=key, route=once.route)
        await old.using_db(connection).delete()  # one of yesterday that no job has forgotten yet
        await KeptAnswer.create(
            using_db=connection,
            id=made,
            caller=caller,
            route=once.route,
            key=key,
            body=digest(_BODY, once.body),
            status=_DONE,
            answer_sealed=self._vault.seal(answer, _context(made)),
            created_at=datetime.now(UTC),
        )


async def forget_old(_payload: Payload) -> None:
    """The job: answers of more than a day ago are given no more."""
    await KeptAnswer.filter(created_at__lte=datetime.now(UTC) - KEPT).delete()


def _key(once: Once) -> str:
    """Who acts is part of it: a family agent's keys and the resident's own never meet."""
    return f"{once.actor}|{once.key}"


def _context(row: object) -> str:
    return f"kept_answer.answer:{row}"
