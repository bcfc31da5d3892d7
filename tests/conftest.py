"""What every test may ask for: engines, settings with fresh keys, a database, a cache."""

import base64
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import hypothesis
import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

from config import cache as cache_room
from config import database as database_room
from config.settings import Settings
from tests.support import engines as engines_room
from tests.support import log_capture
from tests.support.engines import Engines

pytest_plugins = (
    "tests.support.workers",
    "tests.support.browser",
    "tests.support.once",
    "tests.support.log_search",
    "tests.support.faces_service",
    "tests.support.front_end",
    "tests.support.sandbox",
    "tests.support.http",
    "tests.support.outside_clients",
)


def pytest_configure() -> None:
    """The same examples in every run and no clock: what fails here fails everywhere."""
    hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
async def run_folder() -> AsyncIterator[Path]:
    """One short folder for the run: engines, data folders, logs."""
    async with engines_room.short_folder() as folder:
        yield folder
        log_capture.keep_files(folder)


@pytest.fixture(scope="session")
async def engines(run_folder: Path) -> AsyncIterator[Engines]:
    """Real PostgreSQL and Valkey."""
    async with engines_room.running(run_folder / "e") as running:
        yield running


def fresh_key() -> str:
    """32 random bytes as settings hold them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def settings_on(database_url: str, redis_url: str, folder: Path, **others: object) -> Settings:
    """Embedded settings with keys of their own, blind to the environment's ``.env``."""
    values = {
        "environment": "embedded",
        "data_folder": folder,
        "database_url": database_url,
        "redis_url": redis_url,
        "seal_keys": f"1:{fresh_key()}",
        "index_keys": f"1:{fresh_key()}",
        "sandbox_key": fresh_key(),
    }
    return Settings(_env_file=None, **(values | others))  # type: ignore[arg-type]


@pytest.fixture
async def settings(engines: Engines, run_folder: Path) -> AsyncIterator[Settings]:
    """Settings for a fresh, migrated database and an empty Valkey."""
    folder = run_folder / secrets.token_hex(3)
    folder.mkdir(mode=0o700)
    async with engines_room.fresh_database(engines) as address:
        made = settings_on(address, engines.redis_url, folder)
        client = cache_room.connect(made)
        await client.flushdb()
        await client.aclose()
        yield made


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[TortoiseContext]:
    """Tortoise open on the test's database, for every task."""
    async with database_room.opened(database_room.tortoise_config(settings)) as context:
        yield context


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[Redis]:
    """A client of the empty Valkey."""
    client = cache_room.connect(settings)
    yield client
    await client.aclose()
