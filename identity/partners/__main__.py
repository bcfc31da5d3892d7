"""``python -m identity.partners``: a partner's life by command, as the staff pages have it.

    invite [--kind partner|department] [--environment production|sandbox]
    list [--state pending|approved|suspended|closed]
    show ID
    approve ID [--seen REVISION] [--rate N] [--quota N]
    suspend ID WHY
    reinstate ID

What it prints holds nothing of who answers for a partner: that is on the staff pages.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from config import cache as cache_room
from config import database
from config.errors import Problem
from config.outbound import Outbound
from config.settings import RefusedToStart, Settings, settings
from config.texts import text
from identity.news import News
from identity.partners.client import ClientKind, State
from identity.partners.judging import Judging
from identity.partners.keys import ClientKeys
from identity.partners.life import SUSPENSIONS, By, Life
from identity.partners.metadata import Metadata
from identity.partners.registry import Registry
from identity.partners.views import View, for_staff
from identity.staff.accounts import COMMAND

_LOCALE = "en"
_BY = By(COMMAND)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m identity.partners", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    invite = commands.add_parser("invite", help="make an invitation, good for one client")
    invite.add_argument("--kind", choices=["partner", "department"], default="partner")
    invite.add_argument("--environment", choices=["production", "sandbox"], default="production")
    listed = commands.add_parser("list", help="partners and departments, what waits first")
    listed.add_argument("--state", choices=[state.value for state in State])
    shown = commands.add_parser("show", help="what it says of itself, and what it proposes")
    shown.add_argument("id")
    approve = commands.add_parser("approve", help="approve a client, or what it proposed")
    approve.add_argument("id")
    seen = "the revision that show printed: approve nothing that came later"
    approve.add_argument("--seen", default="", help=seen, metavar="REVISION")
    approve.add_argument("--rate", type=_count, help="requests a minute")
    approve.add_argument("--quota", type=_count, help="requests a day")
    suspend = commands.add_parser("suspend", help="all its tokens and sessions end now")
    suspend.add_argument("id")
    suspend.add_argument("why", choices=SUSPENSIONS)
    commands.add_parser("reinstate", help="end a suspension").add_argument("id")
    return parser.parse_args(arguments)


@asynccontextmanager
async def deciding(house: Settings) -> AsyncIterator[Life]:
    """What a decision needs beside the database: a way out, a voice that every worker hears."""
    async with AsyncExitStack() as stack:
        cache = cache_room.connect(house)
        stack.push_async_callback(cache.aclose)
        outbound = await stack.enter_async_context(Outbound(house))
        judging = Judging(outbound, ClientKeys(outbound), house)
        yield Life(Registry(News(cache)), judging, house)


async def carry_out(life: Life, house: Settings, wanted: argparse.Namespace) -> list[str]:
    """What is to be printed. Raises the leaves of identity.partners.errors."""
    match wanted.command:
        case "invite":
            return await _invited(life, house, wanted)
        case "list":
            return [_line(view) for view in await for_staff(_BY) if _wanted(view, wanted.state)]
        case "show":
            return _shown(View.of(await life.row(_BY, wanted.id)))
        case "approve":
            more = {"rate": wanted.rate, "quota": wanted.quota}
            await life.approve(_BY, wanted.id, seen=wanted.seen, **more)
        case "suspend":
            await life.suspend(_BY, wanted.id, wanted.why)
        case _:
            await life.reinstate(_BY, wanted.id)
    return ["done"]


async def _invited(life: Life, house: Settings, wanted: argparse.Namespace) -> list[str]:
    made = await life.invite(_BY, ClientKind(wanted.kind), wanted.environment)
    return [
        f"invitation   {made.token}",
        f"until        {made.until:%Y-%m-%d %H:%M} UTC",
        f"register at  {house.public_url.rstrip('/')}/oauth/register",
    ]


async def _run(house: Settings, wanted: argparse.Namespace) -> list[str]:
    async with (
        database.opened(database.tortoise_config(house)),
        deciding(house) as life,
    ):
        return await carry_out(life, house, wanted)


def main(arguments: Sequence[str]) -> int:
    """0, or 1 and one line that says what to do."""
    wanted = parsed(arguments)
    try:
        lines = asyncio.run(_run(settings(), wanted))
    except (Problem, RefusedToStart) as refused:
        print(_said(refused), file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _wanted(view: View, state: str | None) -> bool:
    return state in (None, view.row.state)


def _line(view: View) -> str:
    row, said = view.row, view.metadata
    waits = "waits" if view.waits else "-"
    return "  ".join([row.id, row.kind, row.environment, row.state, waits, said.name.en])


def _shown(view: View) -> list[str]:
    lines = [_line(view), f"revision  {view.revision}", "in force", _written(view.metadata)]
    return [*lines, "proposed", _written(view.proposed)] if view.proposed else lines


def _written(metadata: Metadata) -> str:
    return metadata.model_dump_json(indent=2, exclude_defaults=True)


def _count(given: str) -> int:
    """Argparse turns the ValueError into its own words."""
    count = int(given)
    if count < 1:
        raise ValueError
    return count


def _said(refused: Exception) -> str:
    if not isinstance(refused, Problem):
        return str(refused)
    return text(f"problem.{refused.code}.detail", _LOCALE, **refused.facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
