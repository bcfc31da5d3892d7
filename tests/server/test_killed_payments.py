"""The ledger balances and no charge is without a receipt or a refund, whatever is killed and when.

``KILLS`` says how often (``make test-faults``: 200), ``FAULTS_SEED`` plays the same parts at the
same moments again. Residents have it reckoned, pay at the cashier (every other one is charged
twice), and ask again with the same keys until they are answered. Then the books are read: ours,
the provider's and the bureau's.
"""

import os
import time
from collections.abc import Callable

import pytest

from tests.support import money_books
from tests.support.house import House
from tests.support.killing import disturbed, in_words, moments, settled
from tests.support.money_books import BALANCED, MoneyBooks
from tests.support.payers import Payer

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "20261122"))
EACH = 5  # times that one resident pays: there are months enough on any day but in January
pytestmark = [pytest.mark.server, pytest.mark.timeout(900 + 60 * KILLS)]


@pytest.fixture(scope="module")
async def books(mortal: House) -> MoneyBooks:
    """After all the kills, when nothing moves any more; everybody has asked once more by then."""
    first = await Payer.come(mortal, 0)
    length = await _undisturbed(mortal, first)
    people, began = [first], time.monotonic()
    for place, moment in enumerate(moments(KILLS, SEED)):
        if place % EACH == 0:
            people.append(await Payer.come(mortal, len(people)))
        story = people[-1].is_charged_twice if place % 2 else people[-1].pays
        await disturbed(mortal, story(), moment, length)
        await people[-1].asks_again()
        print(f"\r  {place + 1} of {KILLS}", end="", flush=True)
    found = await _settled(mortal, people, bill=True)
    _report(found, length, time.monotonic() - began)
    return found


async def _undisturbed(one: House, who: Payer) -> float:
    """Seconds that paying takes here, until the bureau has entered it."""
    began = time.monotonic()
    await who.pays()
    await _settled(one, [who])
    return time.monotonic() - began


async def _settled(one: House, people: list[Payer], *, bill: bool = False) -> MoneyBooks:
    """The books once nothing moves any more, or at last as they stand then. ``bill``: when the
    provider's bill has been compared: a second charge whose callback was lost stands only there.
    """
    told = [each for person in people for each in person.told]
    if bill:
        await money_books.compare_with_the_bill(one, await money_books.read(one, told))
    return await settled(lambda: money_books.read(one, told))


def _report(found: MoneyBooks, length: float, seconds: float) -> None:
    back_again = sum(one["surplus"] for one in found.refunds)
    print(
        f"\r  kills: {in_words(KILLS, SEED)}, within {length:.1f} s of a payment,"
        f" in {seconds:.0f} s (FAULTS_SEED={SEED})\n"
        f"  checked: {len(found.told)} acknowledged requests asked again,"
        f" {len(found.payments)} payments, {len(found.taken)} charges at the provider,"
        f" {len(found.refunds)} refunds ({back_again} of second charges),"
        f" {len(found.entered)} entered at the bureau, {len(found.postings)} postings,"
        f" {len(found.notices)} notices"
    )


@pytest.mark.parametrize("balanced", BALANCED, ids=lambda one: one.__name__)
async def test_after_every_kill(books: MoneyBooks, balanced: Callable[[MoneyBooks], None]) -> None:
    balanced(books)
