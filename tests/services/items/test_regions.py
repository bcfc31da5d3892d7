"""The region tree (GB/T 2260, GB/T 10114): codes, levels, what lies in what."""

import pytest

from services.items.regions import RegionUnknown, prefix, tree, within


@pytest.mark.parametrize("code", ["", "4", "999999", "440199", "44010", "440100000", "x", "４４"])
def test_a_code_that_no_region_has_is_unknown(code):
    with pytest.raises(RegionUnknown):
        tree().region(code)


def test_every_level_has_what_the_codes_of_2023_have():
    counted: dict[str, int] = {}
    for one in tree():
        counted[one.level] = counted.get(one.level, 0) + 1
    assert counted == {"province": 34, "city": 333, "county": 2975, "township": 1757}


def test_every_region_but_a_province_lies_in_one():
    for one in tree():
        path = tree().path(one.code)
        assert path[0].level == "province"
        assert path[-1] == one
        assert (len(path) == 1) == (one.level == "province")


def test_every_region_is_found_below_the_one_it_lies_in():
    for one in tree():
        *above, own = tree().path(one.code)
        assert own in tree().under(above[-1].code if above else "")


def test_every_region_has_words_in_both_languages():
    assert all(one.title["zh-CN"] and one.title["en"].isascii() for one in tree())


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("440103001", ["广东省", "广州市", "荔湾区", "沙面街道"]),
        ("441900003", ["广东省", "东莞市", "东城街道"]),  # a city without counties
        ("110101", ["北京市", "东城区"]),  # a municipality without cities
        ("429004", ["湖北省", "仙桃市"]),  # a county of the province itself
        ("820000", ["澳门特别行政区"]),
    ],
)
def test_the_way_to_a_region_skips_levels_that_are_not_there(code, names):
    assert [one.title["zh-CN"] for one in tree().path(code)] == names


def test_codes_are_written_as_people_write_them():
    assert [tree().region(code).code for code in ("44", "4401", "440103", "440103001")] == [
        "440000", "440100", "440103", "440103001",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "bare"),
    [("440000", "44"), ("440100", "4401"), ("440103", "440103"), ("500000", "50"), ("44", "44")],
)
def test_zeros_at_the_end_mean_all_of_it(code, bare):
    assert prefix(code) == bare


def test_a_region_lies_in_itself_and_in_what_is_above_it_only():
    assert within("440103001", ["440100"])
    assert within("440100", ["4401"])
    assert within("440100", ["440000", "110000"])
    assert not within("440000", ["440100"])
    assert not within("440300", ["440100"])
    assert within("440300", [])
