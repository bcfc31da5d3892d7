"""``python -m services.issuers``: look at the house's keys, rotate one, give one up.

list                              every key, and what it is for
rotate <department> licence|seal  the next one; it signs in five minutes
rotate house authority|people|stamp|root
end <kid>                         nothing it signs from now on counts
"""

import asyncio
import sys
from typing import get_args

from config.database import opened, tortoise_config
from config.settings import settings
from identity.vault import Vault
from identity.vault_keys import VaultKeys
from services.catalogue import Catalogue
from services.issuers.certificates import Use
from services.issuers.errors import IssuerUnknown
from services.issuers.keys import LEAD, OF_DEPARTMENTS, Issuers
from services.models import IssuerKey

_OF_THE_HOUSE = tuple(use for use in get_args(Use) if use not in OF_DEPARTMENTS)


async def _command(words: list[str]) -> str:
    house = settings()
    catalogue = Catalogue.load(*house.department_folders)
    async with opened(tortoise_config(house)):
        vault = Vault.from_settings(house)
        await VaultKeys(vault, house).read()
        issuers = Issuers(vault, catalogue.departments, house.public_url)
        match words:
            case ["list"]:
                return await _listed()
            case ["rotate", "house", word] if use := _named(word, _OF_THE_HOUSE):
                return await _rotated(issuers, "", use)
            case ["rotate", department, word] if use := _named(word, OF_DEPARTMENTS):
                return await _rotated(issuers, department, use)
            case ["end", kid]:
                await issuers.end(kid)
                return f"{kid} is given up"
    return str(__doc__)


async def _listed() -> str:
    rows = await IssuerKey.all().order_by("department", "use", "active_from")
    return "\n".join(
        f"{row.department or 'house':20} {row.use:10} {row.kid} "
        f"{row.active_from:%Y-%m-%d %H:%M}–{row.not_after:%Y-%m-%d}"
        + (f" given up {row.ended_at:%Y-%m-%d %H:%M}" if row.ended_at else "")
        for row in rows
    )


async def _rotated(issuers: Issuers, department: str, use: Use) -> str:
    kid = await issuers.rotate(department, use)
    return f"{kid} signs in {LEAD.seconds // 60} minutes"


def _named(word: str, among: tuple[Use, ...]) -> Use | None:
    return next((use for use in among if use == word), None)


if __name__ == "__main__":
    try:
        print(asyncio.run(_command(sys.argv[1:])))
    except IssuerUnknown:
        sys.exit("no such department or key")
