"""The resident ID card (GB 11643) with the field's own vectors."""

from datetime import datetime, timedelta

import pytest

from config.errors import Invalid
from identity import documents, errors
from identity.documents.citizen_number import CHINA, birth_date, check_character

STANDARD = "11010519491231002X"  # the example of GB 11643-1999
OLD = "440524188001010014"


def numbered(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


def born(day: datetime) -> str:
    return numbered(f"110105{day:%Y%m%d}002")


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", errors.IdNumberLength),
        (STANDARD[:17], errors.IdNumberLength),
        (STANDARD + "1", errors.IdNumberLength),
        ("11010549123100", errors.IdNumberLength),
        ("1101054912310021", errors.IdNumberLength),
        ("11010549123100X", errors.IdNumberCharacters),  # the 15 of old are all digits
        ("990105491231002", errors.IdNumberRegion),
        ("110105490231002", errors.IdNumberDate),
        ("1101051949123100AX", errors.IdNumberCharacters),
        ("11010519491231002Y", errors.IdNumberCharacters),
        ("X1010519491231002X", errors.IdNumberCharacters),
        ("11010519491231٠02X", errors.IdNumberCharacters),  # an Arabic digit
        (numbered("99010519491231002"), errors.IdNumberRegion),
        (numbered("00010519491231002"), errors.IdNumberRegion),
        (numbered("11010519490230002"), errors.IdNumberDate),
        (numbered("11010519491331002"), errors.IdNumberDate),
        (numbered("11010519000229002"), errors.IdNumberDate),  # 1900 was no leap year
        (numbered("11010517491231002"), errors.IdNumberDate),
        (numbered("11010521491231002"), errors.IdNumberFutureBirth),
        ("110105194912310021", errors.IdNumberCheck),
        ("110105194912310029", errors.IdNumberCheck),
    ],
)
def test_a_number_is_refused_for_what_can_be_mended(number: str, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal):
        documents.parse("resident-id", number)


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000", "710000"])
def test_a_residence_permit_is_no_mainland_card(prefix: str) -> None:
    with pytest.raises(errors.IdNumberRegion):
        documents.parse("resident-id", numbered(f"{prefix}19491231002"))


@pytest.mark.parametrize("kind", ["", "driving-licence", "RESIDENT-ID"])
def test_another_document_is_refused(kind: str) -> None:
    with pytest.raises(errors.DocumentTypeUnknown):
        documents.parse(kind, STANDARD)


@pytest.mark.parametrize("number", [STANDARD, OLD])
def test_any_changed_digit_is_noticed(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in "0123456789":
            if wrong != right:
                with pytest.raises(Invalid):
                    documents.parse("resident-id", number[:place] + wrong + number[place + 1 :])


def test_who_is_born_today_in_china_is_known_and_who_is_born_tomorrow_is_not() -> None:
    today = datetime.now(CHINA)
    assert documents.parse("resident-id", born(today)).value == born(today)
    with pytest.raises(errors.IdNumberFutureBirth):
        documents.parse("resident-id", born(today + timedelta(days=2)))


@pytest.mark.parametrize(
    "typed",
    [STANDARD, STANDARD.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_what_people_type_is_understood(typed: str) -> None:
    assert documents.parse("resident-id", typed).value == STANDARD


def test_a_number_prints_masked() -> None:
    number = documents.parse("resident-id", STANDARD)
    assert STANDARD not in f"{number} {number!r} {[number]}"
    assert number.masked == "1" + "*" * 16 + "X"


def test_the_fifteen_digits_of_old_are_the_same_persons_number() -> None:
    """GB 11643-1989: a year of two digits and no check character."""
    old = documents.parse("resident-id", "110105491231002")
    assert old == documents.parse("resident-id", STANDARD)
    assert birth_date(old.value).isoformat() == "1949-12-31"
