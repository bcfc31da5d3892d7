"""Listed items: described here in full, done at a window. One JSON file an item.

``<folder>/<department>/<item>.json``; the file's name is the item's id. ``department.json`` beside
them names a department that the house has no folder of services for. Every fault of every file is
told at once, with file and line, and nothing is offered until they are mended.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from identity.documents import organisation
from identity.documents.errors import OrganisationCodeInvalid
from services import groups
from services.department import Department
from services.groups import Group
from services.items.form import Code, Form, Id, ItemForm, Said, Text, spoken
from services.items.lines import line_of
from services.items.standard import Item, code, lint, lint_regions
from services.schema import Words
from services.service import Audience, Channel, DeclarationRefused, Kind

_DEPARTMENT = "department.json"
_MOST_TOLD = 50
_SHELVES: Mapping[str, Group] = {
    one.id: one for one in vars(groups).values() if isinstance(one, Group)
}
F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class ListedDepartment:
    """A department that only has items, no services of the house."""

    id: str
    title: Words
    credit_code: str


Office = ListedDepartment | type[Department]


@dataclass(frozen=True, eq=False)
class Listed:
    """One entry of the catalogue that is done at a window; read as a ``Service`` is."""

    id: str
    title: Words
    summary: Words
    group: Group
    icon: str
    audience: Audience
    item: Item
    department: Office
    channels: tuple[Channel, ...]
    regions: tuple[str, ...]
    keywords: tuple[str, ...]
    rank: int
    declared_at: str
    kind: Kind = Kind.LISTED

    @property
    def code(self) -> str:
        """The implementation code of 31 characters (GB/T 39554.1)."""
        return code(self.department.credit_code, self.item)


class GroupForm(Form):
    """A shelf of one's own."""

    id: Id
    title: Said
    rank: int = 60

    def made(self) -> Group:
        return Group(self.id, spoken(self.title), self.rank)


def _credit_code(given: str) -> str:
    """The code as it is, if it is one (GB 32100)."""
    try:
        return organisation.parse(given)
    except OrganisationCodeInvalid:
        raise ValueError("is not a unified social credit code (GB 32100)") from None


class DepartmentForm(Form):
    title: Said
    credit_code: Annotated[str, AfterValidator(_credit_code)]


class ListedForm(Form):
    """A listed item's file. ``group``: the id of a shelf of the house, or a shelf of its own."""

    title: Said
    summary: Said
    group: Id | GroupForm
    icon: Id
    audience: Audience
    item: ItemForm
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    regions: tuple[Code, ...] = ()
    keywords: tuple[Text, ...] = ()
    rank: int = 80


def load(folder: Path, departments: Mapping[str, Office]) -> list[Listed]:
    """Every item below ``folder``. ``departments``: those of the house, by id.

    Raises DeclarationRefused, naming each fault with file and line.
    """
    if not folder.is_dir():
        raise DeclarationRefused(f"{folder}: there is no such folder of items")
    found: list[Listed] = []
    faults: list[str] = []
    for place in sorted(one for one in folder.iterdir() if one.is_dir()):
        office = _department(place, departments, faults)
        for file in sorted(place.glob("*.json")):
            if file.name != _DEPARTMENT and (made := _entry(file, office, faults)):
                found.append(made)
    if faults:
        raise DeclarationRefused("\n".join(faults[:_MOST_TOLD]))
    return found


def _department(place: Path, known: Mapping[str, Office], faults: list[str]) -> Office | None:
    """The department of a folder: one of the house, or the one that department.json names."""
    file = place / _DEPARTMENT
    if place.name in known:
        if file.exists():
            faults.append(f"{file}:1: {place.name} is a department of the house already")
        return known[place.name]
    form = _read(file, DepartmentForm, faults)
    return ListedDepartment(place.name, spoken(form.title), form.credit_code) if form else None


def _entry(file: Path, office: Office | None, faults: list[str]) -> Listed | None:
    form = _read(file, ListedForm, faults)
    if form is None or office is None:
        return None
    made = _made(file, form, office)
    wrong = [*_shelf_faults(form), *lint(made.item), *lint_regions(made.regions, made.item)]
    faults += [f"{file}:{_line(file, _path(fault))}: {fault}" for fault in wrong]
    return None if wrong else made


def _made(file: Path, form: ListedForm, office: Office) -> Listed:
    shelf = form.group
    return Listed(
        id=file.stem,
        title=spoken(form.title),
        summary=spoken(form.summary),
        group=shelf.made() if isinstance(shelf, GroupForm) else _SHELVES.get(shelf, groups.WORK),
        icon=form.icon,
        audience=form.audience,
        item=form.item.made(),
        department=office,
        channels=form.channels,
        regions=form.regions,
        keywords=form.keywords,
        rank=form.rank,
        declared_at=f"{file}:1",
    )


def _shelf_faults(form: ListedForm) -> Iterator[str]:
    if isinstance(form.group, str) and form.group not in _SHELVES:
        yield f"group: there is no shelf {form.group!r} in the house: give its title too"


def _read(file: Path, form: type[F], faults: list[str]) -> F | None:
    """The file in its form, or its faults beside those of others."""
    try:
        text = file.read_text(encoding="utf-8")
        return form.model_validate(json.loads(text))
    except json.JSONDecodeError as wrong:
        faults.append(f"{file}:{wrong.lineno}: is not JSON: {wrong.msg}")
    except (OSError, UnicodeDecodeError):
        faults.append(f"{file}:1: is not there, or is not UTF-8")
    except ValidationError as wrong:
        for error in wrong.errors():
            place = tuple(error["loc"])
            named = ".".join(map(str, place)) or "the file"
            faults.append(f"{file}:{line_of(text, place)}: {named}: {error['msg']}")
    return None


def _line(file: Path, path: tuple[str | int, ...]) -> int:
    return line_of(file.read_text(encoding="utf-8"), path)


def _path(fault: str) -> tuple[str, ...]:
    """``item.serial is not …`` → ("item", "serial")."""
    return tuple(fault.split(maxsplit=1)[0].rstrip(":").split("."))
