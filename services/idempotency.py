"""The same request twice is done once: ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key).

    async with in_transaction() as connection, idempotency.kept(connection, once) as slot:
        if slot.known is not None:
            return Receipt.model_validate_json(slot.known)
        ...
        slot.keep(receipt.model_dump_json().encode())

The answer stands in the story's own transaction, sealed, for 24 hours: it is there if and only if
what it tells of has happened. A lock of PostgreSQL that lasts as long as that transaction says
that the first one is still at work; another, that the resident's record is not joined into another
one, closed or erased meanwhile: nothing is written for somebody who is not there any more.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from config.errors import Conflict, Invalid
from config.jobs import Payload
from config.writing import Write, insert_into, write
from identity.errors import ResidentClosed
from identity.residents import STAYS
from identity.vault import Vault
from services.models import KeptAnswer

KEPT = timedelta(hours=24)
JOB = "forget-kept-answers"
_CALLER, _KEY, _BODY, _LOCK = (f"idempotency-{part}" for part in ("caller", "key", "body", "lock"))
_DONE = 200
_ALONE = "pg_advisory_xact_lock(hashtextextended({}, 3))::text"
_LOOK = """
    SELECT lock.mine, record.stays, kept.id, kept.body, kept.answer_sealed,
        kept.created_at > $5 AS known, CASE WHEN lock.mine AND $7 <> '' THEN {} END AS alone
    FROM (SELECT pg_try_advisory_xact_lock($1) AS mine) AS lock
        LEFT JOIN ({}) AS record ON true
        LEFT JOIN kept_answer AS kept
            ON kept.caller = ANY($2) AND kept.key = ANY($3) AND kept.route = $4
""".format(_ALONE.format("$7"), STAYS.format("$6"))


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

    def __init__(self, known: bytes | None = None, row: Callable[[bytes], Write] | None = None):
        self.known = known
        self.made: bytes | None = None
        self.handed_over = False
        self._row = row

    def keep(self, answer: bytes) -> None:
        """What the same request will be answered until tomorrow."""
        self.made = answer

    def hand_over(self, answer: bytes) -> Sequence[Write]:
        """``keep`` by the story's own statement (``config.writing``). It fails with IntegrityError
        where the first one ended between look and write: looked again, its answer is there.
        """
        self.handed_over = True
        return [self._row(answer)] if self._row else ()


class Idempotency:
    def __init__(self, vault: Vault):
        self._vault = vault

    @asynccontextmanager
    async def kept(
        self, connection: BaseDBAsyncClient, once: Once | None, *, alone: str = ""
    ) -> AsyncIterator[Slot]:
        """The slot of this request, within the story's transaction; without a key an empty one.

        ``alone``: a name that one transaction at a time holds, whatever its key; it is waited for,
        and only what is read by a later statement has seen what the one before it wrote.

        Raises IdempotencyKeyReused, IdempotencyInFlight or ResidentClosed; TypeError outside a
        transaction; RuntimeError when a story ends well and has kept no answer.
        """
        if once is None:
            if alone:
                await connection.execute_query_dict(f"SELECT {_ALONE.format('$1')}", [alone])
            yield Slot()
            return
        if not isinstance(connection, TransactionalDBClient):
            raise TypeError("kept needs the connection of in_transaction()")
        known = await self._known(connection, once, alone)
        slot = Slot(known, lambda answer: self._row(once, answer))
        yield slot
        if slot.known is not None or slot.handed_over:
            return
        if slot.made is None:
            raise RuntimeError(f"{once.route}: the story kept no answer")
        try:
            await write(connection, *slot.hand_over(slot.made))
        except IntegrityError:
            raise _in_flight() from None

    async def answered(self, once: Once) -> bytes | None:
        """What was kept for this request: for a story that would refuse it by now, because it is
        done. Raises IdempotencyKeyReused or IdempotencyInFlight.
        """
        async with in_transaction() as connection:
            return await self._known(connection, once)

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        """Forget every answer this resident was given."""
        callers = self._vault.digests(_CALLER, str(resident)).values()
        await KeptAnswer.filter(caller__in=list(callers)).using_db(connection).delete()

    async def kept_at(self, resident: UUID) -> list[datetime]:
        """When the answers were given that are kept for this resident."""
        callers = self._vault.digests(_CALLER, str(resident)).values()
        rows = KeptAnswer.filter(caller__in=list(callers)).order_by("created_at")
        return [row.created_at for row in await rows.only("created_at")]

    async def _known(
        self, connection: BaseDBAsyncClient, once: Once, alone: str = ""
    ) -> bytes | None:
        """The first answer; else this request has the lock until the transaction ends. It is never
        waited for, so no worker is kept from others.
        """
        rows = await connection.execute_query_dict(_LOOK, [*self._asked(once), alone])
        if not rows[0]["mine"]:
            raise _in_flight()
        if not rows[0]["stays"]:
            raise ResidentClosed()
        for row in rows:
            if row["known"]:
                return self._answer(row, once)
            if row["id"]:  # one of yesterday that no job has forgotten yet
                await KeptAnswer.filter(id=row["id"]).using_db(connection).delete()
        return None

    def _asked(self, once: Once) -> list[Any]:
        named = self._vault.anchor(_LOCK, f"{once.resident}|{once.route}|{_key(once)}")
        callers = self._vault.digests(_CALLER, str(once.resident))
        keys = self._vault.digests(_KEY, _key(once))
        number, since = int(named[:16], 16) - (1 << 63), datetime.now(UTC) - KEPT
        named_keys = list(keys.values())
        return [number, list(callers.values()), named_keys, once.route, since, once.resident]

    def _answer(self, row: Mapping[str, Any], once: Once) -> bytes:
        if row["body"] not in self._vault.digests(_BODY, once.body).values():
            raise IdempotencyKeyReused()
        return self._vault.open(bytes(row["answer_sealed"]), _context(row["id"]))

    def _row(self, once: Once, answer: bytes) -> Write:
        digest, made = self._vault.digest, uuid4()
        return insert_into(
            KeptAnswer,
            id=made,
            caller=digest(_CALLER, str(once.resident)),
            route=once.route,
            key=digest(_KEY, _key(once)),
            body=digest(_BODY, once.body),
            status=_DONE,
            answer_sealed=self._vault.seal(answer, _context(made)),
            created_at=datetime.now(UTC),
        )


def _in_flight() -> IdempotencyInFlight:
    return IdempotencyInFlight(headers={"Retry-After": "1"})


async def forget_old(_payload: Payload) -> None:
    """The job: answers of more than a day ago are given no more."""
    await KeptAnswer.filter(created_at__lte=datetime.now(UTC) - KEPT).delete()


def _key(once: Once) -> str:
    """Who acts is part of it: a family agent's keys and the resident's own never meet."""
    return f"{once.actor}|{once.key}"


def _context(row: object) -> str:
    return f"kept_answer.answer:{row}"
