"""Words for people: ``text(code, locale, **facts)``, read once from ``config/locales``.

A locale is a folder of flat JSON files, one a room, so that a room's words lie together. Partial
locales have the words of some rooms only, say what they lack in another language, and are marked
as machine-made in every file until somebody who speaks the language has read them.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")  # complete: every text, every service
DEFAULT_LOCALE = "zh-CN"
FALLBACK: Mapping[str, str] = {"zh-HK": "zh-CN", "ug": "zh-CN"}  # partial: what speaks for them
OFFERED = (*LOCALES, *FALLBACK)
RIGHT_TO_LEFT = frozenset({"ug"})
MARK = "_"  # the member of a partial locale's file that says who made it
_TRADITIONAL = {"hant", "hk", "mo", "tw"}
_FOLDER = Path(__file__).parent / "locales"


def text(code: str, locale: str = DEFAULT_LOCALE, **facts: Any) -> str:
    """The text for ``code``; an unknown code or missing fact raises KeyError."""
    return words(locale)[code].format_map(facts)


@cache
def words(locale: str) -> dict[str, str]:
    """All texts of one locale, of a partial one with what speaks for it where it is silent.

    Two files that define the same code stop the start (ValueError).
    """
    own = own_words(locale)
    return words(FALLBACK[locale]) | own if locale in FALLBACK else own


@cache
def own_words(locale: str) -> dict[str, str]:
    """The texts that stand in this locale itself. Raises ValueError as ``words`` does."""
    merged: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.json")):
        room: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        room.pop(MARK, None)
        if twice := merged.keys() & room.keys():
            raise ValueError(f"{file.name} defines again: {sorted(twice)}")
        merged |= room
    return merged


class Spoken(dict[str, str]):
    """One text in several locales; a partial locale is answered in what speaks for it."""

    def __missing__(self, locale: str) -> str:
        return self[FALLBACK[locale]]


def preferred(accept_language: str | None) -> str:
    """The locale of ours that an Accept-Language header (RFC 9110 §12.5.4) likes best."""
    wishes = []
    for place, part in enumerate((accept_language or "").split(",")):
        tag, _, quality = part.strip().partition(";q=")
        wishes.append((-_quality(quality), place, tag))
    for _, _, tag in sorted(wishes):
        if locale := _ours(tag.lower().split("-")):
            return locale
    return DEFAULT_LOCALE


def _ours(tag: Sequence[str]) -> str | None:
    """RFC 4647 §3.4 as far as it serves: traditional characters are those of Hong Kong here."""
    if tag[0] == "zh":
        return "zh-HK" if _TRADITIONAL & set(tag) and "hans" not in tag else "zh-CN"
    return tag[0] if tag[0] in OFFERED else None


def _quality(value: str) -> float:
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0
