"""Finding an entry of the catalogue by what a person types (docs/search.md).

Words, pinyin, initials, traditional characters, English, other words for the same thing, slips of
finger and ear. The index is made once from the catalogue and lives in the process.
"""

from services.search.entry import Entry
from services.search.plain import MOST_CHARACTERS
from services.search.search import Search

__all__ = ["MOST_CHARACTERS", "Entry", "Search"]
