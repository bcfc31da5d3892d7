"""The generator: the same number makes the same catalogue, complete and of every department."""

import json
from pathlib import Path

import pytest

from services.catalogue import Catalogue, Wanted
from services.items.__main__ import main
from services.items.generate import FolderTaken, combinations, identifier, write
from services.service import DeclarationRefused

COUNT = 2500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated") / "items"
    assert main(["generate", "--count", str(COUNT), "--folder", str(made)]) == 0
    return made


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> Catalogue:
    return Catalogue.load(items=folder)


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.json")}


def test_a_folder_that_holds_something_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderTaken):
        write(tmp_path, 1)
    assert main(["generate", "--folder", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_the_same_number_makes_the_same_files(tmp_path, folder):
    write(tmp_path / "again", 100)
    again, first = files(tmp_path / "again"), files(folder)
    assert len(again) > 100
    assert all(first[name] == content for name, content in again.items())


def test_2500_items_pass_the_linter_and_start(catalogue: Catalogue):
    listed = catalogue.find(Wanted(kind="listed"))
    assert len(listed) == COUNT
    assert len({one.title["zh-CN"] for one in listed}) == COUNT
    assert len({one.title["en"] for one in listed}) == COUNT


def test_departments_shelves_visits_and_places_are_of_every_kind(catalogue: Catalogue):
    listed = catalogue.find(Wanted(kind="listed"))
    assert len({one.department.id for one in listed}) == 20
    assert len({one.group.id for one in listed}) >= 12
    assert {one.item.visits for one in listed} == {0, 1, 2, 3}
    assert {one.item.range for one in listed} == {"city", "province", "cross-province"}
    assert {one.audience for one in listed} == {"person", "organisation"}
    assert any(one.item.editions for one in listed)
    assert {bool(one.regions) for one in listed} == {True, False}


def test_beyond_what_the_words_make_cities_have_items_of_their_own():
    names = [identifier(one) for one in combinations()]
    assert len(names) == len(set(names)) > 25_000
    assert all(len(name) <= 64 for name in names)


def test_one_bad_item_among_many_is_named_with_file_and_line(tmp_path):
    write(tmp_path / "items", 200)
    bad = sorted((tmp_path / "items").glob("*/*-*.json"))[100]
    content = json.loads(bad.read_text(encoding="utf-8"))
    del content["item"]["legal_basis"]
    bad.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    with pytest.raises(DeclarationRefused) as refused:
        Catalogue.load(items=tmp_path / "items")
    line = bad.read_text(encoding="utf-8").splitlines().index(' "item": {') + 1
    assert str(refused.value) == f"{bad}:{line}: item.legal_basis: Field required"
