"""The books of medical bills after everything that was killed: ours, the provider's, the office's.

Each check raises AssertionError; ``BALANCED`` are all of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from tests.support.billed import Billing
from tests.support.bills import ask_office
from tests.support.book_pages import Row, pages
from tests.support.house import House
from tests.support.house_http import sandbox_of

SETTLED = "4"
PARTS = {"government_fen": "fund_pay", "self_fen": "psn_acct_pay", "other_fen": "oth_pay"}


@dataclass(frozen=True)
class BillBooks:
    """Rows of ours; ``taken`` and ``returned`` at the provider; ``deeds``: what the office did;
    ``office``: what it says of each bill, by our number.
    """

    told: list[Row]
    bills: list[Row]
    refunds: list[Row]
    payments: list[Row]
    postings: list[Row]
    notices: list[Row]
    jobs: list[Row]
    taken: list[Row]
    returned: list[Row]
    deeds: list[Row]
    office: dict[str, Row]

    @property
    def settled(self) -> bool:
        """Nothing is on its way."""
        return (
            all(one["state"] == "part-refunded" for one in (*self.bills, *self.payments))
            and all(one["insurance_done_at"] and one["cash_done_at"] for one in self.refunds)
            and not [one for one in self.jobs if one["status"] != "failed"]
        )


_OURS = {
    "bills": "SELECT * FROM medical_bill",
    "refunds": "SELECT * FROM medical_refund",
    "payments": "SELECT * FROM payment",
    "postings": "SELECT movement.key, posting.account, posting.fen::bigint FROM ledger_movement AS"
    " movement JOIN ledger_posting AS posting ON posting.movement_id = movement.id",
    "notices": "SELECT kind, subject FROM notice WHERE kind LIKE 'bill-%'",
    "jobs": "SELECT entrypoint, status::text FROM pgqueuer WHERE entrypoint LIKE '%-medical-%'"
    " OR entrypoint IN ('look-at-payment', 'send-refund', 'send-notice') OR status = 'failed'",
}
_THEIRS = {
    "taken": "SELECT number, transaction, fen FROM sandbox_charge",
    "returned": "SELECT transaction, fen, state FROM sandbox_refund",
    "deeds": "SELECT operation, key FROM sandbox_deed WHERE office = 'medical-insurance'"
    " AND operation IN ('bill-settlement', 'bill-return') AND facts IS NOT NULL",
}


async def read(house: House, billed: Sequence[Billing]) -> BillBooks:
    """Raises what asyncpg raises while PostgreSQL is away."""
    read = await pages(house, _OURS, _THEIRS)
    said = [{"number": one.number, "fen": one.refund["fen"]} for one in billed]
    settlements = {row["number"]: row["settlement"] for row in read["bills"]}
    return BillBooks(told=said, office=await _office(house, billed, settlements), **read)


async def _office(
    house: House, billed: Sequence[Billing], settlements: dict[str, str]
) -> dict[str, Row]:
    async with sandbox_of(house) as sandbox:
        return {
            one.number: (
                await ask_office(
                    sandbox, one.patient.person, "bill-result", setl_id=settlements[one.number]
                )
            )["output"]
            for one in billed
        }


def what_was_acknowledged_is_there_and_nothing_else(books: BillBooks) -> None:
    """One visit, one bill; one reference, one refund."""
    assert books.told
    numbers = {row["id"]: row["number"] for row in books.bills}
    assert sorted(one["number"] for one in books.told) == sorted(numbers.values())
    ours = sorted((numbers[one["bill_id"]], one["fen"]) for one in books.refunds)
    assert ours == sorted((one["number"], one["fen"]) for one in books.told)


def every_bill_is_paid_whole_from_its_sources(books: BillBooks) -> None:
    for one in books.bills:
        insured = sum(one[part] for part in PARTS)
        assert one["total_fen"] == insured + one["cash_fen"] + one["reductions_fen"]
        assert one["cash_fen"] > 0 and insured > 0 and one["state"] == "part-refunded"


def insurance_paid_what_our_rows_say(books: BillBooks) -> None:
    for one in books.bills:
        said = books.office[one["number"]]
        assert said["setl_stas"] == SETTLED
        for ours, theirs in PARTS.items():
            assert int(said[theirs].replace(".", "")) == one[ours], ours


def the_office_did_each_step_once(books: BillBooks) -> None:
    """By the keys that were sent: of a bill for its paying, of a refund for its return."""
    done = sorted((one["operation"], str(one["key"])) for one in books.deeds)
    paid = [("bill-settlement", str(uuid5(UUID(str(one["key"])), "settle"))) for one in books.bills]
    assert done == sorted(paid + [("bill-return", str(one["id"])) for one in books.refunds])


def the_provider_took_the_cash_and_gave_back_its_share(books: BillBooks) -> None:
    numbers = {one["number"]: one["id"] for one in books.payments}
    cash = {one["payment_number"]: one for one in books.bills}
    assert sorted(one["number"] for one in books.taken) == sorted(numbers) == sorted(cash)
    for taken in books.taken:
        bill, transaction = cash[taken["number"]], taken["transaction"]
        assert taken["fen"] == bill["cash_fen"]
        back = [one["fen"] for one in books.returned if one["transaction"] == transaction]
        mine = [one["cash_fen"] for one in books.refunds if one["bill_id"] == bill["id"]]
        assert back == mine


def every_movement_balances_and_nothing_is_left_on_the_way(books: BillBooks) -> None:
    sums = Counter[str]()
    for one in books.postings:
        sums[one["key"]] += one["fen"]
        if one["account"].startswith(("payment:", "refund:")):
            sums[one["account"]] += one["fen"]
    assert sums and not any(sums.values())


def everybody_was_told_once(books: BillBooks) -> None:
    found = Counter((one["kind"], one["subject"]) for one in books.notices)
    kinds = ("bill-opened", "bill-paid", "bill-refunded")
    wanted = {(kind, f"bill:{one['number']}"): 1 for one in books.bills for kind in kinds}
    assert found == wanted


def no_job_was_given_up(books: BillBooks) -> None:
    assert not books.jobs


BALANCED: Sequence[Callable[[BillBooks], None]] = (
    what_was_acknowledged_is_there_and_nothing_else,
    every_bill_is_paid_whole_from_its_sources,
    insurance_paid_what_our_rows_say,
    the_office_did_each_step_once,
    the_provider_took_the_cash_and_gave_back_its_share,
    every_movement_balances_and_nothing_is_left_on_the_way,
    everybody_was_told_once,
    no_job_was_given_up,
)
