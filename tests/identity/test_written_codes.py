"""Codes that people copy by hand."""

import pytest

from identity import written_codes as codes


@pytest.mark.parametrize("wrong", ["", "7K3M9QX", "7K3M9QXWW", "7K3M9QXU", "7K3M9QX中", "7K3M9QX!"])
def test_what_is_not_eight_characters_of_the_alphabet_is_no_code(wrong: str) -> None:
    assert not codes.readable(codes.plain(wrong), 8)


@pytest.mark.parametrize("written", ["7k3m-9qxo", " 7K3M 9QX0", "7K3M9QXO"])
def test_groups_case_and_look_alikes_do_not_matter(written: str) -> None:
    assert codes.plain(written) == "7K3M9QX0"


def test_every_wrong_character_of_a_checked_code_is_noticed() -> None:
    code = codes.checked("7K3M9QXW5TZ")
    assert codes.fits(code, 12)
    for place, right in enumerate(code):
        for wrong in set(codes.ALPHABET) - {right}:
            assert not codes.fits(code[:place] + wrong + code[place + 1 :], 12)


def test_a_derived_code_takes_every_bit_it_may() -> None:
    assert codes.derived(b"\x00" * 31, 8) == "0" * 8
    assert codes.derived(b"\xff" * 31, 8) == "Z" * 8
    assert codes.derived(b"\x00" * 30 + b"\x01", 8) != codes.derived(b"\x00" * 30 + b"\x02", 8)
