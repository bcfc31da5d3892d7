"""The books of money after everything that was killed: ours, the provider's and the office's.

Each check raises AssertionError; ``BALANCED`` are all of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg

from config import embedded
from tests.support.applicants import Told
from tests.support.book_pages import Row, pages
from tests.support.house import House


@dataclass(frozen=True)
class MoneyBooks:
    """Rows of ours; ``taken`` and ``returned`` at the provider, ``entered`` at the bureau."""

    told: list[Told]
    payments: list[Row]
    charges: list[Row]
    refunds: list[Row]
    quotes: list[Row]
    postings: list[Row]
    notices: list[Row]
    jobs: list[Row]
    taken: list[Row]
    returned: list[Row]
    entered: list[Row]

    @property
    def settled(self) -> bool:
        """Nothing is on its way, and every charge of the provider's is known here."""
        known = {one["transaction"] for one in self.charges}
        return (
            {one["transaction"] for one in self.taken} <= known
            and all(one["state"] == "done" for one in self.refunds)
            and not [one for one in self.quotes if one["state"] == "paid"]
            and not [one for one in self.jobs if one["status"] != "failed"]
            and not self.unpaid_but_charged
        )

    @property
    def unpaid_but_charged(self) -> list[Row]:
        charged = {one["number"] for one in self.taken}
        unpaid = ("opened", "paying")
        return [one for one in self.payments if one["number"] in charged and one["state"] in unpaid]


_OURS = {
    "payments": "SELECT * FROM payment",
    "charges": "SELECT * FROM payment_charge",
    "refunds": "SELECT * FROM payment_refund",
    "quotes": "SELECT id, number, state, key, fen, payment_number, receipt_sealed IS NOT NULL AS"
    " receipt FROM quote",
    "postings": "SELECT movement.key, movement.postings, posting.account, posting.fen::bigint"
    " FROM ledger_movement AS movement JOIN ledger_posting AS posting"
    " ON posting.movement_id = movement.id",
    "notices": "SELECT kind, subject FROM notice WHERE subject ~ '^(payment|quote):'",
    "jobs": "SELECT entrypoint, status::text FROM pgqueuer WHERE entrypoint IN ('look-at-payment',"
    " 'send-refund', 'settle-quote', 'send-notice', 'reconcile-payments') OR status = 'failed'",
}
_THEIRS = {
    "taken": "SELECT number, transaction, fen, currency, at FROM sandbox_charge",
    "returned": "SELECT number, transaction, fen, state FROM sandbox_refund",
    "entered": "SELECT key FROM sandbox_deed WHERE operation = 'flexible-payment'"
    " AND facts IS NOT NULL",
}


async def read(house: House, told: list[Told]) -> MoneyBooks:
    """Raises what asyncpg raises while PostgreSQL is away."""
    return MoneyBooks(told=told, **await pages(house, _OURS, _THEIRS))


async def compare_with_the_bill(house: House, books: MoneyBooks) -> None:
    """What the worker does every morning, for the days of these charges."""
    connection = await asyncpg.connect(embedded.postgres_dsn(house.data, "zhiban"))
    days = await connection.fetch(
        "SELECT DISTINCT (at AT TIME ZONE 'Asia/Shanghai')::date::text AS day"
        " FROM unnest($1::timestamptz[]) AS at",
        [one["at"] for one in books.taken],
    )
    for row in days:
        await connection.execute(
            "INSERT INTO pgqueuer (priority, entrypoint, payload, status)"
            " VALUES (0, 'reconcile-payments', $1, 'queued')",
            f'{{"day": "{row["day"]}"}}'.encode(),
        )
    await connection.close()


def what_was_acknowledged_is_there_and_nothing_else(books: MoneyBooks) -> None:
    """One key, one quote; one key, one payment."""
    quotes = [one.answer["number"] for one in books.told if one.path.endswith("/quotes")]
    payments = [one.answer["number"] for one in books.told if one.path == "/v1/payments"]
    assert quotes and sorted(quotes) == sorted(one["number"] for one in books.quotes)
    assert sorted(payments) == sorted(one["number"] for one in books.payments)


def every_movement_balances(books: MoneyBooks) -> None:
    sums, lines = Counter[str](), Counter[str]()
    for one in books.postings:
        sums[one["key"]] += one["fen"]
        lines[one["key"]] += 1
    assert lines and not any(sums.values())
    assert all(lines[one["key"]] == one["postings"] for one in books.postings)


def what_the_provider_holds_is_what_we_say_it_holds(books: MoneyBooks) -> None:
    ours = sum(one["fen"] for one in books.postings if one["account"] == "provider:clearing")
    back = sum(one["fen"] for one in books.returned if one["state"] == "SUCCESS")
    assert ours == sum(one["fen"] for one in books.taken) - back
    between = Counter[str]()
    for one in books.postings:
        if one["account"].startswith(("payment:", "refund:")):
            between[one["account"]] += one["fen"]
    assert not any(between.values()), "something is left on the way"


def no_charge_is_without_a_receipt_or_a_refund(books: MoneyBooks) -> None:
    """Each charge of the provider's: it paid for what the office has entered, or it went back."""
    assert books.taken
    ours = {one["transaction"]: one for one in books.charges}
    payments = {one["id"]: one for one in books.payments}
    quotes = {one["payment_number"]: one for one in books.quotes}
    for taken in books.taken:
        charge = ours[taken["transaction"]]
        back = [one["fen"] for one in books.returned if one["transaction"] == taken["transaction"]]
        payment = payments[charge["payment_id"]]
        quote = quotes.get(payment["number"])
        receipt = charge["counted"] and quote and quote["state"] == "settled" and quote["receipt"]
        assert bool(receipt) != (sum(back) == taken["fen"]), taken["number"]


def what_was_paid_was_entered_once_and_nothing_else(books: MoneyBooks) -> None:
    """By the bureau's own books, and by the keys that we sent."""
    settled = [str(one["key"]) for one in books.quotes if one["state"] == "settled"]
    assert sorted(settled) == sorted(str(one["key"]) for one in books.entered)


def nobody_was_told_the_same_thing_twice(books: MoneyBooks) -> None:
    told = Counter((one["kind"], one["subject"]) for one in books.notices)
    once = {what: n for what, n in told.items() if what[0] != "payment-surplus"}
    assert max(once.values(), default=0) <= 1, told.most_common(3)
    paid = {f"payment:{one['number']}" for one in books.payments if one["paid_at"]}
    assert {subject for kind, subject in told if kind == "payment-paid"} == paid


def no_job_was_given_up(books: MoneyBooks) -> None:
    assert not books.jobs


BALANCED: Sequence[Callable[[MoneyBooks], None]] = (
    what_was_acknowledged_is_there_and_nothing_else,
    every_movement_balances,
    what_the_provider_holds_is_what_we_say_it_holds,
    no_charge_is_without_a_receipt_or_a_refund,
    what_was_paid_was_entered_once_and_nothing_else,
    nobody_was_told_the_same_thing_twice,
    no_job_was_given_up,
)
