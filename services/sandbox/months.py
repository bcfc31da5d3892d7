"""Months as dates of their first day, and money as integer fen."""

import re
from collections.abc import Iterator
from datetime import date

from services.sandbox.office import Unreadable

_POSTING_DAY = 15
_YUAN = re.compile(r"[0-9]{1,12}\.[0-9]{2}")


def parse(text: object, field: str) -> date:
    """``YYYY-MM``; raises Unreadable naming the field."""
    if not isinstance(text, str) or len(text) != len("YYYY-MM"):
        raise Unreadable(field)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as fault:
        raise Unreadable(field) from fault


def parse_yuan(text: object, field: str) -> int:
    """``1234.50`` → fen; raises Unreadable naming the field."""
    if not isinstance(text, str) or not _YUAN.fullmatch(text):
        raise Unreadable(field)
    return int(text.replace(".", ""))


def following(month: date, count: int = 1) -> date:
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def span(first: date, last: date) -> Iterator[date]:
    """Every month from ``first`` to ``last``, both included."""
    while first <= last:
        yield first
        first = following(first)


def latest_posted(today: date) -> date:
    """The newest month whose contributions are on the books: they are posted on the 15th."""
    this = today.replace(day=1)
    return this if today.day >= _POSTING_DAY else following(this, -1)


def compact(month: date) -> str:
    """``YYYYMM``, as the offices write a month."""
    return f"{month:%Y%m}"


def yuan(fen: int) -> str:
    """Fen as the offices write money: ``1234.50``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def rounded(numerator: int, denominator: int) -> int:
    """Half up, for amounts that are not negative."""
    return (2 * numerator + denominator) // (2 * denominator)
