"""What Han characters sound like, loosely: zh is z, ng is n, tones are not heard.

A sound text is syllables between marks, ``'gon'ji'jin'``, so that a run of them is found as
characters are. Letters that a person types are cut into such syllables along the index.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

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

MARK = "'"
_MOST_LETTERS = 40
_LONGEST = 6  # letters of a syllable
_MOST_STEPS = 400
_MOST_RUNS = 8
_HISSES = ("zh", "ch", "sh")


def syllables(han: str) -> tuple[str, ...]:
    """As they are spelt, without tones."""
    return tuple(lazy_pinyin(han)) if han else ()


def loose(syllable: str) -> str:
    """What is heard alike is written alike: zhong and zong are ``zon``."""
    if syllable.startswith(_HISSES):
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


def joined(heard: Iterable[str]) -> str:
    """The sound text of loose syllables; of none it is empty."""
    inside = MARK.join(heard)
    return f"{MARK}{inside}{MARK}" if inside else ""


@dataclass(frozen=True)
class Run:
    """Loose syllables and the letters of one just begun; ``slips``: what had to be put right."""

    heard: tuple[str, ...]
    begun: str
    slips: int

    @property
    def needle(self) -> str:
        """What to look for in a sound text."""
        return joined(self.heard) + self.begun


class Spellings:
    """The syllables of an index, however they are spelt, and which follows which."""

    def __init__(self, spelt: Iterable[str], follows: Iterable[tuple[str, str]]):
        self._loose = {way: loose(one) for one in sorted(set(spelt)) for way in _ways(one)}
        self._begun = {way[:n] for way in self._loose for n in range(1, len(way))}
        self._near = _near(self._loose)
        self._follows = frozenset(follows)

    def runs(self, letters: str, slips: int = 0) -> list[Run]:
        """How the letters can be cut, the fewest slips first; at most eight."""
        if len(letters) > _MOST_LETTERS:
            return []
        found: list[Run] = []
        waiting: list[tuple[int, tuple[str, ...], int]] = [(0, (), 0)]
        for _ in range(_MOST_STEPS):
            if not waiting or len(found) >= _MOST_RUNS:
                break
            at, heard, slipped = waiting.pop()
            rest = letters[at:]
            if not rest:
                found.append(Run(heard, "", slipped))
                continue
            if heard and rest in self._begun:
                found.append(Run(heard, loose(rest), slipped))
            waiting += self._steps(rest, at, heard, slipped, slips)
        return sorted(found, key=lambda run: (run.slips, bool(run.begun)))

    def _steps(
        self, rest: str, at: int, heard: tuple[str, ...], slipped: int, slips: int
    ) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """The next syllables; what was spelt right and is long comes last, so that it goes on."""
        for length in range(1, min(_LONGEST, len(rest)) + 1):
            chunk = rest[:length]
            right = self._loose.get(chunk)
            wrong = self._meant(chunk) if slipped < slips else ()
            for one in wrong:
                if one != right and self._goes_on(heard, one):
                    yield at + length, (*heard, one), slipped + 1
            if right and self._goes_on(heard, right):
                yield at + length, (*heard, right), slipped

    def _goes_on(self, heard: tuple[str, ...], one: str) -> bool:
        return not heard or (heard[-1], one) in self._follows

    def _meant(self, chunk: str) -> list[str]:
        """Loose syllables one slip away from the chunk."""
        keys = (chunk, *_less(chunk))
        return sorted(set(chain.from_iterable(self._near.get(key, ()) for key in keys)))


def _ways(syllable: str) -> Iterator[str]:
    """How a syllable is spelt by people who do not hear zh from z or ng from n."""
    starts, rest = [""], syllable
    if syllable[:1] in ("z", "c", "s"):
        rest = syllable[2:] if syllable.startswith(_HISSES) else syllable[1:]
        starts = [syllable[0], f"{syllable[0]}h"]
    ends = [rest]
    if rest.endswith("n"):
        ends.append(f"{rest}g")
    elif rest.endswith("ng"):
        ends.append(rest[:-1])
    return (start + end for start in starts for end in ends)


def _near(spelt: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What is left when one letter is missing → the loose syllables it may have been."""
    found: dict[str, set[str]] = {}
    for way, heard in spelt.items():
        for key in (way, *_less(way)):
            if key:
                found.setdefault(key, set()).add(heard)
    return {key: tuple(sorted(heard)) for key, heard in found.items()}


def _less(word: str) -> tuple[str, ...]:
    return tuple(word[:n] + word[n + 1 :] for n in range(len(word)))
