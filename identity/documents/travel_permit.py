"""Permits to travel to the mainland, for residents of Hong Kong and Macao, and of Taiwan.

No register is open to us for them and they carry no check character: what can be judged is the
form. The numbers of cards issued since 2013 and 2015 stay with their holder.
"""

import re

from identity.documents.errors import DocumentNumberForm

_HONG_KONG_MACAO = re.compile(r"[HM][0-9]{8}")
_TAIWAN = re.compile(r"[0-9]{8}")


def read_hong_kong_macao(plain: str) -> str:
    """H or M and eight digits. Raises DocumentNumberForm."""
    if not _HONG_KONG_MACAO.fullmatch(plain):
        raise DocumentNumberForm(example="H12345678")
    return plain


def read_taiwan(plain: str) -> str:
    """Eight digits. Raises DocumentNumberForm."""
    if not _TAIWAN.fullmatch(plain):
        raise DocumentNumberForm(example="12345678")
    return plain
