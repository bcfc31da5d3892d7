"""No seat has two couples and nothing acknowledged is lost, whatever is killed and whenever.

``KILLS`` says how often (``make test-faults``: 200), ``FAULTS_SEED`` plays the same parts at the
same moments again. Couples take the first time that is free, all of them the same; one gives up
what it had meanwhile. They ask again with the same keys until they are answered; then the books
are read.
"""

import asyncio
import os
import time
from collections.abc import Callable

import pytest

from tests.support import wedding_books as accounts
from tests.support.house import House
from tests.support.killing import Moment, disturbed, in_words, moments, settled
from tests.support.wedding_books import BALANCED, Books, Said
from tests.support.wedding_guests import OFFICES, Couple

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "20261121"))
pytestmark = [pytest.mark.server, pytest.mark.timeout(900 + 60 * KILLS)]


@pytest.fixture(scope="module")
async def books(mortal: House) -> Books:
    """After all the kills, when nothing moves any more; everybody has asked once more by then."""
    couples, began = [await Couple.arrived(mortal)], time.monotonic()
    length = await _undisturbed(couples[0])
    for place, moment in enumerate(moments(KILLS, SEED)):
        couples.append(await Couple.arrived(mortal))
        await _disturbed(mortal, couples[-2], couples[-1], moment, length)
        await couples[-1].asks_again()
        print(f"\r  {place + 1} of {KILLS}", end="", flush=True)
    found = await _settled(mortal, couples)
    _report(found, length, time.monotonic() - began)
    return found


async def _undisturbed(couple: Couple) -> float:
    """Seconds that booking, giving up and booking again take here."""
    await couple.books(OFFICES[0])
    began = time.monotonic()
    await couple.books_again(OFFICES[0])
    return time.monotonic() - began


async def _disturbed(
    one: House, older: Couple, newer: Couple, moment: Moment, length: float
) -> None:
    """Both want the same time; what the older had is free for the newer."""
    office = OFFICES[hash(moment.share) % len(OFFICES)]
    telling = asyncio.gather(older.books_again(office), newer.books(office))
    await disturbed(one, telling, moment, length)


async def _settled(one: House, couples: list[Couple]) -> Books:
    said = Said.by([guest for couple in couples for guest in couple.guests])
    return await settled(lambda: accounts.read(one, said))


def _report(found: Books, length: float, seconds: float) -> None:
    said = found.said
    print(
        f"\r  kills: {in_words(KILLS, SEED)}, within {length:.1f} s of a booking,"
        f" in {seconds:.0f} s (FAULTS_SEED={SEED})\n"
        f"  checked: {len(said.held)} acknowledged holds, {len(said.confirmed)} confirmations and"
        f" {len(said.cancelled)} cancellations, {len(found.bookings)} appointments,"
        f" {len(found.notices)} notices, {len(found.audit)} audit events"
    )


@pytest.mark.parametrize("balanced", BALANCED, ids=lambda one: one.__name__)
async def test_after_every_kill(books: Books, balanced: Callable[[Books], None]) -> None:
    balanced(books)
