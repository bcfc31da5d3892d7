"""The staff rooms of one worker, for every test of this room."""

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.vault import Vault
from tests.support.staff import StaffRoom


@pytest.fixture
async def room(settings: Settings, database: TortoiseContext) -> StaffRoom:
    return StaffRoom.on(Vault.from_settings(settings))
