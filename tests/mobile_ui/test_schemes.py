"""In the dark a page has other colours and nothing else: what is shown, where it stands and how
large it is needs no second look there.
"""

import re

import pytest

from mobile_ui.icons import ROOM

SHEETS = sorted(
    one
    for one in ROOM.rglob("*.*ss")
    if one.suffix in (".css", ".wxss") and "node_modules" not in one.parts
)
DARK = re.compile(r"@media[^{]*prefers-color-scheme[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
RULE = re.compile(r"\{([^{}]*)\}")
COLOURED = re.compile(
    r"--[\w-]+|(?:background|border|outline|text-decoration|accent)-color"
    r"|background|color|color-scheme|fill|stroke|box-shadow"
)


def in_the_dark(sheet: str) -> list[tuple[str, str]]:
    """Every declaration that holds in the dark only."""
    rules = [rule for block in DARK.findall(sheet) for rule in RULE.findall(block)]
    parted = [line.partition(":") for rule in rules for line in rule.split(";") if line.strip()]
    return [(name.strip(), value.strip()) for name, _, value in parted]


def faults(sheet: str) -> list[str]:
    return [name for name, _value in in_the_dark(sheet) if not COLOURED.fullmatch(name)]


@pytest.mark.parametrize("line", ["display: none", "font-size: 2rem", "border: 9px solid red"])
def test_what_moves_hides_or_resizes_something_in_the_dark_is_found(line):
    assert faults(f"@media (prefers-color-scheme: dark) {{ p {{ color: red; }} .a {{ {line}; }} }}")


def test_a_colour_or_a_name_for_one_is_no_fault():
    dark = ":root { --ink: #fff; }\n.a { color: red; }"
    sheet = f"@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n.b {{ width: 1px; }}"
    assert in_the_dark(sheet) == [("--ink", "#fff"), ("color", "red")]
    assert not faults(sheet)


def test_in_the_dark_every_sheet_changes_colours_only():
    dark = 0
    for sheet in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not faults(text), sheet.name
        assert text.count("prefers-color-scheme") == len(DARK.findall(text)), sheet.name
        dark += bool(in_the_dark(text))
    assert dark > 2
