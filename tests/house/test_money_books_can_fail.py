"""The money read after kills: balanced books pass, and each thing that may go wrong is seen."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from uuid import UUID

import pytest

from tests.support.applicants import Told
from tests.support.book_pages import failing
from tests.support.money_books import BALANCED, MoneyBooks

PAYMENT, KEY = UUID(int=1), UUID(int=2)
QUOTES = "/v1/services/flexible-social-insurance/quotes"
Wrong = Callable[[MoneyBooks], None]


def moved(key: str, **accounts: int) -> list[dict[str, object]]:
    named = {name.replace("__", ":"): fen for name, fen in accounts.items()}
    count = len(named)
    return [
        {"key": key, "postings": count, "account": name, "fen": fen} for name, fen in named.items()
    ]


def good() -> MoneyBooks:
    """One month paid and entered; the provider charged twice and gave the second back."""
    return MoneyBooks(
        told=[
            Told(QUOTES, "k1", {}, {"number": "BJ1"}),
            Told("/v1/payments", "k2", {}, {"number": "ZF1"}),
        ],
        payments=[{"id": PAYMENT, "number": "ZF1", "state": "paid", "paid_at": "now"}],
        charges=[
            {"payment_id": PAYMENT, "transaction": "42a", "fen": 1200, "counted": True},
            {"payment_id": PAYMENT, "transaction": "42b", "fen": 1200, "counted": False},
        ],
        refunds=[{"number": "TK1", "state": "done", "surplus": True}],
        quotes=[
            {"number": "BJ1", "state": "settled", "key": KEY, "payment_number": "ZF1",
             "receipt": True}
        ],
        postings=[
            *moved("charge:42a", provider__clearing=1200, payment__ZF1=-1200),
            *moved("pay:ZF1", payment__ZF1=1200, payee__bureau=-1200),
            *moved("charge:42b", provider__clearing=1200, payment__ZF1=-1200),
            *moved("promise:TK1", payment__ZF1=1200, refund__TK1=-1200),
            *moved("return:TK1", refund__TK1=1200, provider__clearing=-1200),
        ],
        notices=[{"kind": "payment-paid", "subject": "payment:ZF1"}],
        jobs=[],
        taken=[
            {"number": "ZF1", "transaction": "42a", "fen": 1200},
            {"number": "ZF1", "transaction": "42b", "fen": 1200},
        ],
        returned=[{"number": "TK1", "transaction": "42b", "fen": 1200, "state": "SUCCESS"}],
        entered=[{"key": KEY}],
    )  # fmt: skip


def a_payment_nobody_was_told_of(books: MoneyBooks) -> None:
    books.payments.append({"id": KEY, "number": "ZF2", "state": "paying", "paid_at": None})


def a_second_quote_for_a_key(books: MoneyBooks) -> None:
    books.quotes.append(books.quotes[0] | {"number": "BJ2", "state": "offered", "receipt": False})


def a_movement_that_does_not_balance(books: MoneyBooks) -> None:
    books.postings[0]["fen"] = 1201


def a_posting_too_many(books: MoneyBooks) -> None:
    books.postings.extend(moved("pay:ZF1", payment__ZF1=5, payee__bureau=-5))


def a_charge_we_never_heard_of(books: MoneyBooks) -> None:
    books.taken.append({"number": "ZF1", "transaction": "42c", "fen": 1200})
    books.charges.append({"payment_id": PAYMENT, "transaction": "42c", "counted": False})


def a_charge_without_a_receipt(books: MoneyBooks) -> None:
    books.quotes[0] |= {"receipt": False}


def a_second_charge_that_did_not_go_back(books: MoneyBooks) -> None:
    books.returned.clear()


def money_that_went_back_though_it_was_entered(books: MoneyBooks) -> None:
    one = books.returned[0]
    books.returned.append(one | {"transaction": "42a"})


def money_left_on_the_way(books: MoneyBooks) -> None:
    del books.postings[-2:]


def entered_twice(books: MoneyBooks) -> None:
    books.entered.append({"key": UUID(int=3)})


def never_entered(books: MoneyBooks) -> None:
    books.entered.clear()


def told_twice(books: MoneyBooks) -> None:
    books.notices.append(books.notices[0])


def never_told(books: MoneyBooks) -> None:
    books.notices.clear()


def a_job_that_was_given_up(books: MoneyBooks) -> None:
    books.jobs.append({"entrypoint": "send-refund", "status": "failed"})


FAULTS: tuple[Wrong, ...] = (
    a_payment_nobody_was_told_of,
    a_second_quote_for_a_key,
    a_movement_that_does_not_balance,
    a_posting_too_many,
    a_charge_we_never_heard_of,
    a_charge_without_a_receipt,
    a_second_charge_that_did_not_go_back,
    money_that_went_back_though_it_was_entered,
    money_left_on_the_way,
    entered_twice,
    never_entered,
    told_twice,
    never_told,
    a_job_that_was_given_up,
)


def found(books: MoneyBooks) -> set[str]:
    """The checks that fail."""
    return failing(BALANCED, books)


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
    unheard = replace(good(), charges=good().charges[:1])
    unpaid = deepcopy(good())
    unpaid.payments[0]["state"] = "paying"
    assert not unheard.settled and not unpaid.settled
