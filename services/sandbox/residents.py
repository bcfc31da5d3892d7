"""The people of the sandbox: admitted with a portrait, found by number, deleted on request."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from services.sandbox import test_residents
from services.sandbox.cards import Kind
from services.sandbox.database import Database
from services.sandbox.errors import SandboxResidentMissing
from services.sandbox.fiction import Fictional, Sex, invent
from services.sandbox.models import SandboxResident
from services.sandbox.sealing import Seal

LIMIT = 10_000
KEPT = timedelta(days=30)
_DRAWS = 8


@dataclass(frozen=True)
class Admitted:
    """What the person takes home; the token is known to nobody else."""

    id: UUID
    person: Fictional
    delete_token: str = field(repr=False)


@dataclass(frozen=True)
class Known:
    """A resident as an office finds them. The portrait is JPEG bytes."""

    person: Fictional
    portrait: bytes = field(repr=False)

    def is_called(self, name: str) -> bool:
        return hmac.compare_digest(self.person.name.encode(), name.strip().encode())


class Residents:
    def __init__(self, database: Database, seal: Seal):
        self._database = database
        self._seal = seal

    async def admit(
        self,
        portrait: bytes,
        name: str | None,
        sex: Sex | None,
        born: date | None,
        *,
        kind: Kind = "resident-id",
    ) -> Admitted:
        """Keep a normalised portrait under a new fictional person. Raises DatabaseUnavailable."""
        async with self._database.reached():
            await self._make_room()
            for _ in range(_DRAWS):
                person = invent(name, sex, born, kind)
                admitted = Admitted(uuid4(), person, secrets.token_urlsafe(24))
                try:
                    await SandboxResident.create(**self._row(admitted, portrait))
                except IntegrityError:
                    continue  # the number is taken: draw another
                return admitted
        raise RuntimeError("no free number was drawn; are too many born on one day?")

    async def find(self, number: str) -> Known | None:
        """The resident with this number, or None. Test residents are always there.

        Raises DatabaseUnavailable or SandboxPortraitsMissing.
        """
        if always := test_residents.known(number):
            return Known(always.person, await test_residents.register_portrait())
        async with self._database.reached():
            row = await SandboxResident.get_or_none(number_index=self._seal.index(number))
        if row is None or row.created_at < _oldest_kept():
            return None
        return Known(
            Fictional(self._opened(row, "name").decode(), self._opened(row, "number").decode()),
            self._opened(row, "portrait"),
        )

    async def rename(self, number: str, name: str) -> None:
        """The register calls them otherwise from now on.

        Raises DatabaseUnavailable, or SandboxResidentMissing: test residents do not change.
        """
        async with self._database.reached():
            row = await SandboxResident.get_or_none(number_index=self._seal.index(number))
            if row is None:
                raise SandboxResidentMissing()
            row.name = self._seal.close(name.encode(), f"name:{row.id}")
            await row.save(update_fields=["name"])

    async def delete(self, resident: UUID, token: str) -> None:
        """Remove the row and all that is sealed in it. Raises SandboxResidentMissing."""
        async with self._database.reached():
            gone = await SandboxResident.filter(id=resident, delete_token=_digest(token)).delete()
        if not gone:
            raise SandboxResidentMissing()

    async def ready(self) -> None:
        """One round trip to the database. Raises DatabaseUnavailable."""
        async with self._database.reached():
            await SandboxResident.exists()

    async def _make_room(self) -> None:
        """Drop who is too old, and the oldest when there are too many."""
        await SandboxResident.filter(created_at__lt=_oldest_kept()).delete()
        surplus = await SandboxResident.all().count() - LIMIT + 1
        if surplus > 0:
            oldest = SandboxResident.all().order_by("created_at").limit(surplus)
            ids = await oldest.values_list("id", flat=True)
            await SandboxResident.filter(id__in=list(ids)).delete()

    def _row(self, admitted: Admitted, portrait: bytes) -> dict[str, Any]:
        sealed = {
            column: self._seal.close(plain, f"{column}:{admitted.id}")
            for column, plain in (
                ("name", admitted.person.name.encode()),
                ("number", admitted.person.number.encode()),
                ("portrait", portrait),
            )
        }
        return {
            "id": admitted.id,
            "number_index": self._seal.index(admitted.person.number),
            "delete_token": _digest(admitted.delete_token),
            "created_at": datetime.now(UTC),
            **sealed,
        }

    def _opened(self, row: SandboxResident, column: str) -> bytes:
        return self._seal.open(getattr(row, column), f"{column}:{row.id}")


def _oldest_kept() -> datetime:
    return datetime.now(UTC) - KEPT


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
