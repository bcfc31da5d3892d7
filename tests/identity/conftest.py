"""A counter where identities are verified, for every test of this room."""

from collections.abc import AsyncIterator

import pytest
from tortoise.context import TortoiseContext

from config.settings import FaceSettings, Settings
from tests.support.sandbox import Sandbox
from tests.support.verification_parts import Counter, a_counter, in_sandbox


@pytest.fixture
async def counter(
    settings: Settings,
    database: TortoiseContext,
    healthy_sandbox: Sandbox,
    faces_service: FaceSettings,
) -> AsyncIterator[Counter]:
    """Matching is done here, against the register's portrait."""
    given = in_sandbox(settings, healthy_sandbox)
    async with a_counter(given, healthy_sandbox, faces_service) as made:
        yield made


@pytest.fixture
async def remote_counter(
    settings: Settings,
    database: TortoiseContext,
    healthy_sandbox: Sandbox,
    faces_service: FaceSettings,
) -> AsyncIterator[Counter]:
    """The register gives its own verdict (REGISTER_MODE=remote)."""
    given = in_sandbox(settings, healthy_sandbox, register_mode="remote")
    async with a_counter(given, healthy_sandbox, faces_service) as made:
        yield made
