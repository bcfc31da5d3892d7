"""Searches that found nothing: the words and how often a day, for staff to see what is missing.

Who asked is not known here. What could say something of a person is not kept at all: four digits
in a row, addresses of mail, whole sentences; and staff are shown only what was asked for several
times, since a name may be typed into any search.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.connection import get_connection

from services.models import SearchMiss
from services.search.plain import HAN, LATIN, plain
from services.tallies import Tally, today

LONGEST = 24  # characters of a query that is kept
SHOWN_FROM = 3  # times, before anybody is shown the words
MOST_A_DAY = 2_000  # words of a day; who sends ever new ones fills no disk
KEPT_DAYS = 90
_MOST = 500
_TELLING = re.compile(r"\d[\s\d-]{2,}\d|@")
_ADD = f"""
    INSERT INTO search_miss (words, day, count)
    SELECT words, $1::date, count FROM unnest($2::text[], $3::int[]) AS said (words, count)
    WHERE (SELECT count(*) FROM search_miss WHERE day = $1::date) < {MOST_A_DAY}
        OR EXISTS (SELECT FROM search_miss old WHERE old.words = said.words AND old.day = $1::date)
    ON CONFLICT (words, day) DO UPDATE SET count = search_miss.count + excluded.count
"""
_LISTED = """
    SELECT words, sum(count)::bigint AS count, max(day) AS last FROM search_miss WHERE day > $1
    GROUP BY words HAVING sum(count) >= $2 ORDER BY count DESC, words LIMIT $3
"""


@dataclass(frozen=True)
class Miss:
    """``words`` were looked for ``count`` times and not found; the ``last`` time on that day."""

    words: str
    count: int
    last: date


class Misses:
    """One a process."""

    def __init__(self) -> None:
        self._tally = Tally(_MOST)

    def count(self, query: str) -> None:
        """A search of the whole catalogue found nothing; kept only if it can tell of nobody."""
        words = spoken(query)
        if words:
            self._tally.add(words)

    async def write(self) -> int:
        """Into ``search_miss``; returns how many different words."""
        return await self._tally.write(_ADD)


def spoken(query: str) -> str:
    """A query in the one spelling that is counted; empty where it is not."""
    words = " ".join(plain(query[: LONGEST * 4]).split())
    readable = HAN.search(words) or LATIN.search(words)
    kept = readable and len(words) <= LONGEST and words.isprintable()
    return words if kept and not _TELLING.search(words) else ""


async def listed(days: int = 30, limit: int = 100, least: int = SHOWN_FROM) -> list[Miss]:
    """What was not found in the last days, the most wanted first."""
    since = today() - timedelta(days=days)
    rows = await get_connection("default").execute_query_dict(_LISTED, [since, least, limit])
    return [Miss(row["words"], row["count"], row["last"]) for row in rows]


async def forget_old() -> int:
    """Drop what was missed long ago."""
    return await SearchMiss.filter(day__lt=today() - timedelta(days=KEPT_DAYS)).delete()
