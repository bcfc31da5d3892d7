"""What this verifier has seen: a presentation shown twice within its time is a copy.

Only digests are kept, and only as long as a presentation could count. What was shown elsewhere no
verifier without a line can know.
"""

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from services.licences.verify.presentation import GOOD_FOR, SKEW

_KEPT = 2 * (GOOD_FOR + SKEW)
_MANY = 10_000  # marks in memory before those of long ago are looked for
_TABLE = "CREATE TABLE IF NOT EXISTS seen (mark TEXT PRIMARY KEY, at REAL NOT NULL)"


class Memory:
    """In this process alone, or in a ``file`` that several verifiers of a counter share."""

    def __init__(self, file: Path | None = None):
        self._file = file
        self._marks: dict[str, float] = {}

    def is_new(self, nonce: str, now: datetime) -> bool:
        """Remember it; False where it was seen before."""
        at, mark = now.timestamp(), hashlib.sha256(nonce.encode()).hexdigest()
        return self._in_memory(mark, at) if self._file is None else _in_file(self._file, mark, at)

    def _in_memory(self, mark: str, at: float) -> bool:
        if len(self._marks) > _MANY:
            self._marks = {one: then for one, then in self._marks.items() if then > at - _KEPT}
        return self._marks.setdefault(mark, at) is at


def _in_file(file: Path, mark: str, at: float) -> bool:
    """One statement decides, so that of two at once one is first."""
    with closing(sqlite3.connect(str(file), timeout=10)) as opened, opened:
        opened.execute(_TABLE)
        opened.execute("DELETE FROM seen WHERE at < ?", [at - _KEPT])
        done = opened.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", [mark, at])
        return done.rowcount == 1
