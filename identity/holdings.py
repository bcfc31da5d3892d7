"""Everything that is held about a resident, by name: how to copy it and how to erase it.

Identity registers its own tables (``identity.held``); rooms above register theirs in the same
registry, so that a copy and an erasure reach all of them and the import line holds. A test walks
every table there is and fails for one that nobody answers for.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient


@dataclass(frozen=True)
class Coded:
    """A code that people read as the text ``<prefix>.<code>``; without one, as it is."""

    prefix: str
    code: str


@dataclass(frozen=True)
class SomebodyElse:
    """A name that is not the resident's own: it leaves masked."""

    name: str = field(repr=False)


Value = str | int | bool | datetime | date | Coded | SomebodyElse | None
Record = Mapping[str, Value]
Export = Callable[[UUID], Awaitable[Sequence[Record]]]
Erase = Callable[[BaseDBAsyncClient, UUID], Awaitable[None]]
Keeps = Callable[[UUID], Awaitable[Sequence[str]]]


async def _keeps_nothing(_resident: UUID) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Holding:
    """One kind of thing that is held, in the tables it answers for.

    ``export`` gives the records with their fields by name; ``erase`` is called in a transaction
    of its own, must be safe to repeat, and must not commit. ``keeps`` names by codes (texts
    ``keeps.<code>``) why this may not be erased yet: an open application, say.
    """

    name: str
    tables: frozenset[str]
    export: Export
    erase: Erase
    keeps: Keeps = _keeps_nothing


class Holdings:
    """The registry, filled when a process starts."""

    def __init__(self) -> None:
        self._all: dict[str, Holding] = {}

    def register(
        self,
        name: str,
        export: Export,
        erase: Erase,
        *,
        tables: Sequence[str] = (),
        keeps: Keeps = _keeps_nothing,
    ) -> None:
        """Add a holding; its words are ``held.<name>.title`` and ``.about``, those of its fields
        ``held.field.<field>``. Raises ValueError for a name or a table that is taken.
        """
        taken = self.tables & set(tables)
        if name in self._all or taken:
            raise ValueError(f"holding {name} is registered already {sorted(taken)}")
        self._all[name] = Holding(name, frozenset(tables), export, erase, keeps)

    def __iter__(self) -> Iterator[Holding]:
        """In the order of registration, which is the order of the copy."""
        return iter(self._all.values())

    @property
    def in_order_of_erasure(self) -> list[Holding]:
        """The last registered first: identity's documents go after what is found by them."""
        return list(self._all.values())[::-1]

    @property
    def tables(self) -> set[str]:
        """Every table that somebody answers for."""
        return {table for holding in self for table in holding.tables}
