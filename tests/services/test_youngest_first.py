"""Where a page ends is said by a cursor, and nothing else is taken for one."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.errors import QuestionInvalid
from services.models import Application
from services.youngest_first import after, cursor_of

AT, ID = datetime(2026, 11, 21, 8, 30, tzinfo=UTC), UUID(int=7)


def packed(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "汉字",
        packed("neither"),
        packed(f"yesterday|{ID}"),
        packed(f"{AT.isoformat()}|seven"),
        packed(f"2026-11-21T08:30:00|{ID}"),
        packed(f"0001-01-01T00:00:00+14:00|{ID}"),
        packed(f"{AT.isoformat()}|{ID}|more"),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str):
    with pytest.raises(QuestionInvalid):
        after(cursor)


async def test_of_rows_of_one_moment_none_is_shown_twice_and_none_left_out(database):
    resident = UUID(int=99)
    moments = [AT, AT, AT, AT - timedelta(seconds=1), AT + timedelta(seconds=1)]
    for number, moment in enumerate(moments):
        await _row(number, moment, resident)
    seen, cursor = list[str](), ""
    while page := await Application.filter(after(cursor)).order_by("-created_at", "-id").limit(2):
        seen += [row.number for row in page]
        cursor = cursor_of(page[-1].created_at, page[-1].id)
    assert seen == ["ZB4", "ZB2", "ZB1", "ZB0", "ZB3"]


async def _row(number: int, at: datetime, resident: UUID) -> None:
    row = await Application.create(
        id=UUID(int=number), number=f"ZB{number}", resident_id=resident, service="x",
        locale="en", state="draft", form_sealed=b"", changed_at=at,
    )  # fmt: skip
    await Application.filter(id=row.id).update(created_at=at)
