"""Finding a service by what a person types: words, pinyin, initials, English, small mistakes.

The index is made once from the catalogue and lives in the process. Ranking is deterministic:
the score, then the order of the catalogue.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.service import Service

# Its dictionary of 47,000 phrases weighs 50 MB in every worker; a catalogue needs these few.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
from pypinyin import lazy_pinyin, load_phrases_dict

load_phrases_dict(
    {
        "银行": [["yín"], ["háng"]],
        "行业": [["háng"], ["yè"]],
        "会计": [["kuài"], ["jì"]],
        "调解": [["tiáo"], ["jiě"]],
        "重新": [["chóng"], ["xīn"]],
        "长期": [["cháng"], ["qī"]],
        "乘车": [["chéng"], ["chē"]],
        "车辆": [["chē"], ["liàng"]],
        "音乐": [["yīn"], ["yuè"]],
        "便宜": [["pián"], ["yi"]],
    }
)

MOST_CHARACTERS = 64
_MOST_TERMS = 8
_LATIN = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_FILLER = re.compile("查询|查一下|查|查看|看看|我的|我要|怎么|如何|办理|一下|的|在哪里|在哪")
_TITLE, _KEYWORD, _SHELF, _SUMMARY = 10.0, 8.0, 4.0, 3.0
_TYPO_FROM, _TWO_TYPOS_FROM = 4, 8

# Words that people use for the same thing; a match by another word of the row counts a little less.
SYNONYMS = (
    ("公积金", "住房公积金", "住房金", "gjj", "housing fund", "provident fund"),
    ("社保", "社会保险", "五险", "sb", "social insurance", "social security"),
    ("余额", "还剩多少", "多少钱", "balance", "how much"),
    ("缴费", "缴存", "缴纳", "交了多少", "contribution", "payment"),
    ("明细", "记录", "流水", "清单", "records", "history", "statement"),
    ("养老", "养老金", "退休", "退休金", "pension", "retirement"),
    ("医保", "医疗保险", "看病", "medical", "health insurance"),
)


@dataclass(frozen=True)
class _Field:
    """One searchable text of a service, with what its characters sound like."""

    text: str
    weight: float
    words: tuple[str, ...]
    syllables: tuple[str, ...]
    initials: str

    @classmethod
    def of(cls, text: str, weight: float) -> "_Field":
        plain = _plain(text)
        han = "".join(_HAN.findall(plain))
        syllables = tuple(lazy_pinyin(han)) if han else ()
        initials = "".join(one[0] for one in syllables)
        return cls(plain, weight, tuple(_LATIN.findall(plain)), syllables, initials)


class Search:
    """The index over a catalogue's services, given in catalogue order."""

    def __init__(self, services: Iterable[Service]):
        self._entries = [(service, tuple(_fields(service))) for service in services]

    def find(self, query: str) -> list[Service]:
        """Services that every word of the query speaks to, best first; none for an empty query."""
        terms = _terms(query)
        if not terms:
            return []
        scored = [(_score(fields, terms), service) for service, fields in self._entries]
        found = [(score, service) for score, service in scored if score > 0]
        return [service for _, service in sorted(found, key=lambda pair: -pair[0])]


def _fields(service: Service) -> Iterator[_Field]:
    texts = [(said, _TITLE) for said in service.title.values()]
    texts += [(word, _KEYWORD) for word in service.keywords]
    texts += [(said, _SHELF) for said in service.group.title.values()]
    texts += [(said, _SHELF) for said in service.department.title.values()]
    texts += [(said, _SUMMARY) for said in service.summary.values()]
    return (_Field.of(text, weight) for text, weight in texts)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _terms(query: str) -> list[str]:
    plain = _plain(query[:MOST_CHARACTERS])
    found = []
    for part in re.split(r"[\s,，。、;；?？!！]+", plain):
        bare = _FILLER.sub("", part) or part
        found += [piece for piece in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", bare)]
    return found[:_MOST_TERMS]


def _score(fields: tuple[_Field, ...], terms: list[str]) -> float:
    """The sum of what each term finds; 0 as soon as one finds nothing."""
    total = 0.0
    for term in terms:
        best = max(_strength(field, term) * field.weight for field in fields)
        if not best:
            best = 0.8 * max((_by_synonym(field, term) for field in fields), default=0.0)
        if not best:
            return 0.0
        total += best
    return total


def _by_synonym(field: _Field, term: str) -> float:
    """The best that the term finds with one of its words said in another way."""
    others = {
        term.replace(word, other)
        for row in SYNONYMS
        for word in row
        if word in term
        for other in row
        if other != word
    }
    return max((_strength(field, said) * field.weight for said in others), default=0.0)


def _strength(field: _Field, term: str) -> float:
    """How well one term meets one text, from 0 to 1."""
    if found := _literal(field, term):
        return found
    return _by_sound_of_han(field, term) if _HAN.match(term) else _by_letters(field, term)


def _literal(field: _Field, term: str) -> float:
    if field.text == term:
        return 1.0
    if field.text.startswith(term):
        return 0.9
    if _HAN.match(term) or " " in term:
        return 0.8 if term in field.text else 0.0
    return 0.8 if any(word.startswith(term) for word in field.words) else 0.0


def _by_sound_of_han(field: _Field, term: str) -> float:
    """A homophone (工积金), or characters left out in between (公积余额)."""
    sound = lazy_pinyin(term)
    if len(term) > 1 and _run(field.syllables, "".join(sound)):
        return 0.6
    rest = iter(field.text)
    if len(term) > 1 and all(character in rest for character in term):
        return 0.5
    return 0.0


def _by_letters(field: _Field, term: str) -> float:
    """Initials (gjj), pinyin whole or begun (gongjij), and one or two slips of the finger."""
    if len(term) > 1 and term in field.initials:
        return 0.8 if field.initials.startswith(term) else 0.7
    if len(term) > 1 and _run(field.syllables, term):
        return 0.7
    if len(term) < _TYPO_FROM:
        return 0.0
    slips = 2 if len(term) >= _TWO_TYPOS_FROM else 1
    near = any(_apart(word, term, slips) <= slips for word in field.words)
    return 0.4 if near or any(_apart(s, term, slips) <= slips for s in _runs(field, term)) else 0.0


def _run(syllables: tuple[str, ...], sound: str) -> bool:
    """Whether ``sound`` begins at a syllable and runs on from there."""
    return any("".join(syllables[n:]).startswith(sound) for n in range(len(syllables)))


def _runs(field: _Field, term: str) -> Iterator[str]:
    """Runs of whole syllables about as long as the term."""
    for first in range(len(field.syllables)):
        run = ""
        for syllable in field.syllables[first:]:
            run += syllable
            if abs(len(run) - len(term)) <= 1:
                yield run


def _apart(one: str, other: str, most: int) -> int:
    """Edits between two words (a swap of neighbours is one); above ``most`` it stops counting."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
