"""A query as terms: usual typos put right, fillers left out, cut where the index knows words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.search.index import Index
from services.search.lexicon import Lexicon
from services.search.plain import HAN, LATIN, MOST_CHARACTERS, plain

MOST_TERMS = 8
_LONGEST_WORD = 8  # characters that are looked up as one
_PIECE = re.compile(f"{HAN.pattern}|{LATIN.pattern}")


@dataclass(frozen=True)
class Term:
    """``known``: the index or the lexicon has it as it stands; what is left between such words
    inside one run of characters is mostly ``chatter``.
    """

    text: str
    known: bool = True
    chatter: bool = False

    @property
    def latin(self) -> bool:
        return bool(LATIN.match(self.text))

    @property
    def length(self) -> float:
        """A letter says half of what a character does."""
        return len(self.text) / 2 if self.latin else len(self.text)


def terms(query: str, index: Index, lexicon: Lexicon) -> list[Term]:
    """At most eight; none where nothing can be read."""
    asked = lexicon.meant(plain(query[:MOST_CHARACTERS]))
    found = [Term(phrase) for phrase in lexicon.phrases.findall(asked)]
    rest = lexicon.phrases.sub(" ", asked)
    bare = lexicon.fillers.sub(" ", rest)
    kept = bare if found or _PIECE.search(bare) else rest
    for piece in _PIECE.findall(kept):
        found += [Term(piece)] if LATIN.match(piece) else _cut(piece, index, lexicon)
    return list(dict.fromkeys(found))[:MOST_TERMS]


def _cut(run: str, index: Index, lexicon: Lexicon) -> list[Term]:
    """The longest known words from the left; by sound where that leaves less over."""

    def written(word: str) -> bool:
        return word in lexicon.others or index.holds(word)

    def spoken(word: str) -> bool:
        return written(word) or index.heard(index.sounds_like(word))

    first = list(_longest(run, written))
    if all(term.known for term in first):
        return first
    second = list(_longest(run, spoken))
    return min(first, second, key=_left_over)


def _longest(run: str, known: Callable[[str], bool]) -> Iterator[Term]:
    """Words of two characters and more; what is left between them."""
    at, left = 0, ""
    while at < len(run):
        ends = range(min(at + _LONGEST_WORD, len(run)), at + 1, -1)
        end = next((end for end in ends if known(run[at:end])), 0)
        if not end:
            left += run[at]
            at += 1
            continue
        if left:
            yield Term(left, known=False, chatter=True)
        yield Term(run[at:end])
        at, left = end, ""
    if left:
        yield Term(left, known=False, chatter=left != run)


def _left_over(cut: list[Term]) -> int:
    return sum(len(term.text) for term in cut if not term.known)
