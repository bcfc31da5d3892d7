"""A counter where identities are verified, for every test of this room."""

from collections.abc import AsyncIterator

import pytest
from tortoise.context import TortoiseContext

from config.settings import FaceSettings, Settings
from tests.support.sandbox import Sandbox
from tests.support.verification_parts import Counter, a_counter, in_sandbox


@pytest.fixture
def register_mode() -> str:
    """Matched here against the register's portrait; a test may parametrise it to "remote"."""
    return "portrait"


@pytest.fixture
async def counter(
    settings: Settings,
    database: TortoiseContext,
    healthy_sandbox: Sandbox,
    faces_service: FaceSettings,
    register_mode: str,
) -> AsyncIterator[Counter]:
    given = in_sandbox(settings, healthy_sandbox, register_mode=register_mode)
    async with a_counter(given, healthy_sandbox, faces_service) as made:
        yield made
