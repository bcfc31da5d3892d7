"""Renders ``.env.example`` from the settings classes, so that the two cannot differ.

``python -m config.env_example services.departments`` writes it; the argument names packages in
which further settings classes live, because this floor knows no department.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from config.gateways import GatewaySettings
from config.settings import CommonSettings, FaceSettings, SandboxSettings, Settings

FILE = Path(".env.example")
HOUSE: tuple[type[BaseSettings], ...] = (
    CommonSettings,
    FaceSettings,
    SandboxSettings,
    GatewaySettings,
    Settings,
)
_HEAD = """\
# Every setting with its default. Do not edit: python -m config.env_example services.departments
# Copy the lines you change into .env, without the leading #.
# Nothing need be set for `make run`: its engines and keys are made in DATA_FOLDER.
"""


def render(classes: Iterable[type[BaseSettings]]) -> str:
    """The text of ``.env.example``: a paragraph a class, a comment and a line a setting."""
    return _HEAD + "".join(_paragraph(kind) for kind in classes)


def settings_in(package: str) -> list[type[BaseSettings]]:
    """The settings classes defined in a package and below it, by name of their module."""
    root = importlib.import_module(package)
    names = [package]
    names += sorted(each.name for each in pkgutil.walk_packages(root.__path__, f"{package}."))
    return [
        kind
        for name in names
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass)
        if issubclass(kind, BaseSettings) and kind.__module__ == name
    ]


def _paragraph(kind: type[BaseSettings]) -> str:
    title = (inspect.getdoc(kind) or kind.__name__).splitlines()[0]
    lines = ["", f"# ── {title}"]
    inherited = set() if kind.model_config.get("env_prefix") else _known_above(kind)
    for name, field in kind.model_fields.items():
        if name not in inherited:
            lines += _setting(str(kind.model_config.get("env_prefix", "")) + name, field)
    return "\n".join(lines) + "\n"


def _known_above(kind: type[BaseSettings]) -> set[str]:
    above = (each for each in kind.__mro__[1:] if issubclass(each, BaseSettings))
    return {name for each in above for name in each.model_fields}


def _setting(name: str, field: FieldInfo) -> list[str]:
    said = textwrap.wrap(field.description or "", 96)
    return [*(f"# {line}" for line in said), f"#{name.upper()}={_default(field)}"]


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None or value is PydanticUndefined:  # computed at the start
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def main(packages: Sequence[str]) -> None:
    """Write the file in the current folder."""
    departments = [kind for package in packages for kind in settings_in(package)]
    FILE.write_text(render((*HOUSE, *departments)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
