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
_TABLE = "CREATE TABLE IF NOT EXISTS seen (mark TEXT PRIMARY KEY, at REAL NOT NULL)"


class Memory:
    """In a file that several verifiers of one counter may share, or in memory alone."""

    def __init__(self, file: Path | None = None):
        self._held = sqlite3.connect(":memory:") if file is None else None
        self._file = file

    def is_new(self, nonce: str, now: datetime) -> bool:
        """Remember it; False where it was seen before."""
        at, mark = now.timestamp(), hashlib.sha256(nonce.encode()).hexdigest()
        if self._held is not None:
            return _remembered(self._held, mark, at)
        with closing(sqlite3.connect(str(self._file), timeout=10)) as opened:
            return _remembered(opened, mark, at)


def _remembered(opened: sqlite3.Connection, mark: str, at: float) -> bool:
    """One statement decides, so that of two at once one is first."""
    with opened:
        opened.execute(_TABLE)
        opened.execute("DELETE FROM seen WHERE at < ?", [at - _KEPT])
        done = opened.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", [mark, at])
        return done.rowcount == 1
