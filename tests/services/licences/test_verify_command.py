"""The stand-alone command: what it needs, and how it ends."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.licences.verify.__main__ import main
from services.licences.verify.carried import ISSUERS, LISTS, TYPES, Carried, fetch, load
from services.licences.verify.memory import Memory

ROOT = Path(__file__).parents[3]
LOADED = """
import sys
import services.licences.verify.__main__
print(*(name for name in sys.modules if name.split(".")[0] in
    ("api", "config", "identity", "mobile_ui", "services")))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (
        (ISSUERS, {"issuers": []}),
        (TYPES, {"types": []}),
        (LISTS, {"lists": {}}),
    ):
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def test_it_runs_nothing_of_the_house() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    own = {name for name in loaded if name.startswith("services.licences.verify")}
    assert len(own) > 5 and loaded - own == {"services", "services.licences"}


@pytest.mark.parametrize("broken", ["", "[", "{}", "null"])
def test_a_folder_that_cannot_be_read_ends_it_with_2(folder: Path, broken: str, capsys) -> None:
    (folder / ISSUERS).write_text(broken, encoding="utf-8")
    assert main(["check", str(folder), "x"]) == 2
    assert str(folder) in capsys.readouterr().err


def test_without_a_folder_it_says_so(tmp_path: Path, capsys) -> None:
    assert main(["check", str(tmp_path / "gone"), "x"]) == 2
    assert "gone" in capsys.readouterr().err


@pytest.mark.parametrize("house", ["file:///etc", "ftp://x", "http://127.0.0.1:1"])
def test_nothing_is_fetched_but_from_the_web(tmp_path: Path, house: str) -> None:
    with pytest.raises(OSError):
        fetch(house, tmp_path)
    assert not list(tmp_path.glob("*.json"))


def test_rubbish_is_refused_in_words_and_for_programs(folder: Path, capsys) -> None:
    assert main(["check", str(folder), "rubbish"]) == 1
    assert "REFUSED: this is no licence code" in capsys.readouterr().out
    assert main(["check", str(folder), "rubbish", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["why"] == "unreadable"


def test_an_issuer_that_ended_or_a_key_that_is_over_counts_no_more() -> None:
    def issuer(**members: object) -> Carried:
        key = {"kid": "k", "until": members.pop("until", None)}
        return Carried([{"iss": "i", "title": {}, "keys": [key], **members}], {})

    past, later = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00+00:00"
    assert issuer().keys("i") and issuer(until=4e9, ended_at=later).keys("i")
    assert not issuer(until=1).keys("i") and not issuer(ended_at=past).keys("i")
    assert not issuer().keys("other")


def test_what_was_fetched_is_loaded_again(folder: Path) -> None:
    assert load(folder) == Carried([], {}, [])


def test_a_code_is_new_once_in_memory_and_over_processes(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for memory in (Memory(), Memory(tmp_path / "seen.db")):
        assert [memory.is_new(code, now) for code in ("a", "b", "a")] == [True, True, False]
    assert not Memory(tmp_path / "seen.db").is_new("a", now)
