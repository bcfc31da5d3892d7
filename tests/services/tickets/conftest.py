import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.support.opinions import Opinions, opinions


@pytest.fixture
def counter(settings: Settings, database: TortoiseContext) -> Opinions:
    return opinions(settings)
