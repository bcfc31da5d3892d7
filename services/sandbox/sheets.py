"""The sandbox's small pages: an HTML file of ``static`` filled with one language's words."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from config.texts import words

_STATIC = Path(__file__).parent / "static"


def sheet(name: str, locale: str, **html: str) -> str:
    """``static/<name>.html`` with the words ``sandbox.<name>.*``; ``html`` is escaped already."""
    prefix = f"sandbox.{name}."
    ours = {
        code.removeprefix(prefix).replace("-", "_"): escape(said)
        for code, said in words(locale).items()
        if code.startswith(prefix)
    }
    return _template(name).substitute(ours, lang=locale, **html)


@cache
def _template(name: str) -> Template:
    return Template((_STATIC / f"{name}.html").read_text(encoding="utf-8"))
