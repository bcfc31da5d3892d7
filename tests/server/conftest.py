"""Real servers for the tests in this folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import dropped
from tests.support.house import House, house


@pytest.fixture(scope="session")
def running_house(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One whole house for the run: ``.url``, ``.sandbox_url``. Do not kill its parts.

    It has one more service than the house ships: a file in a folder of its own. ``packages`` of the
    tests: pages are looked at for barriers with one of them.
    """
    folder = dropped.into(tmp_path_factory.mktemp("more") / "departments")
    with house(DEPARTMENT_FOLDERS=json.dumps([str(folder)])) as one:
        one.start()
        yield one
        assert one.stop() == 0, one.console


@pytest.fixture(scope="session")
def mortal_house() -> Iterator[House]:
    """One whole house for the run that may be killed, in part or all; see ``mortal``."""
    with house() as one:
        yield one


@pytest.fixture(scope="module")
def mortal(mortal_house: House) -> House:
    """That house, running. Whoever kills a part of it waits until it is back; whoever ends it
    need not start it again. What others did in it is still there.
    """
    if not mortal_house.runs:
        mortal_house.start()
    return mortal_house
