"""A kind of licence is one file; what is missing in it stops the start and names the place."""

from typing import Annotated

import pytest
from pydantic import BaseModel

from services.catalogue import Catalogue
from services.departments.transport.department import Transport
from services.licences.declaration import Held, licence
from services.schema import shown, words
from services.service import DeclarationRefused

GOOD = {
    "id": "x-licence", "title": words("证", en="Licence"), "icon": "id", "code": "009",
    "usual": ("name",),
}  # fmt: skip


class Facts(BaseModel):
    name: Annotated[str, shown("姓名", en="Name")]


class Unnamed(BaseModel):
    name: str


class WithPortrait(BaseModel):
    name: Annotated[str, shown("姓名", en="Name")]
    portrait: Annotated[str, shown("照片", en="Portrait")]


async def good(person: object, department: Transport) -> Held[Facts]: ...
def waits_not(person: object, department: Transport) -> Held[Facts]: ...
async def of_nobody(person: object, department: str) -> Held[Facts]: ...
async def of_nothing(person: object, department: Transport) -> Facts: ...
async def unnamed(person: object, department: Transport) -> Held[Unnamed]: ...
async def pictured(person: object, department: Transport) -> Held[WithPortrait]: ...


@pytest.mark.parametrize(
    ("function", "others", "what"),
    [
        (waits_not, {}, "not a coroutine"),
        (of_nobody, {}, "department must be annotated"),
        (of_nothing, {}, "must return Held"),
        (unnamed, {}, "has no shown"),
        (pictured, {}, "no fact may be called portrait"),
        (good, {"code": "9"}, "three digits"),
        (good, {"usual": ("nothing",)}, "usual"),
        (good, {"usual": ()}, "usual"),
    ],
)
def test_a_piece_that_is_missing_is_named_with_its_place(function, others, what) -> None:
    with pytest.raises(DeclarationRefused, match=f"test_declaration.py:.*{what}"):
        licence(**(GOOD | others))(function)


def test_the_house_has_the_six_kinds() -> None:
    kinds = Catalogue.load().licences
    assert {
        "resident-card", "driving-licence", "social-insurance-card", "marriage-certificate",
        "residence-permit", "business-licence",
    } <= set(kinds)  # fmt: skip


def test_numbers_of_documents_are_sensitive_wherever_they_stand() -> None:
    for kind in Catalogue.load().licences.values():
        assert "id_number" not in kind.names or "id_number" in kind.sensitive
