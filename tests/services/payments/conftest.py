"""A shop for each test: a database of its own, the shared sandbox as its payment provider."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.services.payments import shop as shops
from tests.services.payments.shop import Shop
from tests.support.sandbox import Sandbox


@pytest.fixture
async def shop(
    settings: Settings, database: TortoiseContext, sandbox: Sandbox
) -> AsyncIterator[Shop]:
    port = int(sandbox.url.rpartition(":")[2])
    known = {"sandbox_key": SecretStr(sandbox.key), "sandbox_port": port}
    async with shops.opened(settings.model_copy(update=known), sandbox) as one:
        yield one
        await one.fault("none")
        await sandbox.heal()
