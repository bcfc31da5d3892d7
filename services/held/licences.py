"""Licences, and what was shown of them."""

from collections.abc import Iterable
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from identity.vault import Vault
from services.licences import status
from services.licences.ledger import Ledger
from services.models import Licence, Presentation


class Licensed:
    """A licence that is erased counts no more: its place in the status list says so for ever."""

    name = "licences"
    tables = ("licence",)

    def __init__(self, vault: Vault):
        self._ledger = Ledger(vault)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Licence.filter(resident_id=resident).order_by("issued_at")
        return [
            {
                "licence": Coded("licence", row.type),
                "state": Coded("licence.state", row.state),
                "number": self._ledger.content(row).number,
                "on_it": _lines(self._ledger.content(row).facts.values()),
                "issued_at": row.issued_at,
                "until_on": row.until_on,
                "ended_at": row.ended_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = Licence.filter(resident_id=resident).using_db(connection)
        for row in await mine.only("id", "status_id"):
            await status.change(connection, UUID(str(row.status_id)), status.INVALID)
        await mine.delete()


class Shown:
    """When a licence was shown and checked; by whom it was checked nobody knows."""

    name = "presentations"
    tables = ("presentation",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Presentation.filter(resident_id=resident).order_by("made_at")
        return [
            {"shown": row.shown, "made_at": row.made_at, "checked_at": row.checked_at}
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Presentation.filter(resident_id=resident).using_db(connection).delete()


def _lines(values: Iterable[str]) -> str:
    return "\n".join(map(str, values))
