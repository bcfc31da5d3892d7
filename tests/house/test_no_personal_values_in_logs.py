"""No log line of a whole run holds a name, ID number or token. Moved to the end of every run."""

import logging

import pytest

from config import logs
from tests.support import log_capture

NUMBER = "11010519491231002X"  # the example of GB 11643


def test_no_log_line_of_the_run_holds_a_personal_value():
    assert log_capture.run.leaks() == []


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
