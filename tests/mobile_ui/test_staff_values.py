"""How values are written on the staff pages: what residents typed never stops a page."""

import pytest

from mobile_ui.staff.values import Values
from mobile_ui.staff.words import in_words


@pytest.fixture
def values() -> Values:
    return Values("en", in_words("en"))


@pytest.mark.parametrize("typed", ["2026-99-99", "0000-01-01", "٢٠٢٦-٠١-٠١", "2026-02-30"])
def test_what_only_looks_like_a_day_is_shown_as_it_was_typed(values: Values, typed: str) -> None:
    assert values.shown(typed) == typed


def test_a_day_is_written_as_people_read_it(values: Values) -> None:
    assert values.shown("2026-11-22") == "Nov 22, 2026"


def test_what_is_no_sum_is_shown_as_it_is(values: Values) -> None:
    assert values.shown("unknown", {"x-show": "money"}) == "unknown"
    assert values.shown(123456, {"x-show": "money"}) == "CN¥1,234.56"
