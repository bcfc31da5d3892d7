"""Who a member of staff is among the residents, so that nobody works on what is their own."""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.models import Document, DocumentIndex, StaffAccount
from identity.staff.roles import Member
from identity.vault import Vault


async def own_resident(
    vault: Vault, member: Member, connection: BaseDBAsyncClient | None = None
) -> UUID | None:
    """The resident whom the document of their account leads to, if there is one here.

    A rotation moves accounts and the index each on its own time: the index may be ahead.
    """
    where = connection or get_connection("default")
    account = await StaffAccount.get(id=member.id, using_db=where)
    if not account.document:
        return None
    found = await resident_by(where, vault.later(account.document))
    return UUID(str(found)) if found else None


async def resident_by(connection: BaseDBAsyncClient, digests: Sequence[str]) -> object | None:
    """Whose document is indexed so, if anybody's here."""
    index = await DocumentIndex.filter(digest__in=digests).using_db(connection).first()
    if index is None:
        return None
    return (await Document.get(id=index.document_id, using_db=connection)).resident_id
