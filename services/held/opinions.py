"""Materials, ratings, tickets, and the answers kept for a day."""

from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.holdings import Coded, Record
from identity.vault import Vault
from services.idempotency import Idempotency
from services.materials.shown import LIGHT, Shown
from services.models import Material, Rating, Ticket
from services.ratings.giving import words_of as rated_words
from services.tickets.ledger import answer_of, words_of


class Handed:
    """Materials; their contents are files of the resident's own, and are told by what they are."""

    name = "materials"
    tables = ("material",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = Material.filter(resident_id=resident).order_by("created_at")
        found = [Shown.of(row, self._vault) for row in await rows.only(*LIGHT)]
        return [
            {
                "kind": one.kind,
                "source": Coded("material.source", one.source),
                "name": one.name,
                "department": one.department or None,
                "media_type": one.media_type or None,
                "size": one.size,
                "sha256": one.sha256 or None,
                "created_at": one.created_at,
            }
            for one in found
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Material.filter(resident_id=resident).using_db(connection).delete()


class Rated:
    """A grade stays in the figures, where it belongs to nobody: words and ties go."""

    name = "ratings"
    tables = ("rating",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Rating.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "service": Coded("service", row.service),
                "grade": Coded("rating.grade", str(row.grade)) if row.active else None,
                "active": row.active,
                "tags": row.tags or None,
                "words": rated_words(row, self._vault) or None,
                "created_at": row.created_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        for row in await Rating.filter(resident_id=resident).using_db(connection).only("id"):
            mine = Rating.filter(id=row.id).using_db(connection)
            await mine.update(resident_id=uuid4(), application_id=uuid4(), words_sealed=None)


class Said:
    """Tickets, with what was said and answered."""

    name = "tickets"
    tables = ("ticket",)

    def __init__(self, vault: Vault):
        self._vault = vault

    async def export(self, resident: UUID) -> list[Record]:
        rows = await Ticket.filter(resident_id=resident).order_by("created_at")
        return [
            {
                "number": row.number,
                "kind": Coded("ticket.kind", row.kind),
                "service": Coded("service", row.service),
                "about_field": row.field or None,
                "state": Coded("ticket.state", row.state),
                "words": words_of(row, self._vault) or None,
                "answer": Coded("ticket.answer", row.answer) if row.answer else None,
                "answer_words": answer_of(row, self._vault) or None,
                "due_on": row.due_on,
                "created_at": row.created_at,
                "answered_at": row.answered_at,
            }
            for row in rows
        ]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await Ticket.filter(resident_id=resident).using_db(connection).delete()


class Answers:
    """What a repeated request is answered; gone within a day by itself."""

    name = "kept-answers"
    tables = ("kept_answer",)

    def __init__(self, vault: Vault):
        self._answers = Idempotency(vault)

    async def export(self, resident: UUID) -> list[Record]:
        return [{"created_at": at} for at in await self._answers.kept_at(resident)]

    async def erase(self, connection: BaseDBAsyncClient, resident: UUID) -> None:
        await self._answers.erase(connection, resident)
