"""The parts of one web process, put together room by room (``api.parts``)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from api.measures import Measures
from api.parts import core as core_room
from api.parts import ground as ground_room
from api.parts.core import Core
from api.parts.counter import Counter, counter
from api.parts.ground import Ground
from api.parts.kiosks import Kiosks, kiosks
from api.parts.launch import Launch, launch
from api.parts.own import Own, own
from api.parts.partners import Partners, partners
from api.parts.staff import Staff, staff
from api.parts.ways import Ways, ways
from api.parts.work import Work, work
from config.settings import Settings
from identity.residents import Residents
from identity.sessions import Sessions
from identity.tokens import Tokens
from services.catalogue import Catalogue
from services.department import Department
from services.desk import Desk
from services.popularity import counting


@dataclass(frozen=True)
class Parts:
    """What handlers may reach. Tests may build their own."""

    ground: Ground
    core: Core
    ways: Ways
    own: Own
    staff: Staff
    partners: Partners
    kiosks: Kiosks
    counter: Counter
    work: Work
    launch: Launch
    catalogue: Catalogue
    desk: Desk
    measures: Measures

    @property
    def settings(self) -> Settings:
        return self.ground.settings

    @property
    def cache(self) -> Redis:
        return self.ground.cache

    @property
    def departments(self) -> Mapping[str, Department]:
        return self.ground.departments

    @property
    def residents(self) -> Residents:
        return self.core.residents

    @property
    def sessions(self) -> Sessions:
        return self.core.sessions

    @property
    def tokens(self) -> Tokens:
        return self.core.tokens


@asynccontextmanager
async def opened(
    settings: Settings, catalogue: Catalogue, measures: Measures
) -> AsyncIterator[Parts]:
    """Everything open for work. Raises RefusedToStart."""
    async with ground_room.opened(settings, catalogue) as ground:
        core = core_room.core(ground)
        mine = own(ground, core)
        way = ways(ground, core)
        terminals = kiosks(ground, core, way, catalogue)
        one = counter(ground, core, catalogue)
        async with counting(catalogue, one.uses.write, one.misses.write):
            yield Parts(
                ground=ground,
                core=core,
                ways=way,
                own=mine,
                staff=staff(ground, core, mine.merging),
                partners=partners(ground, core, terminals),
                kiosks=terminals,
                counter=one,
                work=work(ground, core, catalogue),
                launch=launch(ground, core, catalogue),
                catalogue=catalogue,
                desk=Desk(
                    ground.departments, core.residents, ground.audit, ground.cache, ground.vault
                ),
                measures=measures,
            )
