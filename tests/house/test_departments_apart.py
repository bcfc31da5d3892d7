"""Departments share nothing but ``Department``: no import, no field code leaves a folder.

An application may ask several departments; of another's folder it sees ``department.py`` alone.
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
SHARED = "_signing"  # five lines signed by HMAC: a scheme, no department's


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


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, relative ones written out."""
    own = file.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = own[: -node.level] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)


def departments_in(file: Path) -> set[tuple[str, str]]:
    """(folder, file) of what is imported from below services.departments."""
    found = (name.split(".") for name in imported(file))
    return {
        (n[2], n[3] if len(n) > 3 else "") for n in found if n[:2] == ["services", "departments"]
    }


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
    for file in (HOUSE / folder).glob("*.py"):
        others = {one for one in departments_in(file) if one[0] not in (folder, SHARED)}
        if file in applications():
            others = {one for one in others if one[1] != "department"}
        assert not others, file


def test_every_application_is_known_to_this_test() -> None:
    assert len(applications()) == 3 and all(file.is_file() for file in applications())


def test_nothing_in_the_house_knows_a_department_by_name() -> None:
    """They are found by folder; whoever imported one would have to be edited for the next."""
    for file, text in house_sources().items():
        if file.suffix == ".py" and "departments" in text:
            assert not departments_in(file), file


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
