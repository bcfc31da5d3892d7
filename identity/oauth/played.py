"""Who may sign in with whom: clients of the sandbox with test residents, all others with the rest.

So a partner that is still trying things out meets nobody's data, and test residents turn up in
nobody's real records. A house in production has neither such clients nor such residents.
"""

from dataclasses import dataclass
from uuid import UUID

from config.database import reaching_database
from config.played import TEST_REGION
from config.settings import Settings
from identity.errors import ResidentMissing
from identity.partners.client import Client
from identity.residents import Residents

SANDBOX = "sandbox"


@dataclass(frozen=True)
class Played:
    residents: Residents
    settings: Settings

    async def enters(self, client: Client, resident: UUID) -> bool:
        """Whether this resident may sign in with this client. Raises DatabaseUnavailable."""
        if self.settings.environment == "production":
            return client.environment != SANDBOX
        return (client.environment == SANDBOX) == await self._is_test_resident(resident)

    async def _is_test_resident(self, resident: UUID) -> bool:
        """By the number of their document; whoever has none is not."""
        try:
            with reaching_database():
                person = await self.residents.reveal(resident)
        except ResidentMissing:
            return False
        return person.number.value.startswith(TEST_REGION)
