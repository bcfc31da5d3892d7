"""Everything held about a resident, in all rooms: web and worker build the same registry here.

A room that keeps something of residents registers how it is copied and how it is erased.
"""

from identity import held
from identity.holdings import Holdings
from identity.vault import Vault


def everything(vault: Vault) -> Holdings:
    """Identity's holdings, then those of the services."""
    return held.own(vault)
