import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.services.bookings.bench import Bench, bench


@pytest.fixture
def registry(settings: Settings, database: TortoiseContext) -> Bench:
    """Marriage appointments on a database of their own."""
    return bench(settings)
