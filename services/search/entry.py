"""What search reads of an entry of the catalogue, be it a service or listed only."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

TITLE, KEYWORD, SHELF, SUMMARY = 10.0, 8.0, 4.0, 3.0
"""How much a match counts where it was found."""


class Entry(Protocol):
    """``group`` and ``department`` have a ``title`` of their own; words are by locale."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> Mapping[str, str]: ...
    @property
    def summary(self) -> Mapping[str, str]: ...
    @property
    def keywords(self) -> tuple[str, ...]: ...
    @property
    def group(self) -> Any: ...
    @property
    def department(self) -> Any: ...


def fields(entry: Entry) -> Iterator[tuple[str, float]]:
    """Every text an entry is found by, and its weight."""
    yield from ((said, TITLE) for said in entry.title.values())
    yield from ((word, KEYWORD) for word in entry.keywords)
    yield from ((said, SHELF) for said in entry.group.title.values())
    yield from ((said, SHELF) for said in entry.department.title.values())
    yield from ((said, SUMMARY) for said in entry.summary.values())
