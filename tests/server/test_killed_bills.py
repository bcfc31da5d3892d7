"""A medical bill is paid to the fen by insurance and cash, and half of it given back, whatever is
killed and when.

``KILLS`` says how often (``make test-faults``: 200), ``FAULTS_SEED`` plays the same parts at the
same moments again. A hospital bills and gives back, patients have it shared out and pay; both ask
again until they are answered. Then the books are read: ours, the provider's and the office's.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.support import bill_books
from tests.support.bill_books import BALANCED, BillBooks
from tests.support.billed import BilledPatient
from tests.support.bills import Hospital
from tests.support.house import House, house
from tests.support.house_http import a_hospital_of
from tests.support.killing import disturbed, in_words, moments, settled

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "20261123"))
SETTLED = 400.0  # seconds: what stood still is begun again after three minutes
EACH = 4  # bills of one patient: a sign-in opens bills for a quarter of an hour
pytestmark = [pytest.mark.server, pytest.mark.timeout(1000 + 90 * KILLS)]


@pytest.fixture(scope="module")
async def books() -> AsyncIterator[BillBooks]:
    """After all the kills, when nothing moves any more; everybody has asked once more by then."""
    with house() as one:
        await asyncio.to_thread(one.start)
        async with a_hospital_of(one) as hospital:
            found = await _killed(one, hospital)
        yield found


async def _killed(one: House, hospital: Hospital) -> BillBooks:
    people = [await BilledPatient.come(one, 0)]
    length, began = await _undisturbed(one, people[0], hospital), time.monotonic()
    for place, moment in enumerate(moments(KILLS, SEED)):
        if place % EACH == 0:
            people.append(await BilledPatient.come(one, len(people)))
        await disturbed(one, people[-1].is_billed(hospital), moment, length)
        await people[-1].asks_again()
        print(f"\r  {place + 1} of {KILLS}", end="", flush=True)
    for who in people:
        await who.is_sent_again(hospital)
    found = await _settled(one, people)
    _report(found, length, time.monotonic() - began)
    return found


async def _undisturbed(one: House, who: BilledPatient, hospital: Hospital) -> float:
    """Seconds that a bill takes here, until both halves of what was given back have arrived."""
    began = time.monotonic()
    await who.is_billed(hospital)
    await _settled(one, [who])
    return time.monotonic() - began


async def _settled(one: House, people: list[BilledPatient]) -> BillBooks:
    billed = [each for who in people for each in who.billed]
    return await settled(lambda: bill_books.read(one, billed), SETTLED)


def _report(found: BillBooks, length: float, seconds: float) -> None:
    print(
        f"\r  kills: {in_words(KILLS, SEED)}, within {length:.1f} s of a bill,"
        f" in {seconds:.0f} s (FAULTS_SEED={SEED})\n"
        f"  checked: {len(found.bills)} bills, {len(found.taken)} charges at the provider,"
        f" {len(found.refunds)} refunds, {len(found.deeds)} deeds of the office,"
        f" {len(found.postings)} postings, {len(found.notices)} notices"
    )


@pytest.mark.parametrize("balanced", BALANCED, ids=lambda one: one.__name__)
async def test_after_every_kill(books: BillBooks, balanced: Callable[[BillBooks], None]) -> None:
    balanced(books)
