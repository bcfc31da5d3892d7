"""A window with the sandbox's register, for every test of this room."""

from collections.abc import AsyncIterator

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.support.sandbox import Sandbox
from tests.support.window import Window, a_window


@pytest.fixture
async def window(
    settings: Settings, database: TortoiseContext, healthy_sandbox: Sandbox
) -> AsyncIterator[Window]:
    async with a_window(settings, healthy_sandbox) as made:
        yield made
