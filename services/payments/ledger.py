"""The double-entry ledger: what came from where and went where, in fen, for good.

    await post(connection, "charge:4200…", "charge", "ZF26…", {
        "provider:clearing": 12000, "payment:ZF26…": -12000,
    })

A positive amount is what an account has (the provider holds it for us), a negative one what it
owes (to a payee, to a resident). The amounts of a movement sum to nothing, and no row is ever
changed: the database itself refuses what does not balance when the transaction ends, and every
UPDATE, DELETE and TRUNCATE (migration ``0004_launch_rules``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

PROVIDER = "provider:clearing"
_POST = """
    WITH movement AS (
        INSERT INTO ledger_movement (key, kind, about, postings, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (key) DO NOTHING RETURNING id)
    INSERT INTO ledger_posting (movement_id, account, fen)
    SELECT movement.id, line.account, line.fen
    FROM movement, unnest($6::text[], $7::bigint[]) AS line (account, fen)
    RETURNING movement_id
"""
_BALANCE = "SELECT coalesce(sum(fen), 0)::bigint AS fen FROM ledger_posting WHERE account = $1"


async def post(
    connection: BaseDBAsyncClient, key: str, kind: str, about: str, postings: Mapping[str, int]
) -> bool:
    """Book a movement in the caller's transaction; False where ``key`` was booked before.

    ``postings``: account → fen. Raises ValueError for what does not balance; TypeError outside a
    transaction, where a movement would stand without what it tells of.
    """
    if not isinstance(connection, TransactionalDBClient):
        raise TypeError("post needs the connection of in_transaction()")
    amounts = list(postings.values())
    if len(amounts) < 2 or sum(amounts) != 0 or not all(amounts):
        raise ValueError(f"ledger: {kind} does not balance")
    lines = list(postings), amounts
    given = [key, kind, about, len(postings), datetime.now(UTC), *lines]
    return bool(await connection.execute_query_dict(_POST, given))


async def balance(connection: BaseDBAsyncClient, account: str) -> int:
    """What an account has, in fen; negative for what it owes."""
    rows = await connection.execute_query_dict(_BALANCE, [account])
    return int(rows[0]["fen"])


def payment(number: str) -> str:
    """The account of a payment: what was taken and belongs to nobody yet; nothing at rest."""
    return f"payment:{number}"


def refund(number: str) -> str:
    """The account of a refund: what is promised and has not gone yet; nothing at rest."""
    return f"refund:{number}"


def payee(name: str) -> str:
    """The account of a department or partner: what it is owed."""
    return f"payee:{name}"
