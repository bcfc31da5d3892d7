"""No log line of a whole run holds a name, ID number or token: tests.support.log_search looks."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from config import logs
from tests.support import log_capture

ROOT = Path(__file__).parents[2]
NUMBER = "11010519491231002X"  # the example of GB 11643


LEAKING = """
import pytest
from config import logs
from tests.support.log_capture import personal

@pytest.fixture(scope="session", autouse=True)
def what_ends_late():
    yield
    logs.get("test").warning("event", field={said})

def test_one():
    personal("欧阳测试")
"""


@pytest.mark.parametrize(
    ("said", "status"), [('"欧阳测试"', 1), ('"nobody"', 0)], ids=["a name", "nothing"]
)
def test_a_run_that_wrote_a_personal_value_fails_at_its_end(tmp_path, said, status):
    (tmp_path / "test_leaking.py").write_text(LEAKING.format(said=said), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]")
    command = ["-m", "pytest", "-p", "tests.support.log_search", "-p", "no:xdist", "-c"]
    run = subprocess.run(
        [sys.executable, *command, tmp_path / "pytest.ini", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == status, run.stdout + run.stderr
    assert ("in the logs of this run" in run.stdout) == bool(status)


@pytest.fixture
def capture():
    """A listener of its own, so that the run's stays clean."""
    listener = log_capture.Capture()
    former = logging.getLogger("zhiban")
    former.addHandler(listener)
    former.propagate = False
    yield listener
    former.propagate = True
    former.removeHandler(listener)


def test_the_check_catches_a_registered_name_in_a_field(capture):
    capture.values.add("欧阳测试")
    logs.get("test").warning("event", field="欧阳测试")
    assert len(capture.leaks()) == 1


def test_the_check_catches_a_number_nobody_registered_although_the_line_masks_it(capture):
    logs.get("test").warning("event", number=NUMBER)
    assert len(capture.leaks()) == 1


def test_the_check_catches_a_token_in_a_file_another_process_wrote(capture, tmp_path):
    (tmp_path / "web.log").write_text('{"token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}\n')
    capture.folders.add(tmp_path)
    assert len(capture.leaks()) == 1


def test_the_check_lets_ids_and_milliseconds_pass(capture):
    capture.values.add("欧阳测试")
    logs.get("test").info("event", status=200, ms=12, id="3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b")
    assert capture.leaks() == []
