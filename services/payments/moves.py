"""What every change of a payment leaves behind: its row, the event, the audit row, the notice.

In the caller's transaction, on a row that the caller has locked.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from identity import notices
from identity.audit import record
from identity.caller import NOBODY, Caller
from services.models import Payment, PaymentEvent
from services.payments.states import Event, State, after
from services.schema import Words

_AUDITED: Mapping[Event, str] = {
    Event.PAY: "payment:paid",
    Event.CLOSE: "payment:closed",
    Event.FAIL: "payment:failed",
    Event.RETURN_PART: "payment:refunded",
    Event.RETURN_REST: "payment:refunded",
}
PURPOSE = "payment"


def now() -> datetime:
    return datetime.now(UTC)


def id_of(row: Payment) -> UUID:
    return UUID(str(row.id))


def payer_of(row: Payment) -> UUID:
    return UUID(str(row.resident_id))


def title_of(row: Payment) -> Words:
    said: Words = json.loads(row.title)
    return said


async def locked(connection: BaseDBAsyncClient, number: str) -> Payment | None:
    """The row, for this transaction alone."""
    rows = Payment.select_for_update().using_db(connection)
    return await rows.get_or_none(number=number)


async def move(connection: BaseDBAsyncClient, row: Payment, event: Event, reason: str = "") -> None:
    """To the state that ``event`` leads to. Raises PaymentMoved."""
    row.state = after(State(row.state), event)
    await note(connection, row, event, reason)
    if event in _AUDITED:
        await audited(connection, row, _AUDITED[event])


async def note(connection: BaseDBAsyncClient, row: Payment, name: str, reason: str = "") -> None:
    """What happened, with the row as it is now."""
    row.changed_at = now()
    await row.save(using_db=connection)
    await PaymentEvent.create(
        using_db=connection,
        payment_id=row.id,
        at=row.changed_at,
        name=name,
        state=row.state,
        reason=reason,
    )


async def audited(
    connection: BaseDBAsyncClient, row: Payment, event: str, by: Caller = NOBODY
) -> None:
    await record(
        connection,
        event=event,
        resident=payer_of(row),
        caller=by,
        purpose=PURPOSE,
        service=row.service,
    )


async def tell(connection: BaseDBAsyncClient, row: Payment, kind: str) -> None:
    """The notice ``payment-<kind>``."""
    facts: notices.Facts = {"title": title_of(row), "number": row.number}
    subject = f"payment:{row.number}"
    await notices.tell(connection, payer_of(row), f"payment-{kind}", facts, subject=subject)
