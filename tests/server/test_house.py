"""`make run` heals what is killed, loses nothing, and ends without a trace (CONTRACTS, promise 5).

The kills are SIGKILL: nothing has a chance to tidy up.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from config.processes import HOUSE_MARK, belonging_to, mark
from tests.support.house import ROOT, House, house, until

pytestmark = pytest.mark.server

SECRETS = ("SEAL_KEYS", "INDEX_KEYS", "SANDBOX_KEY", "DATABASE_URL", "REDIS_URL", "REGISTER_KEY")


def engine(name: str) -> Callable[[House], list[psutil.Process]]:
    return lambda mortal: mortal.find(name)[:1]


def module(name: str) -> Callable[[House], list[psutil.Process]]:
    return lambda mortal: mortal.find(f"-m {name}")


VICTIMS: dict[str, Callable[[House], list[psutil.Process]]] = {
    "PostgreSQL": engine("bin/postgres"),
    "Valkey": engine("valkey-server"),
    "faces": module("identity.faces.service"),
    "sandbox": module("services.sandbox"),
    "worker": module("services.worker"),
    "one web worker": lambda mortal: mortal.web_workers()[:1],
    "both web workers": lambda mortal: mortal.web_workers(),
    "web": module("api.serve"),
    "what web's workers report to": lambda mortal: [
        one
        for one in mortal.find("spawn_main")
        if "SANIC_WORKER_NAME" not in one.environ() and "api.serve" in _parent(one)
    ],
}


def _parent(process: psutil.Process) -> str:
    parent = process.parent()
    return " ".join(parent.cmdline()) if parent else ""


@pytest.mark.parametrize("who", VICTIMS)
def test_what_is_killed_comes_back(mortal: House, who: str) -> None:
    until(lambda: mortal.answers() and len(mortal.web_workers()) == 2, "a whole house")
    until(lambda: VICTIMS[who](mortal), f"{who} to run")
    victims = VICTIMS[who](mortal)
    for one in victims:
        one.kill()
    psutil.wait_procs(victims, timeout=5)

    def back() -> bool:
        with suppress(psutil.Error):
            found = VICTIMS[who](mortal)
            return len(found) == len(victims) and not set(found) & set(victims)
        return False

    until(back, f"{who} to come back")
    until(lambda: mortal.answers() and len(mortal.web_workers()) == 2, "web to be ready again")
    assert mortal.process is not None and mortal.process.poll() is None


def test_a_second_house_on_the_same_folder_is_refused(mortal: House) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "config.house"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_FOLDER": str(mortal.data)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert (
        f"already in use by process {mortal.process.pid if mortal.process else 0}" in second.stdout
    )
    assert mortal.answers()


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_in_use_is_named(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with house(**{name: port}) as one:
            assert one.launch().wait(timeout=30) == 1
            assert f"port {port} is in use" in one.console
            assert f"{name}=" in one.console


def test_the_face_process_is_told_no_secret() -> None:
    with house(**dict.fromkeys(("REGISTER_KEY", "SANDBOX_KEY"), "c2VjcmV0")) as one:
        one.launch()
        until(lambda: one.find("-m identity.faces.service"), "faces to run")
        faces = one.find("-m identity.faces.service")[0]
        told = faces.environ()
    assert not [name for name in SECRETS if name in told]
    assert told[HOUSE_MARK] == mark(one.data)


def test_sockets_keys_and_data_are_closed_to_other_users(mortal: House) -> None:
    for folder in (".", "run", "logs", "postgres", "valkey"):
        assert (mortal.data / folder).stat().st_mode & 0o077 == 0, folder
    for file in ("keys.env", "run/faces.sock", "postgres/.s.PGSQL.5432", "valkey/valkey.sock"):
        assert (mortal.data / file).stat().st_mode & 0o177 == 0, file


def test_the_console_has_no_log_lines(mortal: House) -> None:
    assert '"level"' not in mortal.console
    assert mortal.url in mortal.console and mortal.sandbox_url in mortal.console
    assert (mortal.data / "logs" / "worker.log").read_text().count('"level"')


def test_a_killed_house_takes_its_children_along(mortal: House) -> None:
    """What it had comes back: test_crash_journey.py."""
    assert mortal.process is not None
    mortal.process.kill()
    mortal.process.wait()
    until(lambda: not list(belonging_to(mortal.data)), "the children to follow")
    mortal.start()
    assert mortal.answers()


def test_a_clean_stop_leaves_nothing_running(mortal: House) -> None:
    if not mortal.runs:
        mortal.start()
    assert mortal.stop() == 0, mortal.console
    assert not list(belonging_to(mortal.data))
    assert not (mortal.data / "postgres" / "postmaster.pid").exists()
    assert "shut down" in (mortal.data / "logs" / "postgresql.log").read_text()


def test_it_can_be_stopped_while_it_starts() -> None:
    with house() as one:
        process = one.launch()
        until(lambda: "starting PostgreSQL" in one.console, "the first step")
        process.terminate()
        assert process.wait(timeout=30) == 0
        assert not list(belonging_to(one.data))
