"""A town's catalogue to search in: entries of every kind, given in the order of its shelves."""

import csv
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Named:
    id: str
    title: MappingProxyType[str, str]


@dataclass(frozen=True)
class Offered:
    """An entry as search reads it."""

    id: str
    title: MappingProxyType[str, str]
    summary: MappingProxyType[str, str]
    keywords: tuple[str, ...]
    group: Named
    department: Named


def town() -> list[Offered]:
    """Every line of ``town.csv``."""
    with (Path(__file__).parent / "town.csv").open(encoding="utf-8") as lines:
        return [_offered(row) for row in csv.DictReader(lines, delimiter="|")]


def _offered(row: dict[str, str]) -> Offered:
    return Offered(
        row["id"],
        MappingProxyType({"zh-CN": row["title"], "en": row["english"]}),
        MappingProxyType({"zh-CN": row["about"], "en": row["english"]}),
        tuple(row["keywords"].split(",")),
        _named(row["shelf"]),
        _named(row["department"]),
    )


def _named(title: str) -> Named:
    return Named(title, MappingProxyType({"zh-CN": title, "en": title}))
