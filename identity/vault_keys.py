"""The vault's keys beyond the first: made by command, wrapped in PostgreSQL, known to all workers.

SEAL_KEYS and INDEX_KEYS of the settings are where the rings begin. A further key is made with a
lead: from the moment its row is there every process reads it (several times within the lead) and
can open and search with it; from ``active_from`` it seals and indexes. A process that could not
read for most of a lead stops using the vault rather than miss a key.
``identity.rekeying`` then moves what is kept under older keys.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal

from tortoise.backends.base.client import BaseDBAsyncClient

from config import logs
from config.settings import Settings
from identity.models import VaultKey
from identity.vault import KeyRing, Vault

Ring = Literal["seal", "index"]
RINGS: tuple[Ring, ...] = ("seal", "index")
_READS_A_LEAD = 6
_LAST_VERSION = 255
_LOCK = 0x7661756C
log = logs.get("vault-keys")


class RingFull(Exception):
    """A version is one byte: after 255 keys a ring takes no more."""


class VaultKeys:
    """Keeps one process's vault up to date."""

    def __init__(self, vault: Vault, settings: Settings):
        self._vault = vault
        self._own = {
            "seal": KeyRing.parse("SEAL_KEYS", settings.seal_keys.get_secret_value()),
            "index": KeyRing.parse("INDEX_KEYS", settings.index_keys.get_secret_value()),
        }
        self._wrapping = Vault(self._own["seal"], self._own["index"])
        self.lead = timedelta(seconds=settings.key_lead_seconds)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read once (a database that is away is met by the requests), then go on reading."""
        self._vault.trust(0.0)
        await self._try_to_read()
        self._task = asyncio.create_task(self._read_on(), name="vault-keys")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def read(self) -> None:
        """Learn the rings in force."""
        began = monotonic()
        rows = await VaultKey.all().order_by("version")
        seal, index = (self._ring(ring, rows) for ring in RINGS)
        self._vault.learn(seal, index)
        self._vault.trust(began + self.lead.total_seconds() * (1 - 2 / _READS_A_LEAD))

    async def make(self, connection: BaseDBAsyncClient, ring: Ring) -> int:
        """Add the next key of a ring in the caller's transaction; returns its version.

        It seals or indexes once ``lead`` has passed. Raises RingFull.
        """
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK])
        rows = VaultKey.filter(ring=ring).using_db(connection)
        made = await rows.values_list("version", flat=True)
        version = max([*self._own[ring].keys, *(int(str(one)) for one in made)]) + 1
        if version > _LAST_VERSION:
            raise RingFull(ring)
        await VaultKey.create(
            using_db=connection,
            ring=ring,
            version=version,
            wrapped=self._wrapping.seal(secrets.token_bytes(32), _context(ring, version)),
            active_from=datetime.now(UTC) + self.lead,
        )
        return version

    def own_versions(self, ring: Ring) -> Sequence[int]:
        """The versions that stand in the settings."""
        return list(self._own[ring].keys)

    def _ring(self, ring: Ring, rows: Sequence[VaultKey]) -> KeyRing:
        own, now = self._own[ring], datetime.now(UTC)
        mine = [row for row in rows if row.ring == ring]
        if clash := own.keys.keys() & {row.version for row in mine}:
            raise ValueError(f"{ring}: the settings and the database both have key {min(clash)}")
        keys = own.keys | {row.version: self._opened(row) for row in mine}
        active = [own.current, *(row.version for row in mine if row.active_from <= now)]
        emptied = max((row.version for row in mine if row.older_gone_at), default=0)
        retired = frozenset(version for version in keys if version < emptied)
        return KeyRing(keys, active[-1], retired)

    def _opened(self, row: VaultKey) -> bytes:
        return self._wrapping.open(bytes(row.wrapped), _context(row.ring, row.version))

    async def _read_on(self) -> None:
        while True:
            await asyncio.sleep(self.lead.total_seconds() / _READS_A_LEAD)
            await self._try_to_read()

    async def _try_to_read(self) -> None:
        try:
            await self.read()
        except Exception as fault:  # engines come and go; the vault closes by itself
            log.warning("vault-keys-not-read", fault=type(fault).__name__)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Vault]:
    """A vault whose keys are kept up to date; for every process that seals, opens or looks up."""
    vault = Vault.from_settings(settings)
    keys = VaultKeys(vault, settings)
    await keys.start()
    try:
        yield vault
    finally:
        await keys.stop()


def _context(ring: str, version: int) -> str:
    return f"vault_key.{ring}:{version}"
