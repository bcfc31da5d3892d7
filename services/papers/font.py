"""The one font of documents: Noto Sans SC (SIL Open Font License 1.1), of which a document carries
the characters it uses.

It has the characters of GB 18030's first plane. A rarer one, of which some names are made, is
written as its code point, never left out or shown as an empty box.
"""

import logging
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

_FOLDER = Path("mobile_ui/node_modules/@expo-google-fonts/noto-sans-sc")
_FILES = {
    "": _FOLDER / "400Regular/NotoSansSC_400Regular.ttf",
    "B": _FOLDER / "700Bold/NotoSansSC_700Bold.ttf",
}
_ROOT = Path(__file__).parents[2]
FAMILY = "NotoSansSC"
for _name in ("fpdf", "fontTools"):  # they write characters of the text
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def add_to(page: FPDF, *styles: str) -> None:
    """The styles that the page uses: empty for regular, ``B`` for bold.

    Raises FileNotFoundError where the front-end packages were never installed.
    """
    for style in styles:
        page.add_font(FAMILY, style, _ROOT / _FILES[style])


def written(text: str) -> str:
    """The text with what the font lacks as code points: ``〔U+20BB7〕``."""
    known = _known()
    return "".join(one if ord(one) in known or one == "\n" else _named(one) for one in text)


@cache
def _known() -> frozenset[int]:
    with TTFont(_ROOT / _FILES[""], lazy=True) as font:
        return frozenset(font.getBestCmap())


def _named(one: str) -> str:
    return f"〔U+{ord(one):04X}〕" if one.isprintable() else ""
