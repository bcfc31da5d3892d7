"""Who a member of staff is among the residents, so that nobody works on what is their own, their
family's, or somebody's whom they act for.
"""

from collections.abc import Sequence
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from identity.models import StaffAccount
from identity.staff.roles import Member
from identity.vault import Vault

_WHOSE = """
    SELECT document.resident_id AS id FROM document_index JOIN document ON document.id = document_id
    WHERE digest = ANY($1) LIMIT 1
"""
_NEAR = f"""
    WITH me AS ({_WHOSE})
    SELECT id FROM me
    UNION SELECT guardian_id FROM guardianship, me WHERE ward_id = me.id AND ended_at IS NULL
    UNION SELECT ward_id FROM guardianship, me WHERE guardian_id = me.id AND ended_at IS NULL
    UNION SELECT principal_id FROM mandate, me WHERE agent_id = me.id AND ended_at IS NULL
    UNION SELECT agent_id FROM mandate, me WHERE principal_id = me.id AND ended_at IS NULL
"""


async def own_residents(
    vault: Vault, member: Member, connection: BaseDBAsyncClient | None = None
) -> frozenset[UUID]:
    """The resident whom the document of their account leads to, if there is one here, with wards,
    guardians, and both sides of mandates in force. One statement, where the document is known.

    A rotation moves accounts and the index each on its own time: the index may be ahead.
    """
    where = connection or get_connection("default")
    document = member.document
    if document is None:
        document = (await StaffAccount.get(id=member.id, using_db=where)).document
    if not document:
        return frozenset()
    rows = await where.execute_query_dict(_NEAR, [vault.later(document)])
    return frozenset(UUID(str(row["id"])) for row in rows if row["id"])


async def resident_by(connection: BaseDBAsyncClient, digests: Sequence[str]) -> object | None:
    """Whose document is indexed so, if anybody's here."""
    rows = await connection.execute_query_dict(_WHOSE, [list(digests)])
    return rows[0]["id"] if rows else None
