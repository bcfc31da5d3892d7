"""The one place that decides what may leave, and to whom.

Called by the desk and by the resident's own copy today, by userinfo and staff later: nowhere else.
"""

from datetime import UTC, datetime

from identity.caller import Caller, CallerKind
from identity.errors import ScopeMissing, SignInNeeded, StepUpNeeded
from identity.holdings import Record, SomebodyElse, Value
from identity.person import mask
from identity.ways import FRESH, ORDINARY, SENSITIVE, reaching

# What never leaves, not even to whom it is about: keys, secrets, and digests of them.
_NEVER = frozenset(
    {"code", "credential", "digest", "key", "mark", "not_me", "password", "proof", "public_key",
     "secret", "subject"}
)  # fmt: skip


def permit(caller: Caller, *, scope: str, level: int, max_age: int | None = None) -> None:
    """Let the caller through, or raise SignInNeeded, ScopeMissing or StepUpNeeded.

    ``level`` is the assurance (1–5) the read needs, ``max_age`` the seconds since the
    last proof (RFC 9470 §3); None means any age.
    """
    if caller.resident is None:
        raise SignInNeeded()
    own = caller.kind is CallerKind.RESIDENT and not caller.acting
    if not own and scope not in caller.scopes:
        raise ScopeMissing(cause=f"lacks {scope}", scope=scope)
    if int(caller.acr) < level or _too_old(caller, max_age):
        raise step_up(caller, level, max_age)


def permit_copy(caller: Caller) -> None:
    """Let a resident take their whole copy: themselves alone, freshly proven.

    Raises SignInNeeded, ScopeMissing (for whoever acts for them) or StepUpNeeded.
    """
    permit(caller, scope="", level=SENSITIVE, max_age=FRESH)


def copied(record: Record) -> dict[str, Value]:
    """The fields of a record that go into the copy. Other people's names are masked."""
    return {
        name: mask(value.name) if isinstance(value, SomebodyElse) else value
        for name, value in record.items()
        if name not in _NEVER and not name.endswith("_sealed")
    }


def _too_old(caller: Caller, max_age: int | None) -> bool:
    if max_age is None:
        return False
    if caller.auth_time is None:
        return True
    return (datetime.now(UTC) - caller.auth_time).total_seconds() > max_age


def step_up(
    caller: Caller, level: int, max_age: int | None = None, proofed: int | None = None
) -> StepUpNeeded:
    """What tells the caller to prove again (RFC 9470 §3), with the ways that reach it.

    ``proofed``: the resident's effective level (identity.assurance); without it, what the token
    lets one suppose: it names less than ORDINARY only when the proofing has lapsed.
    """
    if proofed is None:
        proofed = SENSITIVE if int(caller.acr) >= ORDINARY else int(caller.acr)
    scheme = "DPoP" if caller.key else "Bearer"
    challenge = f'{scheme} error="insufficient_user_authentication", acr_values="{level}"'
    if max_age is not None:
        challenge += f', max_age="{max_age}"'
    return StepUpNeeded(
        headers={"WWW-Authenticate": challenge},
        acr_values=str(level),
        max_age=max_age,
        ways=[way.id for way in reaching(level, max_age, caller, proofed)],
    )
