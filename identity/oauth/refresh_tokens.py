"""Refresh tokens as endpoints meet them: by their hash, with the session they keep."""

import hashlib
from dataclasses import dataclass

from config.database import reaching_database
from identity.models import RefreshToken, Session

PREFIX = "zr_"


@dataclass(frozen=True)
class Kept:
    """``row.proof``: thumbprint of the key that has to be shown with it."""

    row: RefreshToken
    session: Session


async def find(token: str) -> Kept | None:
    """The token and its session, living or not. Raises DatabaseUnavailable."""
    if not token.startswith(PREFIX):
        return None
    digest = hashlib.sha256(token.encode()).hexdigest()
    with reaching_database():
        row = await RefreshToken.get_or_none(digest=digest)
        session = await Session.get_or_none(id=row.session_id) if row else None
    return Kept(row, session) if row and session else None
