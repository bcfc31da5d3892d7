"""Listens to every log line from the first import on, and searches all of them at the end.

Each process of a run searches its own lines; what is found fails the last test of that process.
"""

import io
import logging
from collections.abc import Iterator

import pytest

from config import logs
from tests.support import log_capture


def pytest_configure() -> None:
    logs.configure("DEBUG", stream=io.StringIO())
    logging.getLogger().addHandler(log_capture.run)


@pytest.fixture(scope="session", autouse=True)
def searched_logs() -> Iterator[None]:
    """Made before everything else of the run, and so ended after it."""
    yield
    found = log_capture.run.leaks()
    assert found == [], "names, ID numbers or tokens in the logs of this run"
