"""The former name of ``identity.documents``."""

from identity.documents import RESIDENT_ID, name, parse
from identity.documents.citizen_number import CHINA, check_character

__all__ = ["CHINA", "RESIDENT_ID", "check_character", "name", "parse"]
