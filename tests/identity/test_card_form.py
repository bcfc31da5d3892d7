"""Card and telephone numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from identity.cards import form
from identity.cards.errors import CardNumberInvalid, CardPhoneInvalid

DIGITS = some.text("0123456789", min_size=11, max_size=18)


def completed(digits: str) -> str:
    """With the check digit that makes it right."""
    return next(digits + last for last in "0123456789" if form.luhn(digits + last))


@pytest.mark.parametrize(
    "given",
    ["", "0", "4111 1111 1111 1112", "41111111111", "4" * 20, "4111-1111-1111-111x", "四一一一"],
)
def test_what_is_no_card_is_refused(given: str):
    with pytest.raises(CardNumberInvalid) as caught:
        form.card(given)
    assert not given or given not in f"{caught.value!r} {caught.value.cause} {caught.value.facts}"


@pytest.mark.parametrize(
    "given", ["", "1380013800", "138001380000", "12800138000", "+8513800138000"]
)
def test_what_is_no_mobile_number_is_refused(given: str):
    with pytest.raises(CardPhoneInvalid):
        form.phone(given)


@pytest.mark.parametrize(
    "given", ["4111111111111111", "4111 1111 1111 1111", "４１１１-1111-1111-1111"]
)
def test_a_card_is_understood_however_it_is_typed(given: str):
    assert form.card(given) == "4111111111111111"


@pytest.mark.parametrize("given", ["13800138000", "+86 138 0013 8000", "１３８00138000"])
def test_a_telephone_is_understood_however_it_is_typed(given: str):
    assert form.phone(given) == "13800138000"


@given(DIGITS)
def test_every_number_has_one_right_check_digit(digits: str):
    assert sum(form.luhn(digits + last) for last in "0123456789") == 1
    assert form.card(completed(digits)) == completed(digits)


@given(DIGITS, some.data())
def test_one_mistyped_digit_is_always_found(digits: str, data: some.DataObject):
    right = completed(digits)
    place = data.draw(some.integers(0, len(right) - 1))
    typed = data.draw(some.sampled_from([d for d in "0123456789" if d != right[place]]))
    assert not form.luhn(right[:place] + typed + right[place + 1 :])
