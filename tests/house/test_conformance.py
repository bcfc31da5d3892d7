"""docs/conformance.md names a test for every rule of the field; every test it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
MODULES = ROOT / "tests" / "api" / "conformance"


def named() -> list[tuple[str, str]]:
    return NAMED.findall(PAGE.read_text(encoding="utf-8"))


def found_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name for one in ast.walk(tree) if isinstance(one, kinds) and "test_" in one.name}


def test_the_page_names_tests():
    assert len(named()) > 100


@pytest.mark.parametrize("file", sorted({file for file, _ in named()}))
def test_every_test_that_is_named_is_there(file: str):
    there = found_in(ROOT / file)
    assert there
    assert {test for of, test in named() if of == file and test} <= there


def test_every_rule_has_a_test():
    """Rows of a table whose last cell should hold one."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    rules = [row for row in rows if not row.startswith(("| rule", "| module", "| not"))]
    assert len(rules) > 60
    assert [row for row in rules if not NAMED.search(row.rsplit("|", 2)[1])] == []


@pytest.mark.parametrize("file", sorted(MODULES.glob("test_*.py")), ids=lambda file: file.stem)
def test_every_module_that_is_mirrored_is_on_the_page(file: Path):
    page = {test for _, test in named()}
    assert found_in(file) - page == set()
