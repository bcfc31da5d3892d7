"""Everything that can be paid, by the first word of its subject: web and worker build it here."""

from identity.vault import Vault
from services.bills.settling import Cash
from services.catalogue import Catalogue
from services.payments.settlements import Settlement, Settlements
from services.quotes import paying


def payables(vault: Vault, catalogue: Catalogue) -> Settlements:
    """One line for each room whose matters are paid for."""
    rooms: list[Settlement] = [
        paying.settlement(catalogue),
        Cash().settlement,
    ]
    return Settlements(rooms)
