"""``python -m identity.staff create-administrator LOGIN``: the first account, by command.
``python -m identity.staff departments LOGIN DEPARTMENT …``: whose cases somebody works on.

Prints once what its owner needs: the one-time password and where to enrol. Refuses when there
is an administrator already, unless ``--another``.
"""

import argparse
import asyncio
import getpass
import sys

from config import database
from config.errors import Problem
from config.settings import RefusedToStart, Settings, settings
from config.texts import text
from identity import vault_keys
from identity.staff.accounts import Accounts, Handed, NewAccount
from identity.staff.passwords import SHORTEST
from identity.staff.roles import Role

_LOCALE = "en"


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m identity.staff", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create-administrator", help="make an administrator's account")
    create.add_argument("login")
    create.add_argument("--name", default="", help="as colleagues know them; else the login")
    create.add_argument("--region", default="", help="GB/T 2260 prefix; empty: everywhere")
    create.add_argument("--another", action="store_true", help="although there is one already")
    create.add_argument("--ask", action="store_true", help="type the one-time password yourself")
    given = commands.add_parser("departments", help="say whose cases and tickets somebody has")
    given.add_argument("login")
    given.add_argument("departments", nargs="*", help="ids as the catalogue has them; none: none")
    return parser.parse_args(arguments)


async def create(house: Settings, wanted: argparse.Namespace, one_time: str) -> Handed:
    """Raises the leaves of identity.staff.errors, or DatabaseUnavailable."""
    account = NewAccount(
        wanted.login, wanted.name or wanted.login, [Role.ADMINISTRATOR], wanted.region
    )
    async with (
        database.opened(database.tortoise_config(house)),
        vault_keys.opened(house) as vault,
    ):
        accounts = Accounts(vault)
        return await accounts.create_administrator(account, one_time, another=wanted.another)


async def give_departments(house: Settings, login: str, departments: list[str]) -> None:
    """Raises StaffAccountMissing, StaffDepartmentUnknown or DatabaseUnavailable."""
    async with (
        database.opened(database.tortoise_config(house)),
        vault_keys.opened(house) as vault,
    ):
        await Accounts(vault).command_departments(login, departments)


def main(arguments: list[str]) -> int:
    """0, or 1 and one line that says what to do."""
    wanted = parsed(arguments)
    if wanted.command == "departments":
        return _departments(wanted)
    return _administrator(wanted)


def _departments(wanted: argparse.Namespace) -> int:
    try:
        asyncio.run(give_departments(settings(), wanted.login, wanted.departments))
    except (Problem, RefusedToStart) as refused:
        print(_said(refused), file=sys.stderr)
        return 1
    print(f"login               {wanted.login}")
    print(f"departments         {' '.join(sorted(set(wanted.departments))) or 'none'}")
    return 0


def _administrator(wanted: argparse.Namespace) -> int:
    one_time = getpass.getpass("one-time password: ") if wanted.ask else ""
    if wanted.ask and len(one_time) < SHORTEST:
        print(f"a one-time password has at least {SHORTEST} characters", file=sys.stderr)
        return 1
    try:
        house = settings()
        made = asyncio.run(create(house, wanted, one_time))
    except (Problem, RefusedToStart) as refused:
        print(_said(refused), file=sys.stderr)
        return 1
    print(f"login               {made.login}")
    print(f"one-time password   {'as you typed it' if one_time else made.one_time}")
    print(f"enrol until         {made.until:%Y-%m-%d %H:%M} UTC")
    print(f"at                  {house.public_url.rstrip('/')}/staff/#/enrol")
    return 0


def _said(refused: Exception) -> str:
    if not isinstance(refused, Problem):
        return str(refused)
    return text(f"problem.{refused.code}.detail", _LOCALE, **refused.facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
