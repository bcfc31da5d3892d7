"""What residents signed, and the sealed documents they were given."""

from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from services.models import IssuedPaper, Signature


class Signed:
    """The signed document itself is a material of its application."""

    name = "signatures"
    tables = ("signature",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Signature.filter(resident_id=resident).order_by("shown_at")
        return [
            {
                "service": Coded("service", row.service),
                "sha256": row.sha256,
                "shown_at": row.shown_at,
                "signed_at": row.signed_at,
                "certificate": row.serial or None,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Signature.filter(resident_id=resident).using_db(connection).delete()


class GivenOut:
    """Whoever holds such a document may go on checking it: whose it was is known no more."""

    name = "issued-papers"
    tables = ("issued_paper",)

    async def export(self, resident: UUID) -> list[Record]:
        rows = await IssuedPaper.filter(resident_id=resident).order_by("issued_at")
        return [
            {
                "service": Coded("service", row.service),
                "number": row.number,
                "issued_at": row.issued_at,
                "good_until": row.good_until,
                "sha256": row.sha256,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        mine = IssuedPaper.filter(resident_id=resident).using_db(connection)
        await mine.update(resident_id=None)
