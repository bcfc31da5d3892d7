"""Residence permits of Hong Kong, Macao and Taiwan residents (国办发〔2018〕81号).

They carry a number of GB 11643's form whose region is 810000, 820000 or 830000; it stays with its
holder for life.
"""

from collections.abc import Callable

from identity.documents.citizen_number import judge
from identity.errors import IdNumberRegion

HONG_KONG, MACAO, TAIWAN = "810000", "820000", "830000"


def of(*prefixes: str) -> Callable[[str], str]:
    """A reader for the permits with these prefixes. It raises the leaves of ``judge`` and
    IdNumberRegion.
    """

    def region(six: str) -> None:
        if six not in prefixes:
            raise IdNumberRegion()

    def read(plain: str) -> str:
        return judge(plain, region)

    return read
