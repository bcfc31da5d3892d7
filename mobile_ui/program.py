"""The mini-program's files as one module that a browser may run under a strict policy.

Each JavaScript file becomes a function with WeChat's names as parameters, so nothing is ever
handed to eval; WXML travels as text and is read by the host; JSON travels as it is.
"""

import json
from pathlib import Path

from mobile_ui import icons, wxss

PROGRAM = icons.PROGRAM
_PARAMETERS = "module, exports, require, Page, Component, App, wx, getApp"


def module(names: set[str]) -> str:
    """program.js: ``modules``, ``templates``, ``configs`` by path, and the ``icons`` there are."""
    modules = ",\n".join(
        f"{json.dumps(_path(file))}: function ({_PARAMETERS}) {{\n{_text(file)}\n}}"
        for file in _files(".js")
    )
    templates = {_path(file): _text(file) for file in _files(".wxml")}
    configs = {_path(file): json.loads(_text(file)) for file in _files(".json")}
    return (
        f"export const modules = {{\n{modules}\n}};\n"
        f"export const templates = {_literal(templates)};\n"
        f"export const configs = {_literal(configs)};\n"
        f"export const icons = {_literal(sorted(names))};\n"
    )


def stylesheet() -> str:
    """program.css: the app's rules, then each page's and component's within its own element."""
    parts = [wxss.to_css(_text(PROGRAM / "app.wxss"))]
    for file in _files(".wxss"):
        if file.stem != "app":
            parts.append(wxss.to_css(_text(file), f'[data-style="{_path(file)}"]'))
    return "\n".join(parts)


def _files(suffix: str) -> list[Path]:
    return sorted(PROGRAM.rglob(f"*{suffix}"))


def _path(file: Path) -> str:
    return file.relative_to(PROGRAM).with_suffix("").as_posix()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
