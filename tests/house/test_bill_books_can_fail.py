"""The books of bills read after kills: balanced ones pass, and each thing that may go wrong is
seen.
"""

from collections.abc import Callable
from copy import deepcopy
from uuid import UUID, uuid5

import pytest

from tests.support.bill_books import BALANCED, BillBooks
from tests.support.book_pages import failing

BILL, KEY, REFUND, PAYMENT = (UUID(int=n) for n in range(1, 5))
Wrong = Callable[[BillBooks], None]


def good() -> BillBooks:
    """One bill of a hundred yuan, half of it cash, half of it given back."""
    parts = {"government_fen": 4_000, "self_fen": 900, "other_fen": 0, "cash_fen": 5_000}
    return BillBooks(
        told=[{"number": "YB1", "fen": 4_950}],
        bills=[
            {"id": BILL, "number": "YB1", "key": KEY, "state": "part-refunded",
             "total_fen": 10_000, "reductions_fen": 100, "payment_number": "ZF1", **parts}
        ],
        refunds=[
            {"id": REFUND, "bill_id": BILL, "fen": 4_950, "cash_fen": 2_500,
             "insurance_done_at": "now", "cash_done_at": "now"}
        ],
        payments=[{"id": PAYMENT, "number": "ZF1", "state": "part-refunded"}],
        postings=[
            {"key": "charge:42", "account": "provider:clearing", "fen": 5_000},
            {"key": "charge:42", "account": "payment:ZF1", "fen": -5_000},
            {"key": "pay:ZF1", "account": "payment:ZF1", "fen": 5_000},
            {"key": "pay:ZF1", "account": "payee:c-hospital", "fen": -5_000},
        ],
        notices=[
            {"kind": f"bill-{what}", "subject": "bill:YB1"}
            for what in ("opened", "paid", "refunded")
        ],
        jobs=[],
        taken=[{"number": "ZF1", "transaction": "42", "fen": 5_000}],
        returned=[{"transaction": "42", "fen": 2_500, "state": "SUCCESS"}],
        deeds=[
            {"operation": "bill-settlement", "key": uuid5(KEY, "settle")},
            {"operation": "bill-return", "key": REFUND},
        ],
        office={
            "YB1": {"setl_stas": "4", "fund_pay": "40.00", "psn_acct_pay": "9.00",
                    "oth_pay": "0.00"}
        },
    )  # fmt: skip


def a_visit_billed_twice(books: BillBooks) -> None:
    books.bills.append(books.bills[0] | {"id": UUID(int=9), "number": "YB2"})


def a_fen_from_nowhere(books: BillBooks) -> None:
    books.bills[0]["total_fen"] += 1


def the_office_paid_another_sum(books: BillBooks) -> None:
    books.office["YB1"]["fund_pay"] = "40.01"


def the_office_never_paid(books: BillBooks) -> None:
    books.office["YB1"]["setl_stas"] = "2"


def taken_back_twice_at_the_office(books: BillBooks) -> None:
    books.deeds.append({"operation": "bill-return", "key": UUID(int=9)})


def never_taken_back_at_the_office(books: BillBooks) -> None:
    books.deeds.pop()


def charged_another_sum(books: BillBooks) -> None:
    books.taken[0]["fen"] = 4_999


def cash_given_back_twice(books: BillBooks) -> None:
    books.returned.append(books.returned[0])


def money_left_on_the_way(books: BillBooks) -> None:
    del books.postings[2:]


def told_twice(books: BillBooks) -> None:
    books.notices.append(books.notices[0])


def never_told(books: BillBooks) -> None:
    books.notices.pop()


def a_job_that_was_given_up(books: BillBooks) -> None:
    books.jobs.append({"entrypoint": "return-medical-bill", "status": "failed"})


FAULTS: tuple[Wrong, ...] = (
    a_visit_billed_twice,
    a_fen_from_nowhere,
    the_office_paid_another_sum,
    the_office_never_paid,
    taken_back_twice_at_the_office,
    never_taken_back_at_the_office,
    charged_another_sum,
    cash_given_back_twice,
    money_left_on_the_way,
    told_twice,
    never_told,
    a_job_that_was_given_up,
)


def found(books: BillBooks) -> set[str]:
    """The checks that fail."""
    return failing(BALANCED, books, KeyError)


def test_balanced_books_pass():
    assert found(good()) == set() and good().settled


@pytest.mark.parametrize("wrong", FAULTS, ids=lambda one: one.__name__)
def test_a_fault_is_seen(wrong: Wrong):
    books = deepcopy(good())
    wrong(books)
    assert found(books)


def test_every_check_can_fail():
    seen = set()
    for wrong in FAULTS:
        books = deepcopy(good())
        wrong(books)
        seen |= found(books)
    assert seen == {check.__name__ for check in BALANCED}


def test_what_is_on_its_way_is_not_settled():
    going, under_way = good(), good()
    going.refunds[0]["insurance_done_at"] = None
    under_way.bills[0]["state"] = "settling"
    assert not going.settled and not under_way.settled
