"""The inverted index: pieces of texts → the texts that hold them → the entries that own those.

A text that many entries share (a department's name) stands here once. Look-ups take the rarest
piece of what is sought and look closely at the texts that hold it, so that their cost follows
what is found and hardly the size of the catalogue. Every look-up gives (text, strength 0 to 1).
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from services.search import sounds
from services.search.entry import SUMMARY, Entry, fields
from services.search.plain import HAN, LATIN, plain

Found = Iterator[tuple[int, float]]
Postings = Mapping[str, Sequence[int]]
_SAME, _BEGINS, _INSIDE, _WORD_BEGUN = 1.0, 0.9, 0.8, 0.75
_SHORT = 0.08  # what the shortest of texts that hold the same word gets on top
_MOST_WORDS = 64  # that a beginning may stand for
_NONE: Sequence[int] = ()


class Index:
    """Texts by number; ``owners(text)`` are places in the order the entries were given."""

    def __init__(self, entries: Iterable[Entry]):
        numbers: dict[tuple[str, float], int] = {}
        owners: list[array[int]] = []
        self.size = 0
        for place, entry in enumerate(entries):
            self.size = place + 1
            for key in dict.fromkeys((plain(text), weight) for text, weight in fields(entry)):
                number = numbers.setdefault(key, len(numbers))
                if number == len(owners):
                    owners.append(array("I"))
                owners[number].append(place)
        self.texts = [text for text, _ in numbers]
        self.weights = array("d", (weight for _, weight in numbers))
        self.owners: Sequence[Sequence[int]] = [_packed(each) for each in owners]
        self._read()

    def _read(self) -> None:
        """Everything else comes from the texts."""
        heard = [
            sounds.syllables("".join(HAN.findall(text))) if weight > SUMMARY else ()
            for text, weight in zip(self.texts, self.weights, strict=True)
        ]
        loosely = [tuple(map(sounds.loose, one)) for one in heard]
        self._sounds = [sounds.joined(one) for one in loosely]
        self._initials = ["".join(syllable[0] for syllable in one) for one in heard]
        self._han = _postings(map(_han_pieces, self.texts))
        self._words = _postings(set(LATIN.findall(text)) for text in self.texts)
        self._heard = _postings(_sound_pieces(one) for one in loosely)
        self._begun = _postings(_grams(one, 2) | _grams(one, 3) for one in self._initials)
        self._vocabulary = sorted(self._words)
        self._near = _near(self._vocabulary)
        follows = {pair for one in loosely for pair in pairwise(one)}
        self.spellings = sounds.Spellings({s for one in heard for s in one}, follows)

    def han(self, term: str) -> Found:
        """Texts that hold these characters as they stand."""
        for number in self._rarest(self._han, _han_keys(term)):
            text = self.texts[number]
            if term in text:
                yield number, _place(text, term)

    def holds(self, term: str) -> bool:
        return next(self.han(term), None) is not None

    def words(self, term: str) -> Found:
        """Texts that hold these Latin words, one after the other."""
        needle = f" {term} "
        for number in self._rarest(self._words, LATIN.findall(term)):
            text = f" {' '.join(LATIN.findall(self.texts[number]))} "
            if needle in text:
                begins = _BEGINS if text.startswith(needle) else _INSIDE
                yield number, _SAME if text == needle else begins

    def words_begun(self, letters: str) -> Found:
        """Texts with a word that begins with these letters."""
        first = bisect_left(self._vocabulary, letters)
        for word in self._vocabulary[first : first + _MOST_WORDS]:
            if not word.startswith(letters):
                return
            if word != letters:
                yield from ((number, _WORD_BEGUN) for number in self._words[word])

    def words_near(self, word: str) -> Found:
        """Texts with a word that is a slip or two of the finger away, as strong as a right one."""
        near = {one for key in _less(word) for one in self._near.get(key, ())}
        for one in sorted(near):
            yield from ((number, _SAME) for number in self._words[one])

    def initials(self, letters: str) -> Found:
        """Texts whose syllables begin so, one after the other; two letters: from the first on."""
        for number in self._rarest(self._begun, _grams(letters, min(3, len(letters)))):
            begins = self._initials[number].startswith(letters)
            if begins or (len(letters) > 2 and letters in self._initials[number]):
                share = len(letters) / len(self._initials[number])
                yield number, (_BEGINS if begins else _INSIDE) + _SHORT * share

    def sounding(self, run: sounds.Run) -> Found:
        """Texts in which these syllables are heard one after the other."""
        needle = run.needle
        for number in self._rarest(self._heard, _sound_keys(run.heard)):
            heard = self._sounds[number]
            if needle in heard:
                place = _BEGINS if heard.startswith(needle) else _INSIDE
                yield number, place + _SHORT * len(run.heard) / heard.count(sounds.MARK)

    def sounds_like(self, han: str) -> sounds.Run:
        """Characters as they are heard."""
        return sounds.Run(tuple(map(sounds.loose, sounds.syllables(han))), "", 0)

    def heard(self, run: sounds.Run) -> bool:
        return next(self.sounding(run), None) is not None

    def slipped(self, term: str) -> Found:
        """Texts with one character of the term wrong, missing, too many or changed over."""
        known = [self._han[one] for one in set(term) if one in self._han]
        like = _one_slip(term)
        for number in sorted({number for each in known for number in each}):
            if like.search(self.texts[number]):
                yield number, _INSIDE

    def _rarest(self, postings: Postings, keys: Iterable[str]) -> Sequence[int]:
        """The texts of the rarest key; none where a key is in no text."""
        held = [postings.get(key, _NONE) for key in keys]
        return min(held, key=len) if held else _NONE


def _place(text: str, term: str) -> float:
    if text == term:
        return _SAME
    place = _BEGINS if text.startswith(term) else _INSIDE
    return place + _SHORT * len(term) / len(text)


def _han_pieces(text: str) -> set[str]:
    """Characters and neighbours."""
    return {piece for run in HAN.findall(text) for piece in (*run, *_grams(run, 2))}


def _han_keys(term: str) -> set[str]:
    return _grams(term, 2) or {term}


def _sound_pieces(heard: Sequence[str]) -> set[str]:
    return {*heard, *(sounds.joined(pair) for pair in pairwise(heard))}


def _sound_keys(heard: Sequence[str]) -> Iterable[str]:
    return [sounds.joined(pair) for pair in pairwise(heard)] or heard


def _grams(text: Sequence[str], length: int) -> set[str]:
    return {"".join(text[n : n + length]) for n in range(len(text) - length + 1)}


def _postings(pieces: Iterable[Iterable[str]]) -> dict[str, Sequence[int]]:
    """Piece → the numbers of the texts that have it, in order."""
    found: dict[str, array[int]] = {}
    for number, held in enumerate(pieces):
        for piece in held:
            found.setdefault(piece, array("I")).append(number)
    return {piece: _packed(numbers) for piece, numbers in found.items()}


def _packed(numbers: "array[int]") -> Sequence[int]:
    """An array made anew is as long as it needs to be; one of a few weighs less as a tuple."""
    return tuple(numbers) if len(numbers) < 4 else numbers[:]


def _near(vocabulary: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in vocabulary:
        if len(word) > 3:
            for key in _less(word):
                found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}


def _less(word: str) -> dict[str, None]:
    """The word, and the word with any one letter left out."""
    return dict.fromkeys([word, *(word[:n] + word[n + 1 :] for n in range(len(word)))])


def _one_slip(term: str) -> re.Pattern[str]:
    wrong = [f"{term[:n]}.{term[n + 1 :]}" for n in range(len(term))]
    missing = [f"{term[:n]}.{term[n:]}" for n in range(1, len(term))]
    over = [term[:n] + term[n + 1] + term[n] + term[n + 2 :] for n in range(len(term) - 1)]
    much = [term[:n] + term[n + 1 :] for n in range(len(term))] if len(term) > 3 else []
    return re.compile("|".join(dict.fromkeys(wrong + missing + over + much)))
