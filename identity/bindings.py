"""What lets a resident come back: device keys and WeChat accounts, bound when they ask for it.

A binding belongs to one resident. Who binds what another had bound takes it over, and the other
is told: a family that shares a telephone is not locked out of it, and nobody returns as somebody
else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from config.errors import Conflict, Missing
from config.texts import text
from identity import notices
from identity.attempts import lock
from identity.audit import record
from identity.caller import NOBODY, Caller
from identity.errors import SessionEnded
from identity.models import BoundDevice, Resident, Session
from identity.vault import Vault

Kind = Literal["key", "wechat"]
KEY: Kind = "key"
WECHAT: Kind = "wechat"
MOST = 10  # bindings of one resident


class DeviceKeyNeeded(Conflict):
    """The session to be bound shows no key."""

    code = "device-key-needed"


class DeviceMissing(Missing):
    code = "device-missing"


class TooManyDevices(Conflict):
    code = "too-many-devices"


@dataclass(frozen=True, repr=False)
class Mark:
    """What is bound: the thumbprint of a key, or an openid."""

    kind: Kind
    value: str

    def __repr__(self) -> str:
        return f"Mark({self.kind})"


class Bindings:
    def __init__(self, vault: Vault):
        self._vault = vault

    async def bind(self, resident: UUID, session: UUID, mark: Mark, caller: Caller) -> BoundDevice:
        """Let the resident come back by this mark; ``session`` names the device.

        Asked again it is the same binding. Raises TooManyDevices, or SessionEnded for a session
        that was ended meanwhile: nothing it brings may outlive its end.
        """
        async with in_transaction() as connection:
            await lock(connection, self._vault.anchor("binding", f"{mark.kind}|{mark.value}"))
            held = await self.find(connection, mark)
            if held and UUID(str(held.resident_id)) == resident:
                return held
            if held:
                await self._take_over(connection, held)
            await Resident.select_for_update().using_db(connection).get(id=resident)
            if await _living(connection, resident).count() >= MOST:
                raise TooManyDevices(most=MOST)
            where = await _living_session(connection, session)
            made = await self._create(connection, where, mark)
            await record(connection, event="device:bound", resident=resident, caller=caller)
            await _tell(connection, made, "device-bound", session)
        return made

    async def find(self, connection: BaseDBAsyncClient, mark: Mark) -> BoundDevice | None:
        """The living binding of this mark."""
        marks = list(self._vault.digests(f"bound-{mark.kind}", mark.value).values())
        rows = BoundDevice.filter(kind=mark.kind, mark__in=marks, ended_at__isnull=True)
        return await rows.using_db(connection).first()

    async def of(self, resident: UUID) -> list[BoundDevice]:
        """What this resident may come back by, last used first."""
        rows = BoundDevice.filter(resident_id=resident, ended_at__isnull=True)
        return await rows.order_by("-last_used_at")

    async def unbind(self, resident: UUID, binding: UUID, caller: Caller) -> None:
        """Nobody comes back by it any more; living sessions go on. Raises DeviceMissing."""
        async with in_transaction() as connection:
            if not await _end(_living(connection, resident).filter(id=binding)):
                raise DeviceMissing()
            await record(connection, event="device:unbound", resident=resident, caller=caller)

    async def unbind_all(
        self, connection: BaseDBAsyncClient, resident: UUID, caller: Caller = NOBODY
    ) -> None:
        """In the story's transaction."""
        if await _end(_living(connection, resident)):
            await record(connection, event="device:unbound", resident=resident, caller=caller)

    async def forget(self, connection: BaseDBAsyncClient, session: Session, caller: Caller) -> None:
        """Unbind the device that this session is on, by its key and by its own id."""
        resident = UUID(str(session.resident_id))
        mine = _living(connection, resident)
        here = [row.id for row in await mine if self._same(row.device, session.device)]
        ended = await _end(mine.filter(id__in=here))
        if session.key and (held := await self.find(connection, Mark(KEY, session.key))):
            ended += await _end(mine.filter(id=held.id))
        if ended:
            await record(connection, event="device:unbound", resident=resident, caller=caller)

    def openid(self, bound: BoundDevice) -> str:
        """Whom WeChat knows them as: where notices go."""
        return self._vault.open(bytes(bound.openid_sealed or b""), _context(bound.id)).decode()

    def _same(self, one: str, other: str) -> bool:
        """Whether two digests, which a rotation moves each on its own time, are of one device."""
        return other in self._vault.later(one) or one in self._vault.later(other)

    async def _take_over(self, connection: BaseDBAsyncClient, held: BoundDevice) -> None:
        other = UUID(str(held.resident_id))
        await _end(_living(connection, other).filter(id=held.id))
        await record(connection, event="device:unbound", resident=other)
        await _tell(connection, held, "device-taken-over", None)

    async def _create(
        self, connection: BaseDBAsyncClient, where: Session, mark: Mark
    ) -> BoundDevice:
        made, now = uuid4(), datetime.now(UTC)
        wechat = mark.kind == WECHAT
        return await BoundDevice.create(
            using_db=connection,
            id=made,
            resident_id=where.resident_id,
            kind=mark.kind,
            mark=self._vault.digest(f"bound-{mark.kind}", mark.value),
            openid_sealed=self._vault.seal(mark.value.encode(), _context(made)) if wechat else None,
            device=where.device,
            device_name=where.device_name,
            last_used_at=now,
        )


async def _living_session(connection: BaseDBAsyncClient, session: UUID) -> Session:
    rows = Session.select_for_update().using_db(connection)
    row = await rows.get_or_none(id=session, ended_at__isnull=True)
    if row is None:
        raise SessionEnded()
    return row


async def _tell(
    connection: BaseDBAsyncClient, bound: BoundDevice, kind: str, session: UUID | None
) -> None:
    resident = UUID(str(bound.resident_id))
    locale = await notices.locale_of(resident, connection)
    device = bound.device_name or text("device.other", locale)
    await notices.tell(connection, resident, kind, {"device": device}, session)


def _living(connection: BaseDBAsyncClient, resident: UUID) -> QuerySet[BoundDevice]:
    rows = BoundDevice.filter(resident_id=resident, ended_at__isnull=True)
    return rows.using_db(connection)


async def _end(rows: QuerySet[BoundDevice]) -> int:
    return int(await rows.update(ended_at=datetime.now(UTC)))


def _context(binding: object) -> str:
    return f"bound_device.openid:{binding}"
