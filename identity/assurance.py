"""How well a resident is proofed today, and what level a session's tokens may name.

A proofing holds for a time (``Resident.proofed_until``), then it counts as level 2. A session
keeps the level it was proven at; its tokens never name more than the resident's proofing still
gives, nor more than an ordinary level while a window's waiting time runs.
"""

from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.models import Resident, Session
from identity.ways import ORDINARY, SENSITIVE, WINDOW

ACCOUNT, LAPSED = 1, 2  # levels: an account only; a document of good form (docs/assurance.md)


def effective(proofed: int, until: datetime, now: datetime | None = None) -> int:
    """The level (1-5) that a proofing gives at ``now`` (UTC)."""
    return proofed if (now or datetime.now(UTC)) < until else min(proofed, LAPSED)


async def standing(connection: BaseDBAsyncClient, resident: UUID) -> int:
    """The resident's effective level; ACCOUNT for one who is closed or gone."""
    row = await Resident.filter(id=resident, closed_at__isnull=True).using_db(connection).first()
    return effective(row.proofed, row.proofed_until) if row else ACCOUNT


def session_level(session: Session, proofed: int, now: datetime | None = None) -> int:
    """What this session's tokens may name (1-5); ``proofed`` is the resident's effective level.

    A session of a window is ORDINARY until ``sensitive_from`` and then what the window proved.
    """
    proven = int(session.acr)
    if session.sensitive_from is not None:
        waits = (now or datetime.now(UTC)) < session.sensitive_from
        proven = ORDINARY if waits else WINDOW.level
    return min(proven, proofed)


def returning(proofed: int) -> int:
    """The level of a return by a bound device or WeChat: never more than ORDINARY."""
    return min(proofed, ORDINARY)


def renews(proven: int, held: int) -> bool:
    """Whether a proof given within a session at level ``held`` becomes the session's own.

    One below SENSITIVE neither lowers a higher session nor makes its old proof look fresh.
    """
    return proven >= min(held, SENSITIVE)
