"""The few pages that people read beside the mobile ones: their frame, style and script."""

from functools import cache
from pathlib import Path
from string import Template

from config.texts import RIGHT_TO_LEFT

FOLDER = Path(__file__).parent / "pages"


def page(title: str, body: str, locale: str, head: str = "") -> str:
    """A whole HTML document; ``title`` and ``body`` are HTML already."""
    way = "rtl" if locale in RIGHT_TO_LEFT else "ltr"
    return _frame().substitute(title=title, body=body, lang=locale, dir=way, head=head)


@cache
def file(name: str) -> bytes:
    """One file of the folder, read once."""
    return (FOLDER / name).read_bytes()


@cache
def _frame() -> Template:
    return Template((FOLDER / "page.html").read_text(encoding="utf-8"))
