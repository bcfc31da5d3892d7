"""Pages of rows with the youngest first: where one page ends, and which rows stand after it."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from services.errors import QuestionInvalid

_BETWEEN = "|"


def cursor_of(at: datetime, id: UUID) -> str:
    """Behind the row of that moment (with a time zone) and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}{_BETWEEN}{id}".encode()).decode()


def after(cursor: str, column: str = "created_at") -> Q:
    """Rows behind ``cursor`` in the order ``-column, -id``; all of them for an empty one.

    Raises QuestionInvalid for what ``cursor_of`` never said.
    """
    if not cursor:
        return Q()
    try:
        at, id = _read(cursor)
    except (ValueError, OverflowError, binascii.Error):
        raise QuestionInvalid("cursor of another page", fields=["cursor"], messages=[]) from None
    older: dict[str, Any] = {f"{column}__lt": at}
    alike: dict[str, Any] = {column: at, "id__lt": id}
    return Q(**older) | Q(**alike)


def _read(cursor: str) -> tuple[datetime, UUID]:
    at, id = base64.urlsafe_b64decode(cursor.encode()).decode().split(_BETWEEN)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a moment of no time zone")
    return moment.astimezone(UTC), UUID(id)
