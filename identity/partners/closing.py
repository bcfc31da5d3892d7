"""What ends with a client: its sessions, when it is suspended; its grants too, when it closes.

Whatever it was issued is dead from the moment the client says so (``tokens_from``): tokens are held
against that on every use, refresh tokens too. That the rows say it as well is done in batches, the
first with the decision itself: a statement over a million rows would be cut off, and the decision
with it.
"""

from datetime import UTC, datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from config.jobs import Payload, enqueue
from identity.models import Partner
from identity.oauth import logout_tokens
from identity.partners.client import State

JOB = "end-rest-of-client"
BATCH = 5_000  # rows; a tenth of a second
SUSPENDED, CLOSED, CHANGED = "client-suspended", "client-closed", "client-changed"
# Locked in the order of their ids, so that two who end the same rows never wait crosswise.
_END_SESSIONS = """
WITH batch AS (
    SELECT id FROM session WHERE ended_at IS NULL AND id IN (
        SELECT id FROM session WHERE client = $1 AND ended_at IS NULL AND created_at <= $2 LIMIT $4
    ) ORDER BY id FOR UPDATE
), ended AS (
    UPDATE session SET ended_at = $2, ended_why = $3 FROM batch WHERE session.id = batch.id
    RETURNING session.id
), gone AS (
    DELETE FROM refresh_token USING ended WHERE refresh_token.session_id = ended.id
)
SELECT count(*) AS ended FROM ended
"""
_END_GRANTS = """
WITH batch AS (
    SELECT id FROM partner_grant WHERE ended_at IS NULL AND id IN (
        SELECT id FROM partner_grant
        WHERE client = $1 AND ended_at IS NULL AND given_at <= $2 LIMIT $4
    ) ORDER BY id FOR UPDATE
), ended AS (
    UPDATE partner_grant SET ended_at = $2, ended_why = $3 FROM batch
    WHERE partner_grant.id = batch.id RETURNING partner_grant.id
)
SELECT count(*) AS ended FROM ended
"""


async def end_tokens(connection: BaseDBAsyncClient, row: Partner, why: str) -> None:
    """Whatever this client was issued until now is dead, in the story's transaction.

    No worker has to hear of each session: all ask for the client on every use of a token
    (``identity.oauth.callers``), and it was issued before ``tokens_from``.
    """
    row.tokens_from = datetime.now(UTC)
    await _end(connection, row, row.tokens_from, why)


async def close(connection: BaseDBAsyncClient, row: Partner) -> None:
    """For ever: nobody manages it any more, and no resident's grant outlives it."""
    await end_tokens(connection, row, CLOSED)
    row.state = State.CLOSED.value
    row.registration_token = ""
    row.responsible_sealed = row.proposed = None
    await row.save(using_db=connection)


async def end_rest(payload: Payload) -> None:
    """The worker's job: one batch more, and itself again while there are any. Idempotent."""
    before = datetime.fromisoformat(payload["before"])
    async with in_transaction() as connection:
        row = await Partner.get_or_none(id=payload["client"], using_db=connection)
        if row is not None:
            await _end(connection, row, before, payload["why"])


async def _end(connection: BaseDBAsyncClient, row: Partner, before: datetime, why: str) -> None:
    """A batch; then the rest is a job's, or the client is told of all that ended."""
    statements = [_END_SESSIONS, _END_GRANTS] if why == CLOSED else [_END_SESSIONS]
    ended = []
    for statement in statements:
        counted = await connection.execute_query_dict(statement, [row.id, before, why, BATCH])
        ended.append(counted[0]["ended"])
    if max(ended) < BATCH:
        await logout_tokens.owe_all(connection, row, before)
    else:
        payload = {"client": row.id, "before": before.isoformat(), "why": why}
        await enqueue(connection, JOB, payload)
