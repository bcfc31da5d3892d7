"""How well, and how lately, a resident must have proven themselves for what a client asks.

Both are measured from the moment the client asked (OpenID Connect Core §3.1.2.1): who proves
themselves on the way meets any ``max_age``, zero among them, and ``prompt=login``.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from config.database import reaching_database
from identity import release
from identity.caller import Caller
from identity.models import Session
from identity.oauth.interaction_store import Interaction
from identity.scopes import Scopes
from identity.ways import SENSITIVE


async def precise(caller: Caller) -> Caller:
    """The caller with the very moment of their proof: a token tells it in whole seconds."""
    with reaching_database():
        row = await Session.get_or_none(id=caller.session)
    if row and caller.auth_time and row.auth_time.replace(microsecond=0) == caller.auth_time:
        return replace(caller, auth_time=row.auth_time)
    return caller


def check_request(caller: Caller, interaction: Interaction) -> None:
    """What the client asked for itself: ``acr_values``, ``max_age``, ``prompt=login``.

    Raises StepUpNeeded.
    """
    asked = interaction.request
    if "login" in asked.prompt:
        since: float | None = interaction.began
    elif asked.max_age is not None:
        since = interaction.began - asked.max_age
    else:
        since = None
    _check(caller, asked.level, since)


def check_scopes(caller: Caller, scopes: Scopes, given: Iterable[str]) -> None:
    """What the fields need that are given now, so that the client can read them at once.

    Raises StepUpNeeded.
    """
    level, max_age = scopes.needs(given)
    _check(caller, level, None if max_age is None else time.time() - max_age)


def _check(caller: Caller, level: int, since: float | None) -> None:
    """``since`` (Unix seconds): when the proof must not be older.

    A proof below the session's own level would not renew it (identity.assurance.renews), so
    where only the age is wrong the ways of that level are offered.
    """
    old = since is not None and not _after(caller.auth_time, since)
    if old:
        level = max(level, min(int(caller.acr), SENSITIVE))
    if old or int(caller.acr) < level:
        raise release.step_up(caller, level, _seconds_ago(since))


def _after(at: datetime | None, since: float) -> bool:
    return at is not None and at >= datetime.fromtimestamp(max(since, 0), UTC)


def _seconds_ago(since: float | None) -> int | None:
    return None if since is None else max(1, int(time.time() - since))
