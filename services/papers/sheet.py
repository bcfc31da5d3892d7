"""What a department certifies of its answer: the part of a certificate that a service declares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.papers.draft import Line, Table


@dataclass(frozen=True)
class Sheet:
    """``days``: how long it is to be taken for fresh. Whose it is, its number, its code and its
    seal are added for all services alike (``services.papers.certificates``).
    """

    title: str
    lines: Sequence[Line] = field(repr=False)
    table: Table | None = field(default=None, repr=False)
    notes: Sequence[str] = ()
    days: int = 30


Certify = Callable[[Any, Any], Sheet]
"""A pure function (answer, question); raises PaperNotGiven where it cannot be certified."""


def yuan(fen: int) -> str:
    """``123456`` fen is ``1,234.56 元``."""
    return f"{fen / 100:,.2f} 元"
