"""What people call things: synonyms, usual typos and fillers, read from ``words/*.txt``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from services.search.plain import HAN, plain

_FOLDER = Path(__file__).parent / "words"


class LexiconRefused(ValueError):
    """A line of the word lists cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Lexicon:
    """``others``: a word → what else finds it; ``typos``: typed → meant."""

    others: Mapping[str, tuple[str, ...]]
    typos: Mapping[str, str]
    fillers: re.Pattern[str]
    phrases: re.Pattern[str]
    """Synonyms of several English words, which stay together in a query."""
    longest: int

    def meant(self, text: str) -> str:
        """The text with usual typos put right."""
        for typed, right in self.typos.items():
            if typed in text and right not in text:
                text = text.replace(typed, right)
        return text


@cache
def lexicon() -> Lexicon:
    """Raises LexiconRefused."""
    others = _synonyms()
    fillers = [line for _, line in _lines("fillers.txt")]
    phrases = sorted((word for word in others if " " in word), key=len, reverse=True)
    return Lexicon(
        MappingProxyType(others),
        MappingProxyType(dict(_typos())),
        _any_of(fillers),
        _any_of(phrases),
        max(len(word) for word in others if HAN.fullmatch(word)),
    )


def _synonyms() -> dict[str, tuple[str, ...]]:
    """Rows that share a word stay two rows: what is far from each other does not meet."""
    found: dict[str, dict[str, None]] = {}
    for place, line in _lines("synonyms.txt"):
        if " > " in line:
            typed, _, also = line.partition(" > ")
            found.setdefault(typed.strip(), {}).update(dict.fromkeys(also.split(", ")))
            continue
        row = line.split(" = ")
        if len(row) < 2:
            raise LexiconRefused(f"{place}: neither = nor >")
        for word in row:
            also_said = [other for other in row if other != word]
            found.setdefault(word, {}).update(dict.fromkeys(also_said))
    return {word: tuple(also) for word, also in found.items()}


def _typos() -> Iterator[tuple[str, str]]:
    for place, line in _lines("typos.txt"):
        typed, sign, meant = line.partition(" = ")
        if not sign:
            raise LexiconRefused(f"{place}: no =")
        yield typed, meant


def _lines(name: str) -> Iterator[tuple[str, str]]:
    """(file:line, text) without comments; raises LexiconRefused for what ``plain`` would change."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        said, place = line.strip(), f"{name}:{number}"
        if not said or said.startswith("#"):
            continue
        if plain(said) != said:
            raise LexiconRefused(f"{place}: {said!r} is not lower case and simplified")
        yield place, said


def _any_of(words: list[str]) -> re.Pattern[str]:
    """The longest first; Latin words only where they stand alone."""
    ordered = sorted(words, key=len, reverse=True)
    parts = [re.escape(one) if HAN.match(one) else rf"\b{re.escape(one)}\b" for one in ordered]
    return re.compile("|".join(parts))
