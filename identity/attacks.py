"""What operators see of attacks: counts, and nothing of anybody.

``python -m identity.attacks [hours]`` prints what the last hours brought; GET /staff/attacks gives
the same. Refusals come from the audit, sources from the tries that count at the moment. How many
sources there were is not told below FEW: an operator who knows of one attempt learns nothing more.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from config import database
from config.errors import DatabaseUnavailable
from config.settings import RefusedToStart, settings
from identity import consent
from identity.ways import BANK_CARD, FACE, NETWORK_IDENTITY, WINDOW

FEW = 5
MOST_HOURS = 7 * 24
TOP = 10
REFUSED = "identity:refused"
ALARMS = (
    "identity:frozen",
    "identity:not-me",
    "session:reused",
    "passkey:refused",
    "staff:sign-in-refused",
)
SOURCES = ("number", "account", "device", "network")
_WAYS = {
    consent.VERIFICATION: FACE.id,
    consent.WINDOW: WINDOW.id,
    consent.NETWORK: NETWORK_IDENTITY.id,
    consent.BANK_CARD: BANK_CARD.id,
}
_BY_HOUR = """
    SELECT date_trunc('hour', at, 'UTC') AS hour, purpose, outcome, count(*) AS times
    FROM audit_event WHERE at >= $1 AND event = $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_ALARMS = """
    SELECT event, count(*) AS times
    FROM audit_event WHERE at >= $1 AND event = ANY($2) GROUP BY 1
"""
_SOURCES = """
    SELECT kind, count(DISTINCT subject) AS times FROM "try" WHERE spent AND at >= $1 GROUP BY 1
"""


@dataclass(frozen=True)
class Refusals:
    """How often one way was refused with one outcome (a problem's code) in the ``hour`` (UTC)."""

    hour: datetime
    way: str
    outcome: str
    times: int


@dataclass(frozen=True)
class Total:
    way: str
    outcome: str
    times: int


@dataclass(frozen=True)
class Attacks:
    """``alarms``: events by code. ``sources``: how many different numbers, accounts, devices and
    networks have mismatches standing against them (at most a day); None: fewer than FEW.
    """

    since: datetime
    hours: Sequence[Refusals]
    top: Sequence[Total]
    alarms: dict[str, int]
    sources: dict[str, int | None]


async def seen(hours: int, connection: BaseDBAsyncClient | None = None) -> Attacks:
    """The last ``hours`` (1 to MOST_HOURS), the running one included."""
    asked = connection or get_connection("default")
    now = datetime.now(UTC)
    since = (now - timedelta(hours=max(1, min(hours, MOST_HOURS)) - 1)).replace(
        minute=0, second=0, microsecond=0
    )
    refusals = await _refusals(asked, since)
    alarms = await asked.execute_query_dict(_ALARMS, [since, list(ALARMS)])
    sources = await asked.execute_query_dict(_SOURCES, [since])
    counted = {row["kind"]: row["times"] for row in sources}
    return Attacks(
        since=since,
        hours=refusals,
        top=_top(refusals),
        alarms=dict.fromkeys(ALARMS, 0) | {row["event"]: row["times"] for row in alarms},
        sources={kind: _suppressed(counted.get(kind, 0)) for kind in SOURCES},
    )


async def lately() -> Sequence[Total]:
    """The most frequent refusals of the last sixty minutes, for the metrics page."""
    since = datetime.now(UTC) - timedelta(hours=1)
    return _top(await _refusals(get_connection("default"), since))


async def _refusals(connection: BaseDBAsyncClient, since: datetime) -> list[Refusals]:
    rows = await connection.execute_query_dict(_BY_HOUR, [since, REFUSED])
    return [
        Refusals(row["hour"], _WAYS.get(row["purpose"], "other"), row["outcome"], row["times"])
        for row in rows
    ]


def _top(refusals: Sequence[Refusals]) -> list[Total]:
    sums: dict[tuple[str, str], int] = {}
    for one in refusals:
        sums[one.way, one.outcome] = sums.get((one.way, one.outcome), 0) + one.times
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [Total(way, outcome, times) for (way, outcome), times in ordered[:TOP]]


def _suppressed(times: int) -> int | None:
    """None where a few could be told apart; that there was nothing at all may be said."""
    return times if times == 0 or times >= FEW else None


def lines(attacks: Attacks) -> Iterator[str]:
    """As a terminal shows it."""
    yield f"Refused since {attacks.since:%Y-%m-%d %H:%M} UTC"
    for one in attacks.hours:
        yield f"  {one.hour:%d. %H:00}  {one.way:<18}{one.outcome:<28}{one.times:>8}"
    yield "Alarms"
    for event, times in attacks.alarms.items():
        yield f"  {event:<53}{times:>8}"
    yield "Different sources of the mismatches that stand"
    for kind, found in attacks.sources.items():
        yield f"  {kind:<53}{f'< {FEW}' if found is None else found:>8}"


async def _print(hours: int) -> None:
    async with database.opened(database.tortoise_config(settings())):
        with database.reaching_database():
            found = await seen(hours)
    print("\n".join(lines(found)))


def main(arguments: Sequence[str]) -> int:
    """The command. Ends with 2 when it is asked wrongly, 1 when the house cannot be reached."""
    hours = arguments[0] if arguments else "24"
    if len(arguments) > 1 or not hours.isdecimal() or not 1 <= int(hours) <= MOST_HOURS:
        print(f"usage: python -m identity.attacks [hours, 1 to {MOST_HOURS}]", file=sys.stderr)
        return 2
    try:
        asyncio.run(_print(int(hours)))
    except (RefusedToStart, DatabaseUnavailable) as fault:
        print(f"attacks: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
