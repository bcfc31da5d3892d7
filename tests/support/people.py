"""Residents as a verification leaves them: admitted with name and number, found again."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.person import IdNumber, Person
from identity.residents import Residents
from identity.vault import Vault
from tests.support.log_capture import personal


@dataclass(frozen=True, repr=False)
class Admitted:
    """A resident of ours, and who that is."""

    resident: UUID
    person: Person


async def admit(settings: Settings, name: str, number: str, level: int = 4) -> Admitted:
    """Admit somebody into the open database."""
    known = IdNumber(personal(number))
    residents = Residents(Vault.from_settings(settings))
    async with in_transaction() as connection:
        row = await residents.admit(connection, known, personal(name), level)
    resident = UUID(str(row.id))
    return Admitted(resident, Person(resident, name, known))
