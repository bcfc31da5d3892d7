"""How often a face may be tried: budgets a number and a device, and a pace an address.

A try is reserved before anything is judged, spent by a judged mismatch and given back by
everything else. Number and device budgets last a day and live in PostgreSQL. A device at which
this resident has signed in before has a budget of its own, so a stranger who uses up the
number's budget closes the way for unknown devices only. Addresses are slowed, never locked.
"""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID, uuid4

from redis.asyncio import Redis
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config import logs
from config.cache import reaching_cache
from config.database import is_away
from config.settings import Settings
from identity.errors import TooManyFromAddress, TryBudgetSpent
from identity.models import Session, Try
from identity.person import IdNumber
from identity.vault import Vault

DAY = 24 * 3600
HELD = 60  # seconds a reservation counts when its process died with it
_MINUTE = 60
log = logs.get("attempts")

# The clock is the database's: all workers share it, and it must not stand still in a wait.
_COUNT = f"""
    SELECT count(*) AS used,
        min(CASE WHEN spent THEN at + interval '{DAY} s' ELSE at + interval '{HELD} s' END)
            - clock_timestamp() AS wait
    FROM "try" WHERE subject = $1 AND (
        (spent AND at > clock_timestamp() - interval '{DAY} s')
        OR (NOT spent AND at > clock_timestamp() - interval '{HELD} s'))
"""
_RESERVE = 'INSERT INTO "try" (id, subject, at, spent) VALUES ($1, $2, clock_timestamp(), false)'
_FORGET = f"""DELETE FROM "try" WHERE at < clock_timestamp() - interval '{DAY} s'"""


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
        network = self._vault.digest("address", _network(address))
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
        self, number: IdNumber, device: str, resident: UUID | None
    ) -> AsyncIterator[Attempt]:
        """A try for the length of the block, given back unless it was spent inside.

        ``resident`` is whose number it is, if anybody's here. Raises TryBudgetSpent.
        """
        attempt = await self._reserve(await self._budgets(number, device, resident))
        try:
            yield attempt
        finally:
            if not attempt.spent:
                await _give_back(attempt)

    async def _budgets(
        self, number: IdNumber, device: str, resident: UUID | None
    ) -> Mapping[str, int]:
        """The budgets a try is taken from: subject → limit."""
        devices = self._vault.digests("device", device)
        subject = f"{number.canonical}|known-to-nobody"
        if resident and await _known(resident, list(devices.values())):
            subject = f"{number.canonical}|{device}"
        return {
            self._vault.digest("tries", subject): self._settings.tries_per_number,
            self._vault.digest("tries", f"device|{device}"): self._settings.tries_per_device,
        }

    async def _reserve(self, budgets: Mapping[str, int]) -> Attempt:
        attempt = Attempt(tuple(uuid4() for _ in budgets))
        async with in_transaction() as connection:
            for subject in sorted(budgets):  # one order for everybody: no deadlock
                await lock(connection, subject)
            for row, (subject, limit) in zip(attempt.rows, budgets.items(), strict=True):
                await _judge(connection, subject, limit)
                await connection.execute_query(_RESERVE, [row, subject])
        return attempt


async def forget_old() -> None:
    """The worker's job: drop tries that no longer count."""
    async with in_transaction() as connection:
        await connection.execute_query(_FORGET)


async def lock(connection: BaseDBAsyncClient, digest: str) -> None:
    """Let one transaction at a time work on what this digest (64 hex) stands for."""
    number = int.from_bytes(bytes.fromhex(digest)[:8], "big", signed=True)
    await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [number])


async def _judge(connection: BaseDBAsyncClient, subject: str, limit: int) -> None:
    (found,) = await connection.execute_query_dict(_COUNT, [subject])
    if found["used"] >= limit:
        raise TryBudgetSpent(retry_after=max(1, int(found["wait"].total_seconds()) + 1))


async def _known(resident: UUID, devices: Sequence[str]) -> bool:
    """Whether the resident has signed in here; a device thrown out for token theft is not known."""
    sessions = Session.filter(resident_id=resident, device__in=devices)
    return await sessions.exclude(ended_why="reuse").exists()


async def _give_back(attempt: Attempt) -> None:
    """A database that is gone takes nothing from the resident: reservations lapse by themselves."""
    try:
        await Try.filter(id__in=attempt.rows, spent=False).delete()
    except Exception as fault:
        if not is_away(fault):
            raise
        log.warning("try-not-given-back", fault=type(fault).__name__)


def _network(address: str) -> str:
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
