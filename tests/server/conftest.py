"""Real servers for the tests in this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, house


@pytest.fixture(scope="session")
def running_house(packages: Path) -> Iterator[House]:
    """One whole house for the run: ``.url``, ``.sandbox_url``. Do not kill its parts.

    ``packages`` of the tests: pages are looked at for barriers with one of them.
    """
    with house() as one:
        one.start()
        yield one
        assert one.stop() == 0, one.console
