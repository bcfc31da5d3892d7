"""Roughly where an address is, from a table that is checked before it is believed."""

import shutil

import pytest

from config.settings import Settings
from identity import places
from identity.places import LOCAL, UNKNOWN, Places, shown
from tests.conftest import settings_on


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_on("", "", tmp_path_factory.mktemp("p"))


@pytest.fixture(scope="module")
def table(house: Settings) -> Places:
    return Places(house)


@pytest.mark.parametrize("address", ["", "x", "203.0.113.7.1", "2001:db8::1", "224.0.0.1"])
def test_what_is_no_known_address_has_no_place(table: Places, address: str):
    assert table.of(address) == UNKNOWN


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "100.64.0.1"])
def test_a_private_address_is_a_local_network(table: Places, address: str):
    assert table.of(address) in (LOCAL, UNKNOWN)
    assert address != "127.0.0.1" or table.of(address) == LOCAL


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("113.108.182.52", "广东省广州市"),
        ("::ffff:113.108.182.52", "广东省广州市"),
        ("1.2.4.8", "北京市"),
        ("61.128.128.68", "重庆市"),
        ("202.64.1.1", "香港"),
        ("8.8.8.8", "美国"),
    ],
)
def test_a_place_is_a_city_or_a_country(table: Places, address: str, place: str):
    assert table.of(address) == place


def test_a_place_is_shown_in_words():
    assert shown("广东省广州市", "en") == "广东省广州市"
    assert shown(LOCAL, "en") == "Local network"
    assert shown(UNKNOWN, "zh-CN") == "地点未知"


def test_a_table_that_was_changed_is_not_believed(monkeypatch: pytest.MonkeyPatch, house: Settings):
    monkeypatch.setattr(places, "_SHA256", "0" * 64)
    assert Places(house).of("113.108.182.52") == UNKNOWN


def test_an_operators_own_table_is_read(tmp_path, house: Settings):
    own = tmp_path / "own.xdb"
    shutil.copy(places._packaged(), own)
    assert Places(house.model_copy(update={"places_file": own})).of("1.2.4.8") == "北京市"
