"""Everything that can be paid, by the first word of its subject: web and worker build it here."""

from identity.vault import Vault
from services.catalogue import Catalogue
from services.payments.settlements import Settlement, Settlements


def payables(vault: Vault, catalogue: Catalogue) -> Settlements:
    """One line for each room whose matters are paid for."""
    rooms: list[Settlement] = []
    return Settlements(rooms)
