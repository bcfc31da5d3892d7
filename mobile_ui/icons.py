"""The icons of the pages: one sprite for browsers, single pictures for WeChat's tools.

They are Tabler's outlines, brought by npm; only those that are named somewhere are served.
``python -m mobile_ui.icons`` writes the single pictures into ``miniprogram/icons`` (not committed),
because WeChat reads files and knows no sprite.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOM = Path(__file__).parent
PROGRAM = ROOM / "miniprogram"
OUTLINES = ROOM / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
FALLBACK = "file-text"
TONES = {"brand": "#0b7a78", "white": "#ffffff", "muted": "#6b7a77"}
HOST_USES = {"chevron-left", "home", "user", FALLBACK}

_QUOTED = re.compile(r"""['"]([a-z][a-z0-9-]*)['"]""")
_SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>")


def sprite(names: Iterable[str]) -> bytes:
    """One SVG with a symbol for each name; a name Tabler does not have is left out."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'
        for name in sorted(set(names))
        if (shapes := _shapes(name))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


def known(name: str) -> bool:
    return (OUTLINES / f"{name}.svg").is_file()


def used() -> set[str]:
    """Every icon that a page, a component or the host names: any quoted word Tabler knows."""
    return HOST_USES | {name for name in _quoted_words() if known(name)}


def _quoted_words() -> Iterator[str]:
    for file in PROGRAM.rglob("*"):
        if file.suffix in {".wxml", ".js"}:
            yield from _QUOTED.findall(file.read_text(encoding="utf-8"))


def _shapes(name: str) -> str:
    if not known(name):
        return ""
    drawn = (OUTLINES / f"{name}.svg").read_text(encoding="utf-8")
    return "".join(shape for shape in _SHAPES.findall(drawn) if "M0 0h24v24H0z" not in shape)


def write_single(folder: Path = PROGRAM / "icons") -> int:
    """One file for each icon and tone; returns how many were written."""
    folder.mkdir(exist_ok=True)
    frame = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 24 24"'
        ' fill="none" stroke="{tone}" stroke-width="1.75" stroke-linecap="round"'
        ' stroke-linejoin="round">{shapes}</svg>'
    )
    made = [(name, tone) for name in sorted(used()) for tone in TONES if known(name)]
    for name, tone in made:
        drawn = frame.format(tone=TONES[tone], shapes=_shapes(name))
        (folder / f"{name}-{tone}.svg").write_text(drawn, encoding="utf-8")
    return len(made)


if __name__ == "__main__":
    print(json.dumps({"icons": write_single()}))
