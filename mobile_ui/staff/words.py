"""The staff pages' words. What the server refuses it explains itself, in the language asked for."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")
_FOLDER = Path(__file__).parent / "words"

Say = Callable[..., str]


@cache
def words(locale: str) -> Mapping[str, str]:
    """All words of a locale. Two rooms that say the same code stop the start (ValueError)."""
    merged: dict[str, str] = {}
    for file in sorted((_FOLDER / locale).glob("*.json")):
        room: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        if twice := merged.keys() & room.keys():
            raise ValueError(f"{file.name} says again: {sorted(twice)}")
        merged |= room
    return merged


def in_words(locale: str) -> Say:
    """``say(code, *facts)``: the words for a code; facts fill {0}, {1}. Raises KeyError."""
    known = words(locale)

    def say(code: str, *facts: Any) -> str:
        told = known[code]
        for place, fact in enumerate(facts):
            told = told.replace(f"{{{place}}}", str(fact))
        return told

    return say
