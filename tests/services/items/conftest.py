"""A folder of two listed items, and a worker that offers them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from tests.services.items.desk import Desk, a_worker
from tests.services.items.parts import folder_of, good


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "items", benefit=good(regions=[]), other=good(
        item={"serial": "2000000000002", "editions": []}, regions=["440100"]
    ))  # fmt: skip


@pytest.fixture
async def desk(settings: Settings, database: TortoiseContext, items: Path) -> AsyncIterator[Desk]:
    async with a_worker(settings, items) as worker:
        yield worker
