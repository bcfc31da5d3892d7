"""Document rules (GB 11643-1999, GB/T 2260) with the field's own vectors."""

from datetime import datetime, timedelta

import pytest

from config.errors import Invalid
from identity import errors, id_card

STANDARD = "11010519491231002X"  # the example of GB 11643-1999
OLD = "440524188001010014"


def numbered(seventeen: str) -> str:
    return seventeen + id_card.check_character(seventeen)


def born(day: datetime) -> str:
    return numbered(f"110105{day:%Y%m%d}002")


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", errors.IdNumberLength),
        (STANDARD[:17], errors.IdNumberLength),
        (STANDARD + "1", errors.IdNumberLength),
        ("110105491231002", errors.IdNumberLength),  # first generation, 15 digits
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
        id_card.parse("resident-id", number)


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000", "710000"])
def test_a_residence_permit_is_no_mainland_card(prefix: str) -> None:
    with pytest.raises(errors.IdNumberRegion):
        id_card.parse("resident-id", numbered(f"{prefix}19491231002"))


@pytest.mark.parametrize("kind", ["", "passport", "RESIDENT-ID"])
def test_another_document_is_refused(kind: str) -> None:
    with pytest.raises(errors.DocumentTypeUnknown):
        id_card.parse(kind, STANDARD)


@pytest.mark.parametrize("number", [STANDARD, OLD])
def test_any_changed_digit_is_noticed(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in "0123456789":
            if wrong != right:
                with pytest.raises(Invalid):
                    id_card.parse("resident-id", number[:place] + wrong + number[place + 1 :])


def test_who_is_born_today_in_china_is_known_and_who_is_born_tomorrow_is_not() -> None:
    today = datetime.now(id_card.CHINA)
    assert id_card.parse("resident-id", born(today)).value == born(today)
    with pytest.raises(errors.IdNumberFutureBirth):
        id_card.parse("resident-id", born(today + timedelta(days=2)))


@pytest.mark.parametrize(
    "typed",
    [STANDARD, STANDARD.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_what_people_type_is_understood(typed: str) -> None:
    assert id_card.parse("resident-id", typed).value == STANDARD


def test_a_number_prints_masked() -> None:
    number = id_card.parse("resident-id", STANDARD)
    assert STANDARD not in f"{number} {number!r} {[number]}"
    assert number.masked == "1" + "*" * 16 + "X"


@pytest.mark.parametrize(
    "given", ["", "  ", "·", "张3", "①", "张\x00三", "<b>", "x" * 51, "\ue000"]
)
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(errors.NameInvalid):
        id_card.name(given)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (" 张 三 ", "张三"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("𠮷𬱖", "𠮷𬱖"),  # beyond the basic plane
        ("〇一", "〇一"),
        ("Jose\u0301  O'Neil", "José O'Neil"),
        ("𠮷" * 50, "𠮷" * 50),
    ],
)
def test_a_name_is_written_as_the_register_writes_it(given: str, written: str) -> None:
    assert id_card.name(given) == written
