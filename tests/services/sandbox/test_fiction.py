"""Fictional people: valid by GB 11643, fitting their sex and birth, printed masked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.fiction import Fictional, birth_date, check_character, draw_name, draw_number
from services.sandbox.regions import GUANGDONG

BIRTHS = st.dates(date(1900, 1, 1), date(2026, 11, 21))
SEXES = st.sampled_from(["female", "male"])


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_character_is_that_of_the_standards_examples(number: str) -> None:
    """GB 11643-1999, examples of §4.2 and annex."""
    assert check_character(number[:17]) == number[17]


@given(born=BIRTHS, sex=SEXES)
def test_a_number_is_valid_and_fits_its_person(born: date, sex: str) -> None:
    number = draw_number(sex, born)  # type: ignore[arg-type]
    assert len(number) == 18
    assert number[:6] in GUANGDONG
    assert birth_date(number) == born
    assert int(number[16]) % 2 == (sex == "male")  # odd for men (GB 11643 §4.1)
    assert number[14:17] != "000"
    weights = [2**power % 11 for power in range(17, -1, -1)]  # ISO 7064 MOD 11-2, computed anew
    digits = [10 if c == "X" else int(c) for c in number]
    assert sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 1


@given(sex=SEXES)
def test_a_name_has_two_or_three_characters(sex: str) -> None:
    assert 2 <= len(draw_name(sex)) <= 3  # type: ignore[arg-type]


def test_a_person_does_not_print_their_values() -> None:
    assert repr(Fictional("王小明", "440103199001011234")) == "Fictional()"
