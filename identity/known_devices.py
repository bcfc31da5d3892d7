"""Which devices a resident has used, and telling them of one they have not."""

from collections.abc import Collection
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from config.texts import text
from identity import notices
from identity.models import Session
from identity.places import shown

# A device that showed a stolen token, or whose session its owner did not know, is none of theirs.
THROWN_OUT = ("reuse", "not-me")


async def is_new(connection: BaseDBAsyncClient, resident: UUID, device: Collection[str]) -> bool:
    """Whether the resident has signed in before, and never here. ``device``: its digests.

    Ask before the session is opened. Sessions are remembered for 180 days after their end.
    """
    before = Session.filter(resident_id=resident).using_db(connection)
    here = before.filter(device__in=list(device)).exclude(ended_why__in=THROWN_OUT)
    return await before.exists() and not await here.exists()


async def tell_of(connection: BaseDBAsyncClient, session: Session) -> None:
    """Tell the resident, in the story's transaction, that this session is on a new device."""
    resident = UUID(str(session.resident_id))
    locale = await notices.locale_of(resident, connection)
    facts = {
        "device": session.device_name or text("device.other", locale),
        "place": shown(session.place, locale),
    }
    await notices.tell(connection, resident, "new-device", facts, UUID(str(session.id)))
