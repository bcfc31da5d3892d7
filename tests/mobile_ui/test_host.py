"""The host's own tests, run by node on the very files that are served."""

import json
import re
import shutil
from pathlib import Path

import pytest

from mobile_ui.pages import Prepared
from tests.support.front_end import run_node

HERE = Path(__file__).parent / "host"
PROGRAM = Path(__file__).parents[2] / "mobile_ui" / "miniprogram"


@pytest.fixture(scope="module")
def tree(served: dict[str, Prepared], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The served files in a folder, the tests beside them."""
    folder = tmp_path_factory.mktemp("tree")
    for name, file in served.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(file.plain)
    shutil.copytree(HERE, folder / "tests")
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


SUBJECTS = [
    *("expressions", "wxml", "request", "words", "languages", "asked", "giving-leave"),
    *("device-key", "ways", "returning", "passkeys", "face-capture", "forms", "cases", "applying"),
    "looking",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_host_keeps_its_word(tree: Path, subject: str) -> None:
    told = run_node("--test", "--test-reporter=tap", f"tests/{subject}.test.mjs", folder=tree)
    passed = re.search(r"^# pass (\d+)", told, re.MULTILINE)
    assert passed and int(passed[1]) > 3, told


def test_wechats_compilers_accept_every_page(packages: Path) -> None:
    told = json.loads(run_node(HERE / "compile.mjs", PROGRAM, packages).splitlines()[-1])
    written = [file for kind in ("wxml", "wxss") for file in PROGRAM.rglob(f"*.{kind}")]
    assert told["accepted"] == len(written) > 20


def test_every_page_and_component_is_whole() -> None:
    app = json.loads((PROGRAM / "app.json").read_text())
    components = [f"components/{one.name}/{one.name}" for one in (PROGRAM / "components").iterdir()]
    for path in [*app["pages"], *components]:
        missing = [kind for kind in ("js", "json", "wxml", "wxss") if not _file(path, kind)]
        assert not missing, f"{path} has no {missing}"


def _file(path: str, kind: str) -> bool:
    return (PROGRAM / f"{path}.{kind}").is_file()
