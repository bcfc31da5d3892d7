"""What everything stands on: engines, keys, and the ways out of the house."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from config import cache as cache_room
from config import database
from config.outbound import Outbound
from config.settings import Settings
from identity import vault_keys
from identity.audit import Audit
from identity.faces.client import Faces
from identity.keys import SigningKeys
from identity.news import News
from identity.partners.registry import Registry
from identity.revocations import Revocations
from identity.scopes import Scopes
from identity.vault import Vault
from identity.wechat import WeChat
from services import offices
from services import scopes as all_scopes
from services.catalogue import Catalogue
from services.department import Department
from services.items.publication import Publication


@dataclass(frozen=True)
class Ground:
    """Opened once a process, closed in reverse order."""

    settings: Settings
    cache: Redis
    vault: Vault
    keys: SigningKeys
    faces: Faces
    outbound: Outbound
    departments: Mapping[str, Department]
    audit: Audit
    news: News
    revocations: Revocations
    registry: Registry
    scopes: Scopes
    wechat: WeChat


@asynccontextmanager
async def opened(settings: Settings, catalogue: Catalogue) -> AsyncIterator[Ground]:
    """Nothing here waits for an engine: one that is away is met by the request that needs it,
    and found again by the next. Raises RefusedToStart.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.opened(database.tortoise_config(settings)))
        vault = await stack.enter_async_context(vault_keys.opened(settings))
        cache = cache_room.connect(settings)
        stack.push_async_callback(cache.aclose)
        faces = await stack.enter_async_context(Faces(settings))
        outbound = await stack.enter_async_context(Outbound(settings))
        departments = await stack.enter_async_context(offices.opened(catalogue, settings))
        audit = Audit()
        stack.push_async_callback(audit.close)
        news = News(cache)
        revocations, registry = Revocations(news), Registry(news)
        await stack.enter_async_context(Publication(catalogue, news))
        await news.start()
        stack.push_async_callback(news.stop)
        yield Ground(
            settings,
            cache,
            vault,
            SigningKeys(vault),
            faces,
            outbound,
            departments,
            audit,
            news,
            revocations,
            registry,
            all_scopes.everything(catalogue),
            WeChat(outbound, settings),
        )
