"""Installing the front-end packages leaves the whole of them or none."""

import shutil
from pathlib import Path

import pytest

from mobile_ui import install as installing
from tests.support.front_end import node


@pytest.fixture
def room(tmp_path: Path) -> Path:
    node()
    for name in installing.ASKED_FOR:
        shutil.copy(installing.ROOM / name, tmp_path / name)
    return tmp_path


def test_a_failed_install_leaves_what_was_there(room: Path) -> None:
    (room / "node_modules").mkdir()
    (room / "node_modules" / "kept").write_text("x")
    (room / "package-lock.json").write_text("{ not a lock")
    with pytest.raises(installing.InstallFailed):
        installing.install(folder=room)
    assert (room / "node_modules" / "kept").read_text() == "x"
    assert not list(room.glob(".installing-*"))


def test_what_is_there_is_not_brought_again(packages: Path) -> None:
    assert installing.install(dev=True) is False
    assert installing.install() is False  # the tests' packages contain the pages'


def test_a_changed_lock_is_noticed(packages: Path, room: Path) -> None:
    shutil.copytree(packages / "node_modules" / "preact", room / "node_modules" / "preact")
    mark = room / "node_modules" / installing.MARK
    mark.write_text((packages / "node_modules" / installing.MARK).read_text())
    assert installing.install(folder=room) is False
    (room / "package.json").write_text((room / "package.json").read_text() + "\n")
    mark_before = mark.read_text()
    assert not installing._present(room / "node_modules", room, False)
    assert mark.read_text() == mark_before
