"""The one place that decides what may leave, and to whom.

Called by the desk today, by userinfo, staff and export later: nowhere else.
"""

from datetime import UTC, datetime

from identity.caller import Caller, CallerKind
from identity.errors import ScopeMissing, SignInNeeded, StepUpNeeded

# Ways up to a level, in the order they are offered. At least one is without a face
# (CONTRACTS: never a dead end); the window opens with the identity rooms to come.
WAYS = ["face", "window"]


def permit(caller: Caller, *, scope: str, level: int, max_age: int | None = None) -> None:
    """Let the caller through, or raise SignInNeeded, ScopeMissing or StepUpNeeded.

    ``level`` is the assurance (1–5) the read needs, ``max_age`` the seconds since the
    last proof (RFC 9470 §3); None means any age.
    """
    if caller.resident is None:
        raise SignInNeeded()
    if caller.kind is not CallerKind.RESIDENT and scope not in caller.scopes:
        raise ScopeMissing(cause=f"lacks {scope}", scope=scope)
    if int(caller.acr) < level or _too_old(caller, max_age):
        raise _step_up(level, max_age)


def _too_old(caller: Caller, max_age: int | None) -> bool:
    if max_age is None:
        return False
    if caller.auth_time is None:
        return True
    return (datetime.now(UTC) - caller.auth_time).total_seconds() > max_age


def _step_up(level: int, max_age: int | None) -> StepUpNeeded:
    challenge = f'Bearer error="insufficient_user_authentication", acr_values="{level}"'
    if max_age is not None:
        challenge += f', max_age="{max_age}"'
    return StepUpNeeded(
        headers={"WWW-Authenticate": challenge},
        acr_values=str(level),
        max_age=max_age,
        ways=WAYS,
    )
