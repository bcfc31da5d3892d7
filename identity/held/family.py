"""What ties residents to each other: guardians and wards, principals and agents.

Each side gets a copy in which the other is masked. When one side is erased the tie is gone, and
with it the name of the other that was sealed in it.
"""

from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q

from identity import guardians
from identity.held.trail import ERASED
from identity.holdings import Coded, Record, SomebodyElse
from identity.models import AuditEvent, Consent, Document, Guardianship, Mandate
from identity.person import IdNumber
from identity.vault import Vault


class _Numbers:
    """The numbers of a resident's documents: ties are found by digests of them as well."""

    def __init__(self, vault: Vault):
        self.vault = vault

    async def of(self, connection: BaseDBAsyncClient, resident: UUID) -> list[IdNumber]:
        rows = await Document.filter(resident_id=resident).using_db(connection)
        return [IdNumber(self._opened(row), kind=row.kind, country=row.country) for row in rows]

    def _opened(self, row: Document) -> str:
        return self.vault.open(bytes(row.number_sealed), f"document.number:{row.id}").decode()


class Guardianships:
    name = "guardianships"
    tables = ("guardianship",)

    def __init__(self, vault: Vault):
        self._vault = vault
        self._numbers = _Numbers(vault)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Guardianship.filter(Q(guardian_id=resident) | Q(ward_id=resident))
        return [self._record(row, resident) for row in rows]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        wards: list[str] = []
        for number in await self._numbers.of(connection, resident):
            wards += guardians.digests(self._vault, number)
        mine = Q(guardian_id=resident) | Q(ward_id=resident) | Q(ward__in=wards)
        rows = await Guardianship.filter(mine).using_db(connection)
        for row in rows:
            await _cut(connection, row.ward_id, row.guardian_id)
        pending = Consent.filter(resident_id__in=[row.id for row in rows])
        await pending.using_db(connection).delete()
        ids = [row.id for row in rows]
        await Guardianship.filter(id__in=ids).using_db(connection).delete()

    def _record(self, row: Guardianship, resident: UUID) -> Record:
        guardian = row.guardian_id == resident
        context = f"guardianship.ward_name:{row.id}"
        name = self._vault.open(bytes(row.ward_name_sealed), context).decode()
        return {
            "role": Coded("held.role", "guardian" if guardian else "ward"),
            "other_name": SomebodyElse(name) if guardian else None,
            "created_at": row.created_at,
            "ends_on": row.ends_on,
            "ended_at": row.ended_at,
        }


class Mandates:
    name = "mandates"
    tables = ("mandate",)

    def __init__(self, vault: Vault):
        self._vault = vault
        self._numbers = _Numbers(vault)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Mandate.filter(Q(principal_id=resident) | Q(agent_id=resident))
        return [self._record(row, resident) for row in rows]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        digests: list[str] = []
        for number in await self._numbers.of(connection, resident):
            digests += self._vault.digests("document", number.canonical).values()
        mine = Q(principal_id=resident) | Q(agent_id=resident) | Q(agent__in=digests)
        rows = await Mandate.filter(mine).using_db(connection)
        for row in rows:
            await _cut(connection, row.principal_id, row.agent_id)
        ids = [row.id for row in rows]
        await Mandate.filter(id__in=ids).using_db(connection).delete()

    def _record(self, row: Mandate, resident: UUID) -> Record:
        given = row.principal_id == resident
        context = f"mandate.agent_name:{row.id}"
        name = self._vault.open(bytes(row.agent_name_sealed), context).decode()
        return {
            "role": Coded("held.role", "principal" if given else "agent"),
            "other_name": SomebodyElse(name) if given else None,
            "services": Coded("service", row.services),
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "state": Coded("held.mandate", row.state),
            "created_at": row.offered_at,
            "accepted_at": row.accepted_at,
            "ended_at": row.ended_at,
        }


async def _cut(connection: BaseDBAsyncClient, one: UUID | None, acting: UUID | None) -> None:
    """In the trail of ``one`` nothing names ``acting`` any more, nor the other way round."""
    if one is None or acting is None:
        return
    for whose, other in ((one, acting), (acting, one)):
        trail = AuditEvent.filter(resident_id=whose)
        acts = trail.filter(actor=str(other)).using_db(connection)
        await acts.update(actor=ERASED, session_id=None)
        await trail.filter(other_id=other).using_db(connection).update(other_id=None)
    given = Consent.filter(resident_id=one, given_by=acting).using_db(connection)
    await given.update(given_by=uuid4())
