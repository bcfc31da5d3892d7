"""Only the published weights are loaded: a changed byte would change who is let in."""

import shutil
from pathlib import Path

import pytest

from config.settings import RefusedToStart
from identity.faces import weights
from identity.faces.engine import engines


@pytest.mark.parametrize("name", list(weights.SHA256))
def test_a_changed_byte_is_refused(tmp_path: Path, name: str):
    copy = tmp_path / name
    shutil.copy(weights.folder(name) / name, copy)
    assert weights.checked(name, tmp_path) == copy
    changed = bytearray(copy.read_bytes())
    changed[len(changed) // 2] ^= 1
    copy.write_bytes(changed)
    with pytest.raises(RefusedToStart, match="published"):
        weights.checked(name, tmp_path)


def test_an_absent_file_is_refused(tmp_path: Path):
    with pytest.raises(RefusedToStart, match="cannot be read"):
        weights.checked(weights.YUNET, tmp_path)


@pytest.mark.parametrize("chosen", ["", "dlib", "dlib,sface", "sface,sface", "sface,arc"])
def test_dlib_never_decides_and_unknown_engines_stop_the_start(chosen: str):
    with pytest.raises(RefusedToStart):
        engines(chosen)


def test_sface_alone_is_a_choice():
    assert [engine.name for engine in engines("sface")] == ["sface"]
