"""What a document says, before it is drawn. Documents are in Chinese, as offices accept them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Line = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """Rows of equal length under their heads."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """``lines``: label and value; ``number``: of the document, printed under the title; ``qr``:
    what is printed as a code to scan, with ``code`` below it for who types; ``notes``: sentences
    under everything; ``signs``: the words beside which a person's signature goes.
    """

    title: str
    lines: Sequence[Line] = field(repr=False)
    number: str
    qr: str | None = field(default=None, repr=False)
    code: str = ""
    table: Table | None = field(default=None, repr=False)
    notes: Sequence[str] = ()
    signs: str = ""
