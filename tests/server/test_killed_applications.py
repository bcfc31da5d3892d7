"""Nothing acknowledged is lost and nothing happens twice, whatever is killed and whenever.

``KILLS`` says how often (``make test-faults``: 200), ``FAULTS_SEED`` plays the same parts at the
same moments again. Residents apply to two offices, and ask again with the same keys until they are
answered. Then the books are read: theirs, ours and the offices'.
"""

import os
import time
from collections.abc import Callable

import pytest

from tests.support import books as accounts
from tests.support.applicants import Applicant
from tests.support.books import BALANCED, Books
from tests.support.house import House
from tests.support.killing import disturbed, in_words, moments, settled

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "20261121"))
pytestmark = [pytest.mark.server, pytest.mark.timeout(900 + 60 * KILLS)]


@pytest.fixture(scope="module")
async def books(mortal: House) -> Books:
    """After all the kills, when nothing moves any more; everybody has asked once more by then."""
    first = await Applicant.arrived(mortal, 0)
    length = await _undisturbed(mortal, first)
    people, began = [first], time.monotonic()
    for place, moment in enumerate(moments(KILLS, SEED)):
        if place % 2 == 0:
            people.append(await Applicant.arrived(mortal, len(people)))
        story = people[-1].withdraws if place % 2 == 0 else people[-1].registers
        await disturbed(mortal, story(), moment, length)
        await people[-1].asks_again()
        print(f"\r  {place + 1} of {KILLS}", end="", flush=True)
    found = await _settled(mortal, people)
    _report(found, length, time.monotonic() - began)
    return found


async def _undisturbed(one: House, who: Applicant) -> float:
    """Seconds that an application takes here from its submission to the end."""
    began = time.monotonic()
    await who.withdraws()
    await _settled(one, [who])
    return time.monotonic() - began


async def _settled(one: House, people: list[Applicant]) -> Books:
    """The books once nothing moves any more, or at last as they stand then."""
    told = [each for person in people for each in person.told]
    return await settled(lambda: accounts.read(one, told))


def _report(found: Books, length: float, seconds: float) -> None:
    print(
        f"\r  kills: {in_words(KILLS, SEED)}, within {length:.1f} s of a submission,"
        f" in {seconds:.0f} s (FAULTS_SEED={SEED})\n"
        f"  checked: {len(found.told)} acknowledged requests asked again,"
        f" {len(found.applications)} applications, {len(found.events)} events,"
        f" {len(found.steps)} steps asked {sum(one['attempts'] for one in found.steps)} times,"
        f" {len(found.deeds)} deeds of offices, {len(found.notices)} notices,"
        f" {len(found.audit)} audit events"
    )


@pytest.mark.parametrize("balanced", BALANCED, ids=lambda one: one.__name__)
async def test_after_every_kill(books: Books, balanced: Callable[[Books], None]) -> None:
    balanced(books)
