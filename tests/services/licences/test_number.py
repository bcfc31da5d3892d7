"""Numbers of electronic licences (GB/T 36904, FIELD: the vector is from public code)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue import Catalogue
from services.licences.number import (
    PREFIX,
    LicenceNumber,
    NumberInvalid,
    check_character,
    parse,
    serial_of,
)

VECTOR = "1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    "written",
    [
        "",
        VECTOR[:-2],
        VECTOR.lower(),
        VECTOR.replace("1.2.156", "1.2.157"),
        VECTOR.replace(".003.", ".3."),
        VECTOR.replace("20230329701", ""),
        VECTOR + "\n",
        VECTOR.replace("1.2.156.3005.2", "１.2.156.3005.2"),
    ],
)
def test_another_form_is_no_number(written: str) -> None:
    with pytest.raises(NumberInvalid):
        parse(written)


@given(place=st.integers(len(PREFIX), len(VECTOR) - 1), other=st.sampled_from(CHARACTERS))
def test_no_single_character_may_be_another(place: int, other: str) -> None:
    """ISO 7064 MOD 37,36 finds every single substitution."""
    if VECTOR[place] in (".", other):
        return
    with pytest.raises(NumberInvalid):
        parse(VECTOR[:place] + other + VECTOR[place + 1 :])


def test_the_vector_is_read_and_written_again() -> None:
    found = parse(VECTOR)
    assert found == LicenceNumber("11100000000013338W011", "11110000000021135M", "20230329701", 3)
    assert found.written == VECTOR
    assert "2023" not in repr(found)


@given(
    serial=st.text(CHARACTERS, min_size=1, max_size=32),
    version=st.integers(1, 999),
    issuer=st.text(CHARACTERS, min_size=18, max_size=18),
)
def test_what_is_written_is_read_again(serial: str, version: int, issuer: str) -> None:
    made = LicenceNumber(f"{issuer}001", issuer, serial, version)
    assert parse(made.written) == made
    assert made.written[-1] == check_character(f"{issuer}001{issuer}{serial}{version:03d}")


@pytest.mark.parametrize("version", [0, 1000])
def test_versions_have_three_digits(version: int) -> None:
    with pytest.raises(NumberInvalid):
        _ = LicenceNumber("1" * 21, "1" * 18, "1", version).written


def test_a_departments_own_number_becomes_a_serial() -> None:
    assert serial_of("J440103-2013-000001") == "J4401032013000001"
    assert serial_of("粤a 12345（临）") == "A12345"


def test_every_kind_of_licence_makes_numbers_of_the_right_form() -> None:
    kinds = Catalogue.load().licences.values()
    assert len(kinds) >= 6
    codes = [kind.type_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    for kind in kinds:
        number = LicenceNumber(kind.type_code, kind.department.credit_code, "1", 1)
        assert parse(number.written) == number
