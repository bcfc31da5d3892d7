"""The ways of proving who one is, and which of them reach what a service asks for.

Never a face only (face rules of 2025, CONTRACTS: never a dead end): whatever a face reaches, a
way without a camera reaches too. A house test computes it for every service of the catalogue.
"""

from dataclasses import dataclass
from datetime import timedelta

from identity.caller import NOBODY, Caller, CallerKind

ORDINARY, SENSITIVE = 3, 4  # levels of reads (CONTRACTS: proofing)
FRESH = 900  # seconds a proof counts as fresh for what is sensitive


@dataclass(frozen=True)
class Way:
    """``level``: the assurance it proves (1-5). ``amr``: how a token names it (RFC 8176 §2).

    ``face``: it needs a camera that sees the face. ``waits``: how long what it proved counts as
    ORDINARY only. ``bound``: only for residents who bound it to their own device before.
    """

    id: str
    level: int
    amr: tuple[str, ...]
    face: bool = False
    waits: timedelta = timedelta(0)
    bound: bool = False


FACE = Way("face", 4, ("face",), face=True)
NETWORK_IDENTITY = Way("network-identity", 5, ("ext",))
PASSKEY = Way("passkey", 4, ("swk", "user"), bound=True)
WINDOW = Way("window", 5, ("window",), waits=timedelta(hours=24))
BANK_CARD = Way("bank-card", 3, ("card",))

WAYS = (FACE, NETWORK_IDENTITY, PASSKEY, WINDOW, BANK_CARD)
"""In the order in which they are offered; a page shows them equally visible."""

_OWN_DEVICE = {CallerKind.NOBODY, CallerKind.RESIDENT, CallerKind.PARTNER}


def reaching(
    level: int, max_age: int | None = None, caller: Caller = NOBODY, proofed: int = SENSITIVE
) -> tuple[Way, ...]:
    """The ways by which this caller gets to ``level`` with a proof at most ``max_age`` seconds old.

    ``proofed``: the resident's effective level; a passkey proves nothing to somebody below its own.
    """
    return tuple(
        way for way in WAYS if _possible(way, caller, proofed) and _reaches(way, level, max_age)
    )


def _possible(way: Way, caller: Caller, proofed: int) -> bool:
    """A passkey lies on the resident's own device: a kiosk or a colleague's desk has none."""
    return not way.bound or (caller.kind in _OWN_DEVICE and proofed >= way.level)


def _reaches(way: Way, level: int, max_age: int | None) -> bool:
    if way.level < level:
        return False
    if level < SENSITIVE or max_age is None or max_age >= way.waits.total_seconds():
        return True
    # Too old by the time it counts; but a passkey bound on the same visit is fresh then.
    return level <= PASSKEY.level
