import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.services.applications.bench import Bench, bench


@pytest.fixture
async def office(settings: Settings, database: TortoiseContext) -> Bench:
    """A bench with the two offices, on a database of its own."""
    return await bench(settings).there()
