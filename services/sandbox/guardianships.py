"""Who is on record as whose guardian: said when a resident is made, forgotten with the others.

Only keyed digests of the two numbers are kept; whoever asks brings the numbers along.
"""

from datetime import UTC, datetime
from uuid import uuid4

from services.sandbox.database import Database
from services.sandbox.models import SandboxGuardianship
from services.sandbox.residents import KEPT
from services.sandbox.sealing import Seal


class Guardianships:
    def __init__(self, database: Database, seal: Seal):
        self._database = database
        self._seal = seal

    async def keep(self, ward: str, guardian: str) -> None:
        """Put a guardian on record for a ward, by their numbers. Raises DatabaseUnavailable."""
        now = datetime.now(UTC)
        async with self._database.reached():
            await SandboxGuardianship.filter(created_at__lt=now - KEPT).delete()
            await SandboxGuardianship.create(
                id=uuid4(),
                ward_index=self._seal.index(ward),
                guardian_index=self._seal.index(guardian),
                created_at=now,
            )

    async def holds(self, ward: str, guardian: str) -> bool:
        """Whether these two are ward and guardian. Raises DatabaseUnavailable."""
        pair = {"ward_index": self._seal.index(ward), "guardian_index": self._seal.index(guardian)}
        async with self._database.reached():
            return await SandboxGuardianship.filter(**pair).exists()
