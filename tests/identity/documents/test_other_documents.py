"""Permits, foreign cards and passports: what each number looks like, and what is none of it."""

import pytest

from config.errors import Invalid
from config.texts import LOCALES, text
from identity import documents, errors
from identity.documents import KINDS
from identity.documents.citizen_number import check_character
from identity.documents.errors import CountryUnknown, DocumentNumberForm

HONG_KONG = "hong-kong-macao-residence"
TAIWAN = "taiwan-residence"
FOREIGN = "foreign-permanent-resident"
NEW_CARD = "911124198108030024"


def numbered(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


@pytest.mark.parametrize(
    ("kind", "number", "refusal"),
    [
        (HONG_KONG, numbered("83000019491231002"), errors.IdNumberRegion),
        (HONG_KONG, numbered("81000119491231002"), errors.IdNumberRegion),
        (HONG_KONG, "11010519491231002X", errors.IdNumberRegion),
        (HONG_KONG, numbered("81000019490230002"), errors.IdNumberDate),
        (HONG_KONG, "810000199801230035", errors.IdNumberCheck),
        (HONG_KONG, "810000980123003", errors.IdNumberLength),  # the 15 of old are a mainlander's
        (TAIWAN, numbered("81000019491231002"), errors.IdNumberRegion),
        (TAIWAN, numbered("71000019491231002"), errors.IdNumberRegion),
        (FOREIGN, "911124198108030025", errors.IdNumberCheck),
        (FOREIGN, numbered("99912419810803002"), errors.IdNumberRegion),
        (FOREIGN, numbered("91112419810231002"), errors.IdNumberDate),
        (FOREIGN, "11010519491231002X", DocumentNumberForm),
        (FOREIGN, "CAN11008108030", DocumentNumberForm),
        (FOREIGN, "C4N110081080312", DocumentNumberForm),
        ("hong-kong-macao-travel-permit", "T12345678", DocumentNumberForm),
        ("hong-kong-macao-travel-permit", "H1234567", DocumentNumberForm),
        ("hong-kong-macao-travel-permit", "H1234567٨", DocumentNumberForm),
        ("taiwan-travel-permit", "123456789", DocumentNumberForm),
        ("taiwan-travel-permit", "H12345678", DocumentNumberForm),
    ],
)
def test_a_number_of_another_document_is_refused(
    kind: str, number: str, refusal: type[Invalid]
) -> None:
    with pytest.raises(refusal):
        documents.parse(kind, number)


@pytest.mark.parametrize("kind", [HONG_KONG, TAIWAN, FOREIGN])
def test_no_other_document_is_a_mainland_card(kind: str) -> None:
    with pytest.raises(errors.IdNumberRegion):
        documents.parse("resident-id", KINDS[kind].example)


@pytest.mark.parametrize(
    ("kind", "typed", "canonical"),
    [
        (HONG_KONG, " 810000 19980123 0036", "810000199801230036"),
        (HONG_KONG, numbered("82000019600229001"), numbered("82000019600229001")),
        (TAIWAN, "８３００００１９９２０１３０００２２", "830000199201300022"),
        (FOREIGN, NEW_CARD, NEW_CARD),
        (FOREIGN, "can110081080312", "CAN110081080312"),
        ("hong-kong-macao-travel-permit", "h12345678", "H12345678"),
        ("taiwan-travel-permit", "12345678", "12345678"),
    ],
)
def test_a_documents_own_number_is_read(kind: str, typed: str, canonical: str) -> None:
    read = documents.parse(kind, typed)
    assert (read.value, read.kind, read.country) == (canonical, kind, "CN")


@pytest.mark.parametrize(
    "number", ["", "E1", "ABCDEFGH", "E1234567890", "E1234*678", "Ｅ１２３４５６７８９０"]
)
def test_what_is_no_passport_number_is_refused(number: str) -> None:
    with pytest.raises(DocumentNumberForm):
        documents.parse("passport", number, "FR")


@pytest.mark.parametrize("country", ["", "XX", "FRA", "France", "法国", "F"])
def test_a_passport_needs_the_country_that_issued_it(country: str) -> None:
    with pytest.raises(CountryUnknown):
        documents.parse("passport", "E12345678", country)


def test_the_same_number_of_two_countries_is_two_passports() -> None:
    french, german = (documents.parse("passport", "c01x00t47", one) for one in ("fr", "DE"))
    assert french.value == german.value == "C01X00T47"
    assert french.canonical != german.canonical


def test_a_country_means_nothing_to_other_documents() -> None:
    assert documents.parse("resident-id", "11010519491231002X", "FR").country == "CN"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_an_example_that_it_reads_itself_and_a_title(kind: documents.Kind) -> None:
    read = documents.parse(kind.id, kind.example, "FR")
    assert read.value == kind.example
    assert all(text(f"document.{kind.id}", locale) for locale in LOCALES)


def test_only_what_a_register_knows_reaches_a_face() -> None:
    reached = {kind.id: kind.level for kind in KINDS.values()}
    assert {one for one, level in reached.items() if level == 4} == {
        "resident-id", HONG_KONG, TAIWAN, FOREIGN,
    }  # fmt: skip
    assert {level for level in reached.values()} == {2, 4}


def test_the_birth_and_sex_that_a_number_carries_are_read_from_it() -> None:
    card = documents.parse(FOREIGN, NEW_CARD)
    assert str(documents.born(card)) == "1981-08-03"
    assert documents.is_male(card) is False
    assert documents.born(documents.parse(FOREIGN, "CAN110081080312")) is None
    assert documents.is_male(documents.parse("passport", "E12345678", "FR")) is None
