"""An owner's own cars: registered, printed, given another code or plate, taken off.

The transport office is asked outside any transaction, on record first, and its answer decides whose
a plate is: a plate that is somebody else's now ends the registration it had here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.database import reaching_database
from identity import release
from identity.audit import Audit
from identity.caller import Caller
from identity.vault import Vault
from identity.ways import ORDINARY
from services.asking import Residents
from services.cars import codes, plates, rows
from services.cars.errors import CarEnded, CarNotYours, CarRegisteredAlready, CarsTooMany
from services.cars.office import KeepsPlates, Vehicle, check_open, held
from services.idempotency import Idempotency, Once
from services.models import Car

MOST = 5


@dataclass(frozen=True)
class Card:
    """What goes behind the windscreen: the address in the QR, and its picture (a data URI)."""

    address: str = field(repr=False)
    picture: str = field(repr=False)


@dataclass(frozen=True)
class Owners:
    vault: Vault
    residents: Residents
    office: KeepsPlates
    audit: Audit
    public_url: str
    most: int = MOST

    async def register(
        self, caller: Caller, resident: UUID, said: str, once: Once | None, locale: str
    ) -> str:
        """Register the car with this plate; returns its number.

        Raises PlateInvalid, CarNotYours, CarRegisteredAlready, CarsTooMany, what ``release.permit``
        and ``kept`` refuse, and the problems of ``Department.call``.
        """
        vehicle = await self._owned(caller, resident, plates.read(said), locale)
        with reaching_database():
            async with (
                in_transaction() as connection,
                Idempotency(self.vault).kept(connection, once) as slot,
            ):
                if slot.known is not None:
                    return slot.known.decode()
                row = await self._begin(connection, caller, resident, vehicle)
                slot.keep(row.number.encode())
        return row.number

    async def listed(self, resident: UUID) -> Sequence[Car]:
        """The living ones, the eldest first."""
        return await rows.living(resident)

    async def one(self, resident: UUID, number: str) -> Car:
        """Raises CarMissing."""
        return await rows.mine(resident, number)

    def plate(self, row: Car) -> str:
        return rows.plate_of(row, self.vault)

    async def card(self, resident: UUID, number: str) -> Card:
        """To print or download, as often as one likes. Raises CarMissing or CarEnded."""
        row = await rows.mine(resident, number)
        if row.state != rows.LIVING:
            raise CarEnded()
        code = self.vault.open(bytes(row.code_sealed), codes.code_context(row.id)).decode()
        address = codes.address(self.public_url, code)
        return Card(address, codes.picture(address))

    async def renew(self, caller: Caller, resident: UUID, number: str) -> None:
        """Another code: what was printed before opens nothing. Raises CarMissing or CarEnded."""
        async with in_transaction() as connection:
            row = await rows.locked(connection, resident, number)
            self._encode(row)
            await row.save(using_db=connection)
            await rows.audited(connection, row, "car:renewed", caller)

    async def want_calls(self, resident: UUID, number: str, *, calls: bool) -> None:
        """Whether relayed calls may come. Raises CarMissing or CarEnded."""
        async with in_transaction() as connection:
            row = await rows.locked(connection, resident, number)
            row.calls = calls
            await row.save(using_db=connection, update_fields=["calls"])

    async def change_plate(
        self, caller: Caller, resident: UUID, number: str, said: str, locale: str
    ) -> None:
        """The same car by its new plate; the printed code stays good.

        Raises PlateInvalid, CarNotYours (also where the plate is on another vehicle of theirs),
        CarRegisteredAlready, CarMissing, CarEnded and the problems of ``Department.call``.
        """
        vehicle = await self._owned(caller, resident, plates.read(said), locale)
        with reaching_database():
            async with in_transaction() as connection:
                row = await rows.locked(connection, resident, number)
                if row.frame not in codes.frame_digests(self.vault, vehicle.frame):
                    raise CarNotYours("another vehicle of theirs")
                await self._free(connection, resident, vehicle.plate, but=row)
                self.engrave(row, vehicle.plate)
                await row.save(using_db=connection)
                await rows.audited(connection, row, "car:plate-changed", caller)

    async def take_off(self, caller: Caller, resident: UUID, number: str, *, sold: bool) -> None:
        """The code opens nothing any more. Raises CarMissing or CarEnded."""
        async with in_transaction() as connection:
            row = await rows.locked(connection, resident, number)
            await rows.end(connection, row, rows.SOLD if sold else rows.TAKEN_OFF, caller)

    def engrave(self, row: Car, plate: str) -> None:
        """The row bears this plate, as the office said just now."""
        row.plate = codes.plate_digest(self.vault, plate)
        row.plate_sealed = self.vault.seal(plate.encode(), codes.plate_context(row.id))
        row.checked_at = datetime.now(UTC)

    async def _owned(self, caller: Caller, resident: UUID, plate: str, locale: str) -> Vehicle:
        """The vehicle with this plate, if it is theirs; the read is on record before the answer."""
        release.permit(caller, scope="", level=ORDINARY)
        check_open(self.office, locale)
        await self.audit.record_read(
            caller, event="car:checked", resident=resident, service="", purpose=rows.PURPOSE
        )
        person = await self.residents.reveal(resident)
        for vehicle in await held(self.office, person, locale):
            if vehicle.plate == plate:
                return vehicle
        raise CarNotYours()

    async def _begin(
        self, connection: BaseDBAsyncClient, caller: Caller, resident: UUID, vehicle: Vehicle
    ) -> Car:
        await _one_at_a_time(connection, f"cars-of:{resident}")
        if len(await rows.living(resident, connection)) >= self.most:
            raise CarsTooMany(most=self.most)
        await self._free(connection, resident, vehicle.plate)
        now = datetime.now(UTC)
        row = Car(id=uuid4(), resident_id=resident, state=rows.LIVING, created_at=now)
        row.number = await rows.new_number(connection)
        row.frame = codes.frame_digest(self.vault, vehicle.frame)
        self.engrave(row, vehicle.plate)
        self._encode(row)
        await row.save(using_db=connection, force_create=True)
        await rows.audited(connection, row, "car:registered", caller)
        return row

    async def _free(
        self, connection: BaseDBAsyncClient, resident: UUID, plate: str, but: Car | None = None
    ) -> None:
        """The office says it is this resident's: whoever had it here has sold it.

        Raises CarRegisteredAlready where it is on another car of the same resident.
        """
        await _one_at_a_time(connection, self.vault.anchor("car-plate", plate))
        known = Car.filter(plate__in=codes.plate_digests(self.vault, plate), state=rows.LIVING)
        for row in await known.using_db(connection).select_for_update():
            if but and row.id == but.id:
                continue
            if UUID(str(row.resident_id)) == resident:
                raise CarRegisteredAlready(number=row.number)
            await rows.end(connection, row, rows.SOLD)

    def _encode(self, row: Car) -> None:
        code = codes.drawn()
        row.code = codes.code_digest(self.vault, code)
        row.code_sealed = self.vault.seal(code.encode(), codes.code_context(row.id))


async def _one_at_a_time(connection: BaseDBAsyncClient, what: str) -> None:
    """Two who register at once come one after the other; till the transaction ends."""
    await connection.execute_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 3))", [what])
