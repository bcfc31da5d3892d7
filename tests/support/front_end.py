"""Node, the front-end packages and the served files, for the tests of the mobile pages."""

import subprocess
from pathlib import Path

import pytest

from mobile_ui import install as installing
from mobile_ui.pages import Prepared, prepare
from tests.support.workers import one_at_a_time

ROOT = Path(__file__).parents[2]


def node() -> str:
    """The command; skips, saying so, where there is none."""
    found = installing.node()
    if not found:
        pytest.skip("NO NODE: the mobile host's own tests did not run")
    return found


@pytest.fixture(scope="session")
def packages() -> Path:
    """mobile_ui with its packages, the tests' own among them."""
    node()
    try:
        with one_at_a_time(installing.ROOM):
            installing.install(dev=True)
    except installing.InstallFailed as failure:
        pytest.skip(f"NO FRONT-END PACKAGES: {failure}")
    return installing.ROOM


@pytest.fixture(scope="session")
def served(packages: Path) -> dict[str, Prepared]:
    """Every file as it is served, by its path below /assets/<hash>/."""
    return prepare()[1]


def run_node(*arguments: str | Path, folder: Path = ROOT) -> str:
    """What node prints; its whole output becomes the failure when it does not end well."""
    run = subprocess.run(
        [node(), *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-3000:]
    return run.stdout
