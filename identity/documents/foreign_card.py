"""The foreign permanent resident ID card, in both forms that are in use.

Since 1 December 2023: 9, two digits of the province that accepted the application, three of the
nationality (ISO 3166-1 numeric), birth, order and check character as in GB 11643 (rules of the
National Immigration Administration for reading the 2023 card). Before: three letters of the
nationality and twelve digits. How the last of those is made was not published, so that form is
judged by its shape alone.
"""

import re

from identity.documents import regions
from identity.documents.citizen_number import LENGTH, judge
from identity.documents.errors import DocumentNumberForm
from identity.errors import IdNumberRegion

_OLD = re.compile(r"[A-Z]{3}[0-9]{12}")


def read(plain: str) -> str:
    """Either form. Raises DocumentNumberForm, and the leaves of ``judge`` for the newer."""
    if _OLD.fullmatch(plain):
        return plain
    if len(plain) == LENGTH and plain.startswith("9"):
        return judge(plain, _accepted_in_a_province)
    raise DocumentNumberForm(example="911124198108030024")


def _accepted_in_a_province(six: str) -> None:
    if six[1:3] not in regions.MAINLAND:
        raise IdNumberRegion()
