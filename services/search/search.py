"""Search: what each term of a query finds, added up, ranked by match and by use.

A term climbs a ladder and stops at the first rung that finds anything: as it is written (with
other words for the same thing, initials, pinyin), as it sounds, with a slip. Where entries have
every term, only they are found; else those that have enough of what the query says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import log, log10
from typing import Generic, TypeVar

from services.search import query as query_room
from services.search.entry import Entry
from services.search.index import Found, Index
from services.search.lexicon import lexicon
from services.search.plain import LATIN
from services.search.query import Term

E = TypeVar("E", bound=Entry)
Hits = dict[int, float]
_SYNONYM, _PINYIN, _SOUND, _SLIP = 0.75, 0.75, 0.6, 0.4
_ENOUGH = 500  # entries found in the word itself, after which other words are not looked for
_LEAST = 0.4  # of what a query says, below which a partial match is none
_CHATTER = 0.5
_WHOLE = 0.999
_SLIPS_FROM, _LETTERS_FROM = 3, 4  # characters, letters
_MOST_BOOST, _BOOST = 0.3, 0.05


class Search(Generic[E]):
    """The index over entries, given in the order of the catalogue; ``uses``: id → how often."""

    def __init__(self, entries: Iterable[E], uses: Mapping[str, int] | None = None):
        self._entries = list(entries)
        self.index = Index(self._entries)
        self._lexicon = lexicon()
        self._boosts: list[float] = []
        self.used(uses or {})

    def used(self, uses: Mapping[str, int]) -> bool:
        """Rank by these uses from now on: a hundred times a tenth more, never above 1.3 times.

        Whether that changes any order: what was found before may be kept if not.
        """
        before = self._boosts
        self._boosts = [_boost(uses.get(entry.id, 0)) for entry in self._entries]
        return self._boosts != before

    def find(self, query: str) -> list[E]:
        """What the query speaks of, best first, then in the order of the catalogue.

        No more than ``MOST_CHARACTERS`` of it are read; an empty one finds nothing.
        """
        terms = query_room.terms(query, self.index, self._lexicon)
        scores = self._scores(terms)
        ranked = sorted(scores, key=lambda place: (-scores[place], place))
        return [self._entries[place] for place in ranked]

    def _scores(self, terms: list[Term]) -> Hits:
        found = [(term, self._hits(term)) for term in terms]
        sizes = [self._says(term, len(hits)) for term, hits in found]
        said = sum(sizes)
        score: Hits = {}
        covered: Hits = {}
        for (_, hits), size in zip(found, sizes, strict=True):
            share = size / said
            for place, value in hits.items():
                score[place] = score.get(place, 0.0) + value * share
                covered[place] = covered.get(place, 0.0) + share
        least = _WHOLE if max(covered.values(), default=0.0) >= _WHOLE else _LEAST
        boosts = self._boosts
        return {
            place: round(score[place] * share * boosts[place], 9)
            for place, share in covered.items()
            if share >= least
        }

    def _says(self, term: Term, hits: int) -> float:
        """How much of the query's meaning a term carries: a rare word more than one of many."""
        rarity = log(1 + self.index.size / (1 + hits)) / log(2 + self.index.size)
        chatter = _CHATTER if term.chatter and not hits else 1.0
        return max(0.1, rarity) * term.length * chatter

    def _hits(self, term: Term) -> Hits:
        """Entry → how well the term meets it, the field's weight included."""
        for rung in self._latin_ladder(term) if term.latin else self._han_ladder(term):
            hits: Hits = {}
            for way, factor in rung:
                if len(hits) < _ENOUGH:
                    self._add(hits, way(), factor)
            if hits:
                return hits
        return {}

    def _add(self, hits: Hits, found: Found, factor: float) -> None:
        weights, owners = self.index.weights, self.index.owners
        for text, strength in found:
            value = strength * weights[text] * factor
            for place in owners[text]:
                if value > hits.get(place, 0.0):
                    hits[place] = value

    def _han_ladder(self, term: Term) -> Iterator["Rung"]:
        index, text = self.index, term.text
        yield [(lambda: index.han(text), 1.0), *self._synonyms(text)]
        if len(text) > 1:
            yield [(lambda: index.sounding(index.sounds_like(text)), _SOUND)]
        if len(text) >= _SLIPS_FROM:
            yield [(lambda: index.slipped(text), _SLIP)]

    def _latin_ladder(self, term: Term) -> Iterator["Rung"]:
        index, text = self.index, term.text
        if len(text) < 2:
            return
        written: Rung = [(lambda: index.words(text), 1.0), *self._synonyms(text)]
        if len(text) > 2 and " " not in text:
            written.append((lambda: index.words_begun(text), 1.0))
        written.append((lambda: index.initials(text), _SYNONYM))
        written.append((lambda: self._pinyin(text, 0), _PINYIN))
        yield written
        if len(text) >= _LETTERS_FROM:
            yield [
                (lambda: index.words_near(text), _SLIP),
                (lambda: self._pinyin(text, 1), _SLIP),
            ]

    def _synonyms(self, text: str) -> "Rung":
        index = self.index
        return [
            (_bound(index.words if LATIN.match(other) else index.han, other), _SYNONYM)
            for other in self._lexicon.others.get(text, ())
        ]

    def _pinyin(self, letters: str, slips: int) -> Found:
        """The cuts with the fewest slips only: others say less."""
        runs = [run for run in self.index.spellings.runs(letters, slips) if run.heard]
        fewest = min((run.slips for run in runs), default=0)
        for run in runs:
            if run.slips == fewest:
                yield from self.index.sounding(run)


Rung = list[tuple[Callable[[], Found], float]]


def _bound(look: Callable[[str], Found], word: str) -> Callable[[], Found]:
    return lambda: look(word)


def _boost(uses: int) -> float:
    """In steps of a hundredth, so that a few uses more change nothing that is kept."""
    return 1.0 + round(min(_MOST_BOOST, _BOOST * log10(1 + uses)), 2)
