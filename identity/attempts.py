"""How often a proof may be tried: budgets a number, a person and a device, a pace an address.

A try is reserved before anything is judged, spent by a judged mismatch and given back by
everything else. Budgets last a day and live in PostgreSQL, shared by all workers; from its second
mismatch on a number also waits, longer each time. What is spent by one way closes no other. A
device at which this resident has signed in before has budgets of its own, so a stranger who uses
up the number's closes that way for unknown devices only, and a proof without a face opens it
again. Addresses are slowed, never locked.

Whether the number is anybody's here changes neither the answers nor the work done for them.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import product
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.cache import reaching_cache
from config.database import is_away
from config.settings import Settings
from identity.errors import TooManyFromAddress, TryBudgetSpent, TryTooSoon
from identity.models import Session, Try
from identity.person import IdNumber
from identity.vault import Vault
from identity.ways import FACE, WAYS, Way

DAY = 24 * 3600
HELD = 60  # seconds a reservation counts when its process died with it
FREE = 2  # mismatches of a number before it begins to wait
_MINUTE = 60
ANYWHERE = "known-to-nobody"
_NOBODY = UUID(int=0)
log = logs.get("attempts")

# The clock is the database's: all workers share it, and it must not stand still in a wait.
_COUNT = f"""
    SELECT count(*) AS used,
        min(CASE WHEN spent THEN at + interval '{DAY} s' ELSE at + interval '{HELD} s' END)
            - clock_timestamp() AS wait,
        extract(epoch FROM clock_timestamp() - max(at)) AS since
    FROM "try" WHERE subject = ANY($1) AND (
        (spent AND at > clock_timestamp() - interval '{DAY} s')
        OR (NOT spent AND at > clock_timestamp() - interval '{HELD} s'))
"""
_RESERVE = """
    INSERT INTO "try" (id, subject, kind, at, spent)
    VALUES ($1, $2, $3, clock_timestamp(), false)
"""
_FORGET = f"""DELETE FROM "try" WHERE at < clock_timestamp() - interval '{DAY} s'"""


@dataclass(frozen=True)
class Budget:
    """``subjects``: digests of what is counted, the one to write first. ``limit``: spent tries a
    day, None for what is only counted. ``waits``: seconds from the FREE-th one on.
    """

    kind: str
    anchor: str
    subjects: tuple[str, ...]
    limit: int | None
    waits: tuple[int, ...] = ()


@dataclass
class Attempt:
    """A reserved try: one row a budget."""

    rows: tuple[UUID, ...] = field(repr=False)
    spent: bool = False

    async def spend(self, connection: BaseDBAsyncClient) -> None:
        """Count it for a day, in the caller's transaction."""
        await Try.filter(id__in=self.rows).using_db(connection).update(spent=True)
        self.spent = True


class Attempts:
    def __init__(self, cache: Redis, vault: Vault, settings: Settings):
        self._cache = cache
        self._vault = vault
        self._settings = settings

    async def pace(self, address: str) -> None:
        """Count a request of this address. Raises TooManyFromAddress or CacheUnavailable."""
        now = time.time()
        network = self._vault.anchor("address", network_of(address))
        key = f"address:{network}:{int(now // _MINUTE)}"
        with reaching_cache():
            async with self._cache.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, 2 * _MINUTE)
                count, _ = await pipe.execute()
        if count > self._settings.requests_per_address:
            raise TooManyFromAddress(retry_after=_MINUTE - int(now % _MINUTE))

    @asynccontextmanager
    async def reserved(
        self,
        number: IdNumber,
        device: str,
        resident: UUID | None,
        address: str = "",
        *,
        way: Way = FACE,
    ) -> AsyncIterator[Attempt]:
        """A try for the length of the block, given back unless it was spent inside.

        ``resident`` is whose number it is, if anybody's here. What is spent by one ``way`` closes
        no other. Raises TryBudgetSpent or TryTooSoon.
        """
        budgets = await self._budgets(number, device, resident, address, way)
        others = [one.id for one in WAYS if one is not way and not (one.face or one.bound)]
        attempt = await self._reserve(budgets, others)
        try:
            yield attempt
        finally:
            if not attempt.spent:
                await _give_back(attempt)

    async def _budgets(
        self, number: IdNumber, device: str, resident: UUID | None, address: str, way: Way = FACE
    ) -> Sequence[Budget]:
        """What a try is taken from. Nobody's number costs the same look-ups as somebody's."""
        devices = self._vault.digests("device", device)
        known = await _known(resident or _NOBODY, list(devices.values()))
        given, where = self._settings, f"on|{device}" if known else ANYWHERE
        where = _by(way, where)
        person = str(resident) if resident else number.canonical
        return [
            _budget(
                self._vault, "number", f"{number.canonical}|{where}",
                given.tries_per_number, given.try_waits,
            ),
            _budget(self._vault, "account", f"{person}|{where}", given.tries_per_account),
            _budget(self._vault, "device", device, given.tries_per_device),
            _budget(self._vault, "network", network_of(address), None),
        ]  # fmt: skip

    async def _reserve(self, budgets: Sequence[Budget], others: list[str]) -> Attempt:
        attempt = Attempt(tuple(uuid4() for _ in budgets))
        judged = [one for one in budgets if one.limit is not None]
        async with in_transaction() as connection:
            for anchor in sorted(one.anchor for one in judged):  # one order: no deadlock
                await lock(connection, anchor)
            for budget in judged:
                await _judge(connection, budget, others)
            for row, budget in zip(attempt.rows, budgets, strict=True):
                await connection.execute_query(_RESERVE, [row, budget.subjects[0], budget.kind])
        return attempt


async def forgive(
    connection: BaseDBAsyncClient, vault: Vault, number: IdNumber, resident: UUID, device: str
) -> None:
    """Forget the mismatches that stand against somebody who has proved themselves without a face.

    In the story's transaction: those of every way on unknown devices, and on ``device``.
    """
    subjects: list[str] = []
    for way, where in product(WAYS, (ANYWHERE, f"on|{device}")):
        for kind, whose in (("number", number.canonical), ("account", str(resident))):
            subjects += _budget(vault, kind, f"{whose}|{_by(way, where)}", None).subjects
    await Try.filter(subject__in=subjects, spent=True).using_db(connection).delete()


async def forget_old() -> None:
    """The worker's job: drop tries that no longer count."""
    async with in_transaction() as connection:
        await connection.execute_query(_FORGET)


async def lock(connection: BaseDBAsyncClient, digest: str) -> None:
    """Let one transaction at a time work on what this digest (64 hex) stands for."""
    number = int.from_bytes(bytes.fromhex(digest)[:8], "big", signed=True)
    await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [number])


def network_of(address: str) -> str:
    """An IPv6 customer has a /64, so that is what is counted; text that is no address as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found, 64), strict=False))
    return address


def _by(way: Way, where: str) -> str:
    """What is spent by one way closes no other."""
    return where if way.face else f"{way.id}|{where}"


def _budget(
    vault: Vault, kind: str, what: str, limit: int | None, waits: tuple[int, ...] = ()
) -> Budget:
    value = f"{kind}|{what}"
    now = vault.digest("tries", value)
    others = [one for one in vault.digests("tries", value).values() if one != now]
    return Budget(kind, vault.anchor("tries", value), (now, *others), limit, waits)


async def _judge(connection: BaseDBAsyncClient, budget: Budget, others: list[str]) -> None:
    """``others``: the ways that stay open, to be told with a refusal."""
    (found,) = await connection.execute_query_dict(_COUNT, [list(budget.subjects)])
    if budget.limit is not None and found["used"] >= budget.limit:
        opens = max(1, int(found["wait"].total_seconds()) + 1)
        raise TryBudgetSpent(retry_after=opens, ways=others)
    if left := _left_to_wait(budget.waits, found):
        raise TryTooSoon(retry_after=left, ways=others)


def _left_to_wait(waits: tuple[int, ...], found: dict[str, Any]) -> int:
    """Seconds to wait still: the last try, spent or under way, must be long enough ago."""
    if not waits or found["used"] < FREE:
        return 0
    wait = waits[min(int(found["used"]) - FREE, len(waits) - 1)]
    return max(0, ceil(wait - float(found["since"])))


async def _known(resident: UUID, devices: Sequence[str]) -> bool:
    """Whether the resident has signed in here, and was not thrown out of it."""
    sessions = Session.filter(resident_id=resident, device__in=devices)
    return await sessions.exclude(ended_why__in=("reuse", "not-me")).exists()


async def _give_back(attempt: Attempt) -> None:
    """A database that is gone takes nothing from the resident: reservations lapse by themselves."""
    try:
        await Try.filter(id__in=attempt.rows, spent=False).delete()
    except Exception as fault:
        if not is_away(fault):
            raise
        log.warning("try-not-given-back", fault=type(fault).__name__)
