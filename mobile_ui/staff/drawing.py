"""From a page's facts to HTML: templates that escape everything and refuse what is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mobile_ui.staff.page import Page, Refused, Shown, Unsure, Visit
from mobile_ui.staff.values import Values
from mobile_ui.staff.words import words

_TRIED_AGAIN = 30  # seconds
_TEMPLATES = Path(__file__).parent / "templates"
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True)
class Frame:
    """What stands around every page: ``files`` is where its style lies, ``token`` goes back with
    every form, ``places`` are the pages of the bar that the visitor may see."""

    files: str
    token: str
    places: Sequence[Page] = ()


class Filled:
    """What had been filled in, while the form is drawn that was refused; ``key`` tells forms of
    one act apart."""

    def __init__(self, visit: Visit):
        self._visit, self._now = visit, False

    def begins(self, act: str, key: str = "") -> str:
        """A form of this act begins (and with no act, ends): what follows is in it."""
        visit = self._visit
        tried = visit.fault is not None and bool(act) and visit.act == act
        self._now = tried and (not key or visit.one("key") == key)
        return ""

    def value(self, name: str, default: str) -> str:
        return self._visit.one(name, default) if self._now else default

    def wrong(self, name: str) -> str:
        """What is wrong with a field, to be said beside it; else empty."""
        fault = self._visit.fault
        return fault.at(name) if self._now and fault else ""

    def ticked(self, name: str, default: Sequence[str]) -> Sequence[str]:
        return self._visit.each(name) if self._now else default


def draw(frame: Frame, visit: Visit, page: Page, shown: Shown) -> str:
    """The whole document."""
    done = visit.query.get("done", "")
    facts: dict[str, Any] = {
        **dict(shown.facts),
        "title": shown.title or visit.say(page.title),
        "again": shown.again,
        "done": (done, page.done[done]) if done in page.done else None,
    }
    return _environment.get_template(shown.template).render(_around(frame, visit, page) | facts)


def unsure(visit: Visit, asked: Unsure) -> Shown:
    """The page that asks before something that cannot be taken back."""
    return Shown("sure.html", {"asked": asked, "sent": visit.sent()}, title=asked.title)


def refusal(page: Page, fault: Refused) -> Shown:
    """Where there is nothing else to show: what was refused, and a way on. A page that is asked
    for by itself goes on with that."""
    again = _TRIED_AGAIN if page.watching else 0
    return Shown("refused.html", {"refused": fault}, title=fault.title, again=again)


def _around(frame: Frame, visit: Visit, page: Page) -> dict[str, Any]:
    numbers = count(1)
    return {
        "frame": frame,
        "visit": visit,
        "page": page,
        "say": visit.say,
        "filled": Filled(visit),
        "known": words(visit.locale).__contains__,
        "values": Values(visit.locale, visit.say),
        "next_id": lambda: f"f{next(numbers)}",
    }
