"""Words for people: ``text(code, locale, **facts)``, read once from ``config/locales``.

A locale is a folder of flat JSON files, one a room, so that a room's words lie together.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")
DEFAULT_LOCALE = "zh-CN"
_FOLDER = Path(__file__).parent / "locales"


def text(code: str, locale: str = DEFAULT_LOCALE, **facts: Any) -> str:
    """The text for ``code``; an unknown code or missing fact raises KeyError."""
    return words(locale)[code].format_map(facts)


@cache
def words(locale: str) -> dict[str, str]:
    """All texts of one locale. Two files that define the same code stop the start (ValueError)."""
    merged: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.json")):
        room: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        if twice := merged.keys() & room.keys():
            raise ValueError(f"{file.name} defines again: {sorted(twice)}")
        merged |= room
    return merged


def preferred(accept_language: str | None) -> str:
    """The locale of ours that an Accept-Language header (RFC 9110 §12.5.4) likes best."""
    wishes = []
    for place, part in enumerate((accept_language or "").split(",")):
        tag, _, quality = part.strip().partition(";q=")
        wishes.append((-_quality(quality), place, tag))
    for _, _, tag in sorted(wishes):
        for locale in LOCALES:
            if tag.lower() == locale.lower() or tag.lower().split("-")[0] == locale.split("-")[0]:
                return locale
    return DEFAULT_LOCALE


def _quality(value: str) -> float:
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0
