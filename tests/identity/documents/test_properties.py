"""What holds for every number, not for chosen ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Invalid
from identity import documents
from identity.documents import KINDS, regions
from identity.documents.citizen_number import birth_date, check_character, is_male

FULL_WIDTH = {0x21 + offset: 0xFF01 + offset for offset in range(94)}
births = st.dates(date(1900, 1, 1), date(2020, 12, 31))
orders = st.integers(1, 999).map(lambda order: f"{order:03d}")
counties = st.integers(0, 9999).map(lambda county: f"{county:04d}")
mainland = st.tuples(st.sampled_from(sorted(regions.MAINLAND)), counties).map("".join)
nationalities = st.tuples(
    st.just("9"), st.sampled_from(sorted(regions.MAINLAND)), counties.map(lambda one: one[:3])
).map("".join)
PREFIXES = {
    "resident-id": mainland,
    "hong-kong-macao-residence": st.sampled_from(["810000", "820000"]),
    "taiwan-residence": st.just("830000"),
    "foreign-permanent-resident": nationalities,
}


@st.composite
def cards(draw: st.DrawFn) -> tuple[str, str]:
    """A kind with 18 characters, and a valid number of it."""
    kind = draw(st.sampled_from(sorted(PREFIXES)))
    seventeen = draw(PREFIXES[kind]) + f"{draw(births):%Y%m%d}" + draw(orders)
    return kind, seventeen + check_character(seventeen)


@given(cards(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_changed_character_is_refused(
    card: tuple[str, str], place: int, wrong: str
) -> None:
    kind, number = card
    changed = number[:place] + wrong + number[place + 1 :]
    if changed == number:
        assert documents.parse(kind, changed).value == number
    else:
        with pytest.raises(Invalid):
            documents.parse(kind, changed)


@given(cards(), st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(card: tuple[str, str], place: int) -> None:
    kind, number = card
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped == number:
        assert documents.parse(kind, swapped).value == number
    else:
        with pytest.raises(Invalid):
            documents.parse(kind, swapped)


@given(cards())
def test_a_number_belongs_to_one_kind_only(card: tuple[str, str]) -> None:
    kind, number = card
    assert documents.parse(kind, number).value == number
    for other in PREFIXES.keys() - {kind}:
        with pytest.raises(Invalid):
            documents.parse(other, number)


@given(mainland, births.filter(lambda born: born.year < 2000), orders)
def test_fifteen_digits_keep_birth_and_order(region: str, born: date, order: str) -> None:
    read = documents.parse("resident-id", f"{region}{born:%y%m%d}{order}")
    assert len(read.value) == 18 and read.value[:6] == region
    assert birth_date(read.value) == born
    assert read.value[14:17] == order
    assert is_male(read.value) == (int(order) % 2 == 1)


@given(cards(), st.lists(st.integers(0, 18), max_size=4), st.sampled_from(" \t\u3000\u00a0-"))
def test_spaces_width_and_case_make_no_difference(
    card: tuple[str, str], gaps: list[int], gap: str
) -> None:
    kind, number = card
    typed = number
    for place in sorted(gaps, reverse=True):
        typed = typed[:place] + gap + typed[place:]
    expected = documents.parse(kind, number)
    for variant in (typed, typed.lower(), typed.translate(FULL_WIDTH)):
        assert documents.parse(kind, variant) == expected


@given(cards())
def test_the_canonical_form_is_its_own(card: tuple[str, str]) -> None:
    kind, number = card
    once = documents.parse(kind, number)
    assert documents.parse(kind, once.value) == once


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=40), st.text(max_size=3))
def test_anything_typed_is_read_or_refused_in_words(kind: str, typed: str, country: str) -> None:
    try:
        read = documents.parse(kind, typed, country)
    except Invalid as refused:
        assert refused.code
    else:
        assert documents.parse(kind, read.value, read.country) == read


@given(st.text(max_size=80))
def test_a_name_is_read_once_or_refused(typed: str) -> None:
    try:
        read = documents.name(typed)
    except Invalid:
        return
    assert documents.name(read) == read and 0 < len(read) <= 50
