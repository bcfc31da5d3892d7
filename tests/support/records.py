"""Residents with documents, and the rooms that link, merge, freeze and close them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import documents
from identity.attempts import Attempts
from identity.caller import OWN_APP, Caller, CallerKind
from identity.documents.citizen_number import check_character
from identity.freeze import Freezes
from identity.linking import Linking
from identity.merging import Merging
from identity.models import (
    BoundDevice,
    Document,
    FreezeCode,
    Passkey,
    Session,
    StaffAccount,
)
from identity.person import IdNumber
from identity.residents import Residents
from tests.support.log_capture import personal
from tests.support.session_parts import SessionParts, a_worker

ADDRESS = "203.0.113.7"
BIRTH = "19810803"  # of everybody here who is one person


def card(order: int = 2, birth: str = BIRTH, region: str = "440305") -> IdNumber:
    """A resident ID card; an even order is a woman's."""
    seventeen = f"{region}{birth}{order:03d}"
    return documents.parse("resident-id", personal(seventeen + check_character(seventeen)))


def permit(order: int = 2, birth: str = BIRTH) -> IdNumber:
    """A residence permit of somebody from Hong Kong."""
    seventeen = f"810000{birth}{order:03d}"
    number = personal(seventeen + check_character(seventeen))
    return documents.parse("hong-kong-macao-residence", number)


def foreign(order: int = 2, birth: str = BIRTH) -> IdNumber:
    """A foreign permanent resident card of the newer form."""
    seventeen = f"911124{birth}{order:03d}"
    number = personal(seventeen + check_character(seventeen))
    return documents.parse("foreign-permanent-resident", number)


@dataclass(frozen=True)
class Records:
    """One worker's rooms."""

    worker: SessionParts
    residents: Residents
    linking: Linking
    merging: Merging
    freezes: Freezes

    async def admit(self, number: IdNumber, name: str = "陈晓雯", level: int = 4) -> UUID:
        async with in_transaction() as connection:
            row = await self.residents.admit(connection, number, personal(name), level)
        return UUID(str(row.id))

    async def documents(self, resident: UUID) -> list[Document]:
        """The living ones."""
        rows = Document.filter(resident_id=resident, ended_at__isnull=True)
        return await rows.order_by("created_at")

    async def signed_in(self, resident: UUID, acr: str = "4") -> tuple[Caller, str]:
        """A caller with a session of their own, and its access token."""
        opened = await self.worker.sign_in(resident, acr=acr)
        token = personal((await self.worker.tokens.issue(opened.session)).value)
        return await self.worker.tokens.read(token), token


def caller_of(resident: UUID, *, acr: str = "4", minutes: int = 0) -> Caller:
    """Somebody who proved themselves so many minutes ago."""
    proven = datetime.now(UTC) - timedelta(minutes=minutes)
    return Caller(
        CallerKind.RESIDENT, resident, str(resident), OWN_APP, uuid4(), acr=acr, auth_time=proven
    )


async def a_staff_member(document: str = "") -> UUID:
    """An account, enabled; ``document`` is the digest of their own."""
    row = await StaffAccount.create(
        id=uuid4(),
        login=uuid4().hex,
        name_sealed=b"",
        password="",
        roles="clerk",
        document=document,
    )
    return UUID(str(row.id))


async def bound(resident: UUID) -> None:
    """A device, a passkey and a paper code that speak for them."""
    now = datetime.now(UTC)
    device = {"device": "d" * 64, "device_name": "a phone", "last_used_at": now}
    await BoundDevice.create(
        id=uuid4(), resident_id=resident, kind="key", mark=uuid4().hex, **device
    )
    await Passkey.create(
        id=uuid4(), resident_id=resident, credential=uuid4().hex, public_key=b"", sign_count=0,
        name="", bound_at_level=4, usable_from=now,
    )  # fmt: skip
    await FreezeCode.create(digest=uuid4().hex * 2, resident_id=resident)


async def speaking_for(resident: UUID) -> int:
    rows = [
        await table.filter(resident_id=resident, ended_at__isnull=True).count()
        for table in (BoundDevice, Passkey, Session)
    ]
    return sum(rows) + await FreezeCode.filter(resident_id=resident).count()


@asynccontextmanager
async def a_records_room(settings: Settings) -> AsyncIterator[Records]:
    async with a_worker(settings) as worker:
        residents = Residents(worker.vault, settings.proofing_months)
        store = residents.documents
        attempts = Attempts(worker.cache, worker.vault, settings)
        yield Records(
            worker,
            residents,
            Linking(store),
            Merging(store, worker.sessions, worker.tokens),
            Freezes(worker.cache, worker.vault, worker.sessions, attempts),
        )
