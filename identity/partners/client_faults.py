"""A sandbox client says what is to go wrong for it from now on, with its registration token."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tortoise.transactions import in_transaction

from config.database import reaching_database
from config.settings import Settings
from identity.oauth.faults import ALL, SANDBOX, SLOW, SLOW_TOKEN, SLOWEST
from identity.oauth.refusals import InvalidRequest, UnauthorizedClient
from identity.partners.registration import managed
from identity.partners.registry import Registry


@dataclass(frozen=True)
class Wanted:
    """Names of ``identity.oauth.faults``; ``seconds`` is for the slow one."""

    faults: tuple[str, ...]
    seconds: int = SLOW


@dataclass(frozen=True)
class ClientFaults:
    registry: Registry
    settings: Settings

    async def put(self, id: str, token: str, wanted: Wanted) -> None:
        """In place of what was wanted before; none heals it. Every worker hears of it.

        Raises InvalidToken, UnauthorizedClient or InvalidRequest.
        """
        check_names(wanted.faults)
        check_seconds(wanted.seconds)
        with reaching_database():
            async with in_transaction() as connection:
                row = await managed(id, token, connection)
                check_sandbox(row.environment, self.settings)
                row.faults = json.dumps(_kept(wanted))
                await row.save(using_db=connection, update_fields=["faults"])
        await self.registry.changed(id)


def check_sandbox(environment: str, settings: Settings) -> None:
    """Nothing goes wrong on purpose where residents rely on it."""
    if environment != SANDBOX or settings.environment == "production":
        raise UnauthorizedClient("not a client of the sandbox")


def check_names(names: Iterable[str]) -> None:
    if unknown := set(names) - set(ALL):
        raise InvalidRequest(f"{len(unknown)} faults that there are not")


def check_seconds(seconds: int) -> None:
    if not 1 <= seconds <= SLOWEST:
        raise InvalidRequest("a wait that is too long")


def _kept(wanted: Wanted) -> dict[str, str]:
    return {name: str(wanted.seconds) if name == SLOW_TOKEN else "on" for name in wanted.faults}
