"""The departments of a catalogue, opened for work: each with connections of its own.

Departments often stand behind one gateway; a pool shared between them would let one that hangs
take the connections of all.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from config.outbound import Outbound
from config.settings import Settings
from services.catalogue import Catalogue
from services.department import Department


@asynccontextmanager
async def opened(catalogue: Catalogue, house: Settings) -> AsyncIterator[Mapping[str, Department]]:
    """Departments by id; RefusedToStart where one's settings do not fit the environment."""
    async with AsyncExitStack() as stack:
        yield {
            id: kind(house, await stack.enter_async_context(Outbound(house)))
            for id, kind in catalogue.departments.items()
        }
