"""A counter for every test of this room."""

from collections.abc import AsyncIterator

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.support.record_changes import Counter, a_counter


@pytest.fixture
async def counter(settings: Settings, database: TortoiseContext) -> AsyncIterator[Counter]:
    async with a_counter(settings) as made:
        yield made
