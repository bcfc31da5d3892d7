"""Several pytest processes share one run: how many, what begins first, what each has for itself.

Every worker starts engines, a sandbox and a face process of its own; a file stays on one worker,
because its tests share what is dear to make. Who uses the one house whose pages are looked at stays
on one worker, and who kills houses or has one of another kind on another: each begins one of these,
for they are what would be waited for at the end.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

MOST = 4
PAGES, KILLS = "tests/server/", "tests/server/ with houses of their own"
_APART = tuple(
    f"{PAGES}test_{name}"
    for name in (
        *("crash", "killed", "window", "house"),
        *("no_biometrics", "oauth_concurrency", "outside_engines"),
    )
)
_LAST = f"{PAGES}test_house.py"  # of those: it ends the house that others use
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_PLACE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For ``-n auto``. Servers named from outside are one for all, and flushed: no workers then.

    One more than there are processors: each waits for others a fifth of its time.
    """
    if "TEST_DATABASE_URL" in os.environ:
        return 0
    return min(MOST, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _HousesTogether(config, log)


class _HousesTogether(LoadFileScheduling):
    """A file to one worker, and those that share a house too."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_APART):
            return KILLS
        return PAGES if nodeid.startswith(PAGES) else super()._split_scope(nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first. With one process the order is the tree's."""
    if _WORKERS > 1:
        items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    if not nodeid.startswith(PAGES):
        return 3
    return 2 if nodeid.startswith(_LAST) else int(nodeid.startswith(_APART))


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Held by the one worker that changes what all of them use."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def free_port() -> int:
    """A loopback port nobody listens on now, and no other worker of this run will be given."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port // 2 % _WORKERS == _PLACE:  # the system prefers ports of one parity
            return port
