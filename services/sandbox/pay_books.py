"""The payment provider's books: orders, what was charged, what went back. In its own tables.

An order is charged once, unless somebody asks for the fault; a refund is made once for its number.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tortoise.transactions import in_transaction

from services.sandbox.database import Database
from services.sandbox.faults import CHINA
from services.sandbox.models import SandboxCharge, SandboxOrder, SandboxRefund

_KEPT = timedelta(days=30)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext($1))"


class OrderOther(Exception):
    """The number came before with another sum."""


class OrderOver(Exception):
    """Closed, expired, or paid already; the message is the provider's code."""


class RefundRefused(Exception):
    """More than was charged, or a number that came with another sum."""


@dataclass(frozen=True)
class Wanted:
    """An order as the merchant asks for it."""

    number: str
    fen: int
    description: str
    notify_url: str
    expires_at: datetime


class Books:
    def __init__(self, database: Database):
        self._database = database

    async def order(self, wanted: Wanted) -> SandboxOrder:
        """Made, or found by its number. Raises OrderOther, OrderOver."""
        async with self._database.reached():
            await _forget_old()
            row = SandboxOrder(
                number=wanted.number,
                token=secrets.token_urlsafe(24),
                fen=wanted.fen,
                description=wanted.description,
                notify_url=wanted.notify_url,
                expires_at=wanted.expires_at,
                created_at=datetime.now(UTC),
            )
            await SandboxOrder.bulk_create([row], ignore_conflicts=True)
            found = await SandboxOrder.get(number=wanted.number)
            if found.fen != wanted.fen:
                raise OrderOther()
            if await SandboxCharge.filter(number=found.number).exists():
                raise OrderOver("ORDERPAID")
            if found.closed:
                raise OrderOver("ORDER_CLOSED")
            return found

    async def found(self, number: str) -> SandboxOrder | None:
        async with self._database.reached():
            return await SandboxOrder.get_or_none(number=number)

    async def at_cashier(self, token: str) -> SandboxOrder | None:
        async with self._database.reached():
            return await SandboxOrder.get_or_none(token=token)

    async def charges(self, number: str) -> Sequence[SandboxCharge]:
        """The oldest first."""
        async with self._database.reached():
            return await SandboxCharge.filter(number=number).order_by("at")

    async def charge(
        self, number: str, *, fen: int | None = None, currency: str = "CNY", again: bool = False
    ) -> SandboxCharge:
        """Take the money; ``fen`` and ``currency``: where it is to be another sum; ``again``:
        although it was paid. Raises OrderOver.
        """
        async with self._database.reached(), in_transaction() as connection:
            await connection.execute_query(_LOCK, [number])
            row = await SandboxOrder.filter(number=number).using_db(connection).get()
            paid = await SandboxCharge.filter(number=number).using_db(connection).exists()
            if not again and paid:
                raise OrderOver("ORDERPAID")
            if row.closed or (not paid and row.expires_at < datetime.now(UTC)):
                raise OrderOver("ORDER_CLOSED")
            return await SandboxCharge.create(
                using_db=connection,
                transaction=f"42{secrets.randbelow(10**26):026d}",
                number=number,
                fen=row.fen if fen is None else fen,
                currency=currency,
                at=datetime.now(UTC),
            )

    async def close(self, number: str) -> bool:
        """Whether there is such an order. Raises OrderOver where it was paid."""
        async with self._database.reached(), in_transaction() as connection:
            await connection.execute_query(_LOCK, [number])
            if await SandboxCharge.filter(number=number).using_db(connection).exists():
                raise OrderOver("ORDERPAID")
            mine = SandboxOrder.filter(number=number).using_db(connection)
            return bool(await mine.update(closed=True))

    async def refund(
        self, number: str, transaction: str, fen: int, notify_url: str, state: str
    ) -> SandboxRefund:
        """Made once for its number. Raises RefundRefused."""
        async with self._database.reached(), in_transaction() as connection:
            await connection.execute_query(_LOCK, [transaction])
            charge = await SandboxCharge.get_or_none(transaction=transaction, using_db=connection)
            known = await SandboxRefund.get_or_none(number=number, using_db=connection)
            if charge is None:
                raise RefundRefused("RESOURCE_NOT_EXISTS")
            if known is not None:
                if (known.fen, known.transaction) != (fen, transaction):
                    raise RefundRefused("INVALID_REQUEST")
                return known
            mine = SandboxRefund.filter(transaction=transaction).using_db(connection)
            mine = mine.exclude(state="CLOSED")  # of those nothing goes back
            if sum([one.fen for one in await mine]) + fen > charge.fen:
                raise RefundRefused("NOT_ENOUGH")
            return await SandboxRefund.create(
                using_db=connection,
                number=number,
                id=f"50{secrets.randbelow(10**26):026d}",
                transaction=transaction,
                notify_url=notify_url,
                fen=fen,
                state=state,
                at=datetime.now(UTC),
            )

    async def number_of(self, transaction: str) -> str:
        """The order that was charged by it."""
        async with self._database.reached():
            return (await SandboxCharge.get(transaction=transaction)).number

    async def refund_of(self, number: str) -> SandboxRefund | None:
        async with self._database.reached():
            return await SandboxRefund.get_or_none(number=number)

    async def finish(self, number: str) -> SandboxRefund:
        """What was being given back has gone."""
        async with self._database.reached():
            await SandboxRefund.filter(number=number, state="PROCESSING").update(state="SUCCESS")
            return await SandboxRefund.get(number=number)

    async def put_right(self, number: str) -> None:
        """What the payer's bank did not take has gone all the same."""
        async with self._database.reached():
            await SandboxRefund.filter(number=number, state="ABNORMAL").update(state="SUCCESS")

    async def day(self, day: date) -> tuple[Sequence[SandboxCharge], Sequence[SandboxRefund]]:
        """Everything of a day in China."""
        start = datetime.combine(day, time(0), CHINA)
        within = {"at__gte": start, "at__lt": start + timedelta(days=1)}
        async with self._database.reached():
            gone = SandboxRefund.filter(state="SUCCESS", **within)
            return await SandboxCharge.filter(**within).order_by("at"), await gone.order_by("at")


async def _forget_old() -> None:
    before = datetime.now(UTC) - _KEPT
    await SandboxOrder.filter(created_at__lt=before).delete()
    await SandboxCharge.filter(at__lt=before).delete()
    await SandboxRefund.filter(at__lt=before).delete()
