"""``make demo`` walks the residents' journey from outside, and says so when it cannot."""

import subprocess
import sys

import pytest

from tests.support.house import ROOT, House, free_port

pytestmark = pytest.mark.server


def demo(address: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.sandbox.demo", address],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_a_house_it_says_what_to_run() -> None:
    done = demo(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "make run" in done.stdout
    assert not done.stderr


def test_an_address_that_is_no_house_of_ours_is_a_surprise(running_house: House) -> None:
    done = demo(running_house.sandbox_url)
    assert done.returncode == 1
    assert "GET /v1/environment answered 404" in done.stdout


def test_it_walks_the_whole_journey(running_house: House) -> None:
    done = demo(running_house.url)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("¥", "每月缴存", "各险种", "缴费", "identity-not-matched", "session-ended"):
        assert said in done.stdout, done.stdout
