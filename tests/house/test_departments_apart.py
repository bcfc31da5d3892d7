"""Departments share nothing but ``Department``: no import, no field code leaves a folder.

An application may ask several departments; of another's folder it names its ``Department`` alone.
"""

import ast
import importlib
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from services import discovery
from services.catalogue import Catalogue
from services.schema import schema

ROOT = Path(__file__).parents[2]
HOUSE = discovery.BUILT_IN
CATALOGUE = Catalogue.load()
FOLDERS = sorted(kind.__module__.split(".")[-2] for kind in CATALOGUE.departments.values())
ROOMS = ("api", "config", "identity", "mobile_ui", "services")
SOURCES = {".py", ".js", ".json", ".html", ".css"}
BELOW = "services.departments"
_DOTTED = re.compile(rf"{re.escape(BELOW)}(\.\w+)*")

Taken = tuple[str, ...]
"""What stands below services.departments: ``("tax", "department", "Tax")``."""


@cache
def house_sources() -> dict[Path, str]:
    """Every source of the house outside the departments' folders, read once."""
    found = {}
    for room in ROOMS:
        for folder, inner, names in os.walk(ROOT / room):
            inner[:] = [one for one in inner if one not in {"node_modules", "__pycache__"}]
            if HOUSE not in (here := Path(folder), *here.parents):
                files = (here / one for one in names if Path(one).suffix in SOURCES)
                found |= {file: file.read_text(encoding="utf-8") for file in files}
    return found


def imported(text: str, package: str) -> Iterator[str]:
    """Every dotted name that a module of ``package`` imports, relative ones written out, and every
    one that stands in it as a string: importlib takes those.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            module = ".".join([*(above if node.level else ()), *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Constant) and _DOTTED.fullmatch(str(node.value)):
            yield str(node.value)


def taken(text: str, package: str) -> set[Taken]:
    """What a module imports of services.departments, the package itself as an empty tuple."""
    deep = BELOW.count(".") + 1
    found = (name for name in imported(text, package) if f"{name}.".startswith(f"{BELOW}."))
    return {tuple(name.split(".")[deep:]) for name in found}


def a_department(one: Taken) -> bool:
    """Whether this names a department's class."""
    kinds = CATALOGUE.departments.values()
    return ".".join([BELOW, *one]) in {f"{kind.__module__}.{kind.__name__}" for kind in kinds}


def not_its_own(text: str, folder: str, *, application: bool = False) -> set[Taken]:
    """What a file of this folder imports and must not."""
    others = {one for one in taken(text, f"{BELOW}.{folder}") if one[:1] != (folder,)}
    return {one for one in others if not (application and a_department(one))}


def applications() -> set[Path]:
    """The files that declare an application."""
    plans = (one for one in CATALOGUE.services.values() if one.plan)
    return {Path(one.declared_at.rpartition(":")[0]) for one in plans}


@cache
def codes_of(folder: str) -> set[str]:
    """The field codes that a department's answers are read by."""
    files = [one for one in (HOUSE / folder).glob("*.py") if one.stem != "__init__"]
    modules = [importlib.import_module(f"services.departments.{folder}.{f.stem}") for f in files]
    return {
        info.alias
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        and model.__module__ == module.__name__
        for info in model.model_fields.values()
        if info.alias
    }  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_no_other_departments(folder: str) -> None:
    for file in (HOUSE / folder).rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not not_its_own(text, folder, application=file in applications()), file


def test_nothing_stands_beside_the_folders_that_they_could_share() -> None:
    """What all of them need is ``Department``'s, outside (services/department.py)."""
    beside = {one.name for one in HOUSE.iterdir()} - {*FOLDERS, "__init__.py", "__pycache__"}
    assert not beside
    assert not taken((HOUSE / "__init__.py").read_text(encoding="utf-8"), BELOW)


@pytest.mark.parametrize(
    "line",
    [
        "from services.departments._signing import sign",
        "from services.departments import _signing",
        "from services.departments import housing",
        "from services import departments",
        "import services.departments",
        "import services.departments.housing.department as other",
        "from .. import housing",
        "from ..housing.department import Rent",
        "from services.departments.housing import *",
        "def late():\n    from services.departments.housing import department",
        "importlib.import_module('services.departments.housing.department')",
    ],
)
def test_no_way_into_another_folder_is_overlooked(line: str) -> None:
    assert not_its_own(line, "tax") and not_its_own(line, "tax", application=True)


def test_an_application_names_departments_and_nothing_else_of_theirs() -> None:
    housing = "from services.departments.housing.department import Housing"
    assert not not_its_own(housing, "tax", application=True)
    assert not_its_own(housing, "tax")
    assert not_its_own(f"{housing}, Rent", "tax", application=True) == {
        ("housing", "department", "Rent")
    }


def test_every_application_is_known_to_this_test() -> None:
    assert len(applications()) == 3 and all(file.is_file() for file in applications())


def test_nothing_in_the_house_knows_a_department_by_name() -> None:
    """They are found by folder; whoever imported one would have to be edited for the next."""
    for file, text in house_sources().items():
        if file.suffix == ".py" and "departments" in text:
            package = ".".join(file.relative_to(ROOT).parent.parts)
            assert not any(taken(text, package)), file


def test_no_field_code_stands_outside_the_departments_folders() -> None:
    codes = set.union(*map(codes_of, FOLDERS))
    assert all(codes_of(folder) for folder in FOLDERS)
    written = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(codes)))})(?![\w-])")
    played = ROOT / "services" / "sandbox"  # the offices themselves
    for file, text in house_sources().items():
        if played not in file.parents:
            found = written.search(text)
            assert not found, f"{file}: {found and found[0]}"


@pytest.mark.parametrize("id", [id for id, one in CATALOGUE.services.items()])
def test_no_field_code_is_in_what_a_service_asks_or_answers(id: str) -> None:
    service = CATALOGUE.services[id]
    models = [service.question, service.answer]
    if plan := service.plan:
        models += [plan.form, *(one.finding for one in (*plan.steps, *plan.carries_out))]
    codes = set.union(*map(codes_of, FOLDERS))
    for model in filter(None, models):
        names = set(model.model_fields) | set(re.findall(r"\w+", str(schema(model, "en"))))
        assert not codes & names, model
