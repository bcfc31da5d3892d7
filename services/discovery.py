"""Finding departments and services by folder: what lies there is offered, nothing is listed.

``<folder>/<department>/department.py`` holds the department; every other file beside it (but
those that begin with an underscore) declares services or a licence. A folder without a
department.py adds them to a department of the house.
"""

import importlib
import sys
import traceback
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from identity.documents import organisation
from identity.documents.errors import OrganisationCodeInvalid
from services.department import Department
from services.licences.declaration import LicenceType
from services.service import DeclarationRefused, Service

BUILT_IN = Path(__file__).parent / "departments"
_DEPARTMENT = "department"


def modules(folder: Path) -> Iterator[ModuleType]:
    """Every department and service module below ``folder``, departments first."""
    root = _package(folder)
    found = sorted(file for file in folder.glob("*/*.py") if _offered(file))
    for file in sorted(found, key=lambda file: file.stem != _DEPARTMENT):
        yield _imported(f"{root}.{file.parent.name}.{file.stem}", file)


def departments(module: ModuleType) -> list[type[Department]]:
    """The department that a module declares; DeclarationRefused unless a department.py has one."""
    if not module.__name__.endswith(f".{_DEPARTMENT}"):
        return []
    own = [
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Department)
        and found.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise DeclarationRefused(f"{module.__file__}:1: declares {len(own)} departments, not one")
    for piece in ("title", "credit_code", "settings_class"):
        if not hasattr(own[0], piece):
            raise DeclarationRefused(f"{module.__file__}:1: {own[0].__name__} has no {piece}")
    try:
        organisation.parse(own[0].credit_code)
    except OrganisationCodeInvalid:
        what = "credit_code is not a unified social credit code (GB 32100)"
        raise DeclarationRefused(f"{module.__file__}:1: {what}") from None
    return own


def services(module: ModuleType) -> list[Service]:
    """The services that a module declares; a file that declares neither one nor a licence is
    refused.
    """
    if module.__name__.endswith(f".{_DEPARTMENT}"):
        return []
    own = [
        found
        for found in vars(module).values()
        if isinstance(found, Service) and found.declared_at.startswith(f"{module.__file__}:")
    ]
    if not own and not licences(module):
        raise DeclarationRefused(f"{module.__file__}:1: declares no service")
    return own


def licences(module: ModuleType) -> list[LicenceType]:
    """The kinds of licence that a module declares."""
    return [
        found
        for found in vars(module).values()
        if isinstance(found, LicenceType) and found.declared_at.startswith(f"{module.__file__}:")
    ]


def _offered(file: Path) -> bool:
    return not file.name.startswith("_") and not file.parent.name.startswith((".", "_"))


def _package(folder: Path) -> str:
    """The package that modules of ``folder`` belong to; folders elsewhere get one of their own."""
    if folder.resolve() == BUILT_IN.resolve():
        return "services.departments"
    if not folder.is_dir():
        raise DeclarationRefused(f"{folder}: there is no such folder of departments")
    name = f"departments_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    importlib.invalidate_caches()
    return name


def _imported(name: str, file: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except DeclarationRefused:
        raise
    except Exception as fault:
        raise DeclarationRefused(f"{_where(fault, file)}: {fault}") from fault


def _where(fault: Exception, file: Path) -> str:
    if isinstance(fault, SyntaxError):
        return f"{file}:{fault.lineno}"
    steps = traceback.extract_tb(fault.__traceback__)
    lines = [step.lineno for step in steps if Path(step.filename) == file]
    return f"{file}:{lines[-1] if lines else 1}"
