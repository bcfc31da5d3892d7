"""What ends with a client: its sessions, when it is suspended; its grants too, when it closes."""

from datetime import UTC, datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from identity.models import Grant, Partner
from identity.oauth import logout_tokens
from identity.partners.client import State

# One statement, however many there are; their refresh tokens go with them.
_END = """
WITH ended AS (
    UPDATE session SET ended_at = $2, ended_why = $3
    WHERE client = $1 AND ended_at IS NULL RETURNING id
)
DELETE FROM refresh_token USING ended WHERE refresh_token.session_id = ended.id
"""


async def end_tokens(connection: BaseDBAsyncClient, row: Partner, why: str) -> None:
    """Whatever this client was issued until now is dead, in the story's transaction.

    No worker has to hear of each session: all ask for the client on every use of a token
    (``identity.oauth.callers``), and it was issued before ``tokens_from``.
    """
    row.tokens_from = datetime.now(UTC)
    await connection.execute_query(_END, [row.id, row.tokens_from, why])
    await logout_tokens.owe_all(connection, row, row.tokens_from)


async def close(connection: BaseDBAsyncClient, row: Partner) -> None:
    """For ever: nobody manages it any more, and no resident's grant outlives it."""
    await end_tokens(connection, row, "client-closed")
    living = Grant.filter(client=row.id, ended_at__isnull=True).using_db(connection)
    await living.update(ended_at=row.tokens_from, ended_why="client-closed")
    row.state = State.CLOSED.value
    row.registration_token = ""
    row.responsible_sealed = row.proposed = None
    await row.save(using_db=connection)
