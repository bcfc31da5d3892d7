"""What is done on a page of its own stands in the catalogue like any other service."""

import json
from pathlib import Path

import pytest

from services import scopes
from services.catalogue import Catalogue
from services.departments.transport.department import Transport
from services.groups import TRAFFIC
from services.items.shelves import Wanted
from services.items.standard import query
from services.own_page import own_page
from services.schema import words
from services.service import DeclarationRefused, Kind

APP = Path(__file__).parents[2] / "mobile_ui/miniprogram/app.json"


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


def own(catalogue):
    return [one for one in catalogue.services.values() if one.kind is Kind.PAGE]


def test_an_item_without_a_legal_basis_is_refused_with_its_file():
    with pytest.raises(
        DeclarationRefused, match=r"test_own_page\.py:1: item\.legal_basis is empty"
    ):
        own_page(
            id="move-car-too", title=words("挪车", en="Move"), summary=words("挪", en="Move"),
            group=TRAFFIC, icon="car", purpose="move-car", item=query("2071800029001"),
            department=Transport, page="cars", declared_in=__file__,
        )  # fmt: skip


def test_every_page_is_one_of_the_app(catalogue):
    pages = json.loads(APP.read_text())["pages"]
    pages_of = {one.id: one.page for one in own(catalogue)}
    assert pages_of
    assert {id for id, page in pages_of.items() if f"pages/{page}/{page}" not in pages} == set()


def test_nothing_of_it_can_be_granted_to_a_partner(catalogue):
    known = scopes.everything(catalogue)
    assert not [one.id for one in own(catalogue) if one.scope in known]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("挪车", "move-car"),
        ("yjnc", "move-car"),
        ("医保支付", "medical-mobile-payment"),
        ("电子驾驶证", "e-driving-licence"),
        ("社保卡", "e-social-insurance-card"),
        ("结婚证", "e-marriage-certificate"),
        ("營業執照", "e-business-licence"),
    ],
)
def test_it_is_found_by_its_name(catalogue, said, first):
    assert catalogue.find(Wanted(q=said))[0].id == first


def test_every_licence_has_its_item(catalogue):
    there = {one.id for one in own(catalogue) if one.page == "licences"}
    assert there == {f"e-{id}" for id in catalogue.licences}
