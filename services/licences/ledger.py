"""A licence's row: written with its place in a status list, read, and ended, each in the story's
transaction with its audit and notice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import notices
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.residents import stay
from identity.vault import Vault
from services.clocks import today
from services.licences import status
from services.licences.declaration import Held, LicenceType, Standing
from services.licences.number import LicenceNumber, serial_of
from services.models import Licence, Presentation

PURPOSE = "licence"
ALIVE: tuple[Standing, ...] = ("valid", "suspended")
EXPIRED, SUPERSEDED, WITHDRAWN = "expired", "superseded", "withdrawn"
DECEASED, CLOSED = "deceased", "closed"
ENDS = (EXPIRED, SUPERSEDED, WITHDRAWN, DECEASED, CLOSED)
_TOLD = {EXPIRED, WITHDRAWN}  # of the others the resident hears otherwise, or cannot hear
_VALUES: Mapping[str, int] = {"valid": status.VALID, "suspended": status.SUSPENDED}
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))"


@dataclass(frozen=True)
class Content:
    """What stands on a licence: its number (GB/T 36904) and its facts by name, as text."""

    number: str = field(repr=False)
    serial: str = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Ledger:
    vault: Vault

    def content(self, row: Licence) -> Content:
        opened = self.vault.open(bytes(row.content_sealed), _context(row.id))
        return Content(**json.loads(opened))

    async def alone(self, connection: BaseDBAsyncClient, resident: UUID, type: str) -> None:
        """One at a time brings in this resident's licence of a type, until the transaction ends."""
        await connection.execute_query(_ONE_AT_A_TIME, [f"{resident}:{type}"])

    async def living(
        self, connection: BaseDBAsyncClient, resident: UUID, type: str
    ) -> Licence | None:
        """Locked: what ends it meanwhile waits, or was there first."""
        rows = Licence.filter(resident_id=resident, type=type, ended_at=None)
        return await rows.using_db(connection).select_for_update().first()

    async def settle(
        self,
        connection: BaseDBAsyncClient,
        kind: LicenceType,
        resident: UUID,
        held: Held[Any],
        caller: Caller = NOBODY,
    ) -> Licence | None:
        """Write down what the department says: the licence as it is now, or None where it counts
        no more. Facts that changed end the old version and begin the next. Raises ResidentClosed:
        the office was asked, and the record closed or joined before it had answered.
        """
        await self.alone(connection, resident, kind.id)
        await stay(connection, resident)
        known = await self.living(connection, resident, kind.id)
        if _over(held):
            if known:
                why = EXPIRED if held.standing != "ended" else WITHDRAWN
                await self.end(connection, known, why)
            return None
        if known and self._same(known, held):
            return await self._seen(connection, known, held)
        if known:
            await self.end(connection, known, SUPERSEDED)
        return await self._issue(connection, kind, resident, held, caller)

    async def drop(self, connection: BaseDBAsyncClient, kind: LicenceType, resident: UUID) -> None:
        """The department knows of none any more."""
        await self.alone(connection, resident, kind.id)
        if known := await self.living(connection, resident, kind.id):
            await self.end(connection, known, WITHDRAWN)

    async def end(self, connection: BaseDBAsyncClient, row: Licence, why: str) -> None:
        """It counts no more: in the status list from now on. Ending it twice changes nothing."""
        now = datetime.now(UTC)
        living = Licence.filter(id=row.id, ended_at=None).using_db(connection)
        if not await living.update(state=why, ended_at=now):
            return
        await status.change(connection, _id(row.status_id), status.INVALID)
        resident = _id(row.resident_id)
        await record(
            connection,
            event="licence:ended",
            resident=resident,
            purpose=PURPOSE,
            service=str(row.type),
        )
        if why in _TOLD:
            await notices.tell(connection, resident, f"licence-{why}")

    async def hand_over(self, connection: BaseDBAsyncClient, other: UUID, into: UUID) -> None:
        """Two residents are one: what the other brought in ends, and can be brought in anew."""
        for row in await Licence.filter(resident_id=other, ended_at=None).using_db(connection):
            await self.end(connection, row, SUPERSEDED)
        for table in (Licence, Presentation):
            await table.filter(resident_id=other).using_db(connection).update(resident_id=into)

    def _same(self, row: Licence, held: Held[Any]) -> bool:
        known = self.content(row)
        same_facts = dict(known.facts) == facts_of(held)
        return same_facts and known.serial == serial_of(held.serial) and row.until_on == held.until

    async def _seen(self, connection: BaseDBAsyncClient, row: Licence, held: Held[Any]) -> Licence:
        if row.state != held.standing:
            await status.change(connection, _id(row.status_id), _VALUES[held.standing])
        row.state, row.checked_at = held.standing, datetime.now(UTC)
        await row.save(using_db=connection, update_fields=["state", "checked_at"])
        return row

    async def _issue(
        self,
        connection: BaseDBAsyncClient,
        kind: LicenceType,
        resident: UUID,
        held: Held[Any],
        caller: Caller,
    ) -> Licence:
        id, now = uuid4(), datetime.now(UTC)
        earlier = Licence.filter(resident_id=resident, type=kind.id).using_db(connection)
        version = await earlier.count() + 1
        place = await status.take(connection, kind.department.id, _VALUES[held.standing])
        row = await Licence.create(
            using_db=connection,
            id=id,
            resident_id=resident,
            type=kind.id,
            department=kind.department.id,
            version=version,
            content_sealed=self._sealed(id, kind, held, version),
            state=held.standing,
            until_on=held.until,
            status_id=place.id,
            issued_at=now,
            checked_at=now,
        )
        await record(
            connection,
            event="licence:issued",
            resident=resident,
            caller=caller,
            purpose=PURPOSE,
            service=kind.id,
        )
        return row

    def _sealed(self, id: UUID, kind: LicenceType, held: Held[Any], version: int) -> bytes:
        serial, issuer = serial_of(held.serial), kind.department.credit_code
        number = LicenceNumber(kind.type_code, issuer, serial, version).written
        content = {"number": number, "serial": serial, "facts": facts_of(held)}
        plain = json.dumps(content, ensure_ascii=False).encode()
        return self.vault.seal(plain, _context(id))


def facts_of(held: Held[Any]) -> dict[str, str]:
    """As they stand on the licence: text, days as ``2026-11-21``; what is not there is left out."""
    found: dict[str, str] = held.facts.model_dump(mode="json", exclude_none=True)
    return found


def _over(held: Held[Any]) -> bool:
    return held.standing == "ended" or past(held.until)


def past(until: date | None) -> bool:
    """Whether the last day was yesterday or before, in China."""
    return until is not None and until < today(datetime.now(UTC))


def _id(value: object) -> UUID:
    return UUID(str(value))


def _context(row: object) -> str:
    return f"licence.content:{row}"
