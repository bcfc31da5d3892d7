"""Everything held about a resident, in all rooms: web and worker build the same registry here.

A room that keeps something of residents registers how it is copied and how it is erased.
"""

from identity import held as identity_held
from identity.holdings import Holdings
from identity.vault import Vault
from services import held


def everything(vault: Vault) -> Holdings:
    """Identity's holdings, then those of the services."""
    holdings = identity_held.own(vault)
    held.register(holdings, vault)
    return holdings
