"""Unified social credit codes (GB 32100-2015)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.documents import organisation
from identity.documents.errors import OrganisationCodeInvalid

LISTED = "91350100M000100Y43"  # the example of the standard
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "code",
    [
        "",
        LISTED[:17],
        LISTED + "3",
        LISTED.replace("M", "O"),
        LISTED.replace("M", "I"),
        LISTED.replace("9", "V", 1),
        "91990100M000100Y43",
        "9135A100M000100Y43",
        "91350100M000100Y44",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(OrganisationCodeInvalid):
        organisation.parse(code)


@pytest.mark.parametrize(
    "typed", [LISTED, LISTED.lower(), "91350100 M000100Y4 3", "９1350100-M000100Y4-3"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert organisation.parse(typed) == LISTED


def test_an_organisation_of_the_state_itself_has_no_province() -> None:
    seventeen = "11100000000013338"
    code = seventeen + organisation.check_character(seventeen)
    assert organisation.parse(code) == code == "11100000000013338W"


@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_changed_character_is_noticed(place: int, wrong: str) -> None:
    changed = LISTED[:place] + wrong + LISTED[place + 1 :]
    if changed == LISTED:
        assert organisation.parse(changed) == LISTED
    else:
        with pytest.raises(OrganisationCodeInvalid):
            organisation.parse(changed)
