"""Liveness figures are of the parts that judge, and say that warped footage is an attack too."""

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from tests.benchmarks import liveness_figures as figures
from tests.support import faces as pictures


def test_a_folder_without_pictures_is_said(tmp_path: Path):
    command = [sys.executable, "-m", "tests.benchmarks.liveness_figures", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "no person/picture.jpg" in done.stdout) == (1, True)


def test_a_still_or_tilted_print_passes_for_no_movement_and_warped_footage_for_all():
    seen = figures.watch("one", pictures.portrait(pictures.ASTRONAUT), figures.Lens(), takes=1)
    rows = figures.rows([seen])
    assert [row.prompt for row in rows] == ["front", "left", "right", "nod", "blink", "mouth"]
    assert [row.held for row in rows[1:]] == [0.0] * 5
    assert [row.tilted for row in rows[1:]] == [0.0] * 5
    assert [row.warped for row in rows] == [1.0] * 6
    said = io.StringIO()
    figures.report([seen], Console(width=200, file=said))
    assert "Injection is undefended" in said.getvalue()
    assert "No figure of ISO/IEC 30107-3" in said.getvalue()
