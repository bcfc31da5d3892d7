"""No stranger locks a resident out: whatever they spend, the resident's own doors stay open."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

from identity import consent
from identity.admission import Arrival, Proven
from identity.attempts import Attempts
from identity.documents import parse
from identity.errors import TryBudgetSpent, TryTooSoon
from identity.models import Try
from identity.ways import BANK_CARD, NETWORK_IDENTITY, WINDOW, Way
from tests.support.sandbox import SandboxResident
from tests.support.verification_parts import Counter

MINE = "a-phone-of-my-own"
WITHOUT_A_FACE = [NETWORK_IDENTITY, WINDOW, BANK_CARD]


async def attack(counter: Counter, resident: SandboxResident, rounds: int = 30) -> int:
    """A stranger spends everything there is, from a new device and network each time."""
    number = parse("resident-id", resident.number)
    whose = await counter.story.residents.find(number)
    given = counter.story.attempts._settings.model_copy(update={"try_waits": ()})
    patient = Attempts(counter.worker.cache, counter.worker.vault, given)  # who waits each time
    spent = 0
    for place in range(rounds):
        device, address = f"stranger {place}", f"198.51.100.{place}"
        await patient.pace(address)
        try:
            async with patient.reserved(number, device, whose, address) as attempt:
                async with in_transaction() as connection:
                    await attempt.spend(connection)
                spent += 1
        except TryBudgetSpent:
            continue
    return spent


async def proves(counter: Counter, resident: SandboxResident, way: Way, device: str) -> str:
    """What the resident's session names after proving by a way without a face."""
    arrival = Arrival(device, "", consent.VERIFICATION)
    proven = Proven(resident.name, parse("resident-id", resident.number), way.level, way.amr)
    async with in_transaction() as connection:
        admitted = await counter.story.admission.admit(connection, proven, arrival)
    return (await counter.story.admission.welcome(admitted)).acr


async def test_a_known_device_is_still_let_in_by_face(counter: Counter) -> None:
    resident = await counter.resident()
    await counter.story.verify(await counter.claim(resident, device=MINE))
    assert await attack(counter, resident) == 5
    with pytest.raises(TryBudgetSpent):
        await counter.story.verify(await counter.claim(resident, device="new-phone"))
    verified = await counter.story.verify(await counter.claim(resident, device=MINE))
    assert verified.acr == "4"


@pytest.mark.parametrize("way", WITHOUT_A_FACE, ids=lambda way: way.id)
async def test_every_way_without_a_face_still_works_and_opens_the_face_again(
    counter: Counter, way: Way
) -> None:
    resident = await counter.resident()
    assert await attack(counter, resident) == 5
    assert await proves(counter, resident, way, "new-phone") == str(way.level)
    verified = await counter.story.verify(await counter.claim(resident, device="new-phone"))
    assert verified.acr == "4"


async def test_a_proof_by_face_forgives_no_strangers(counter: Counter) -> None:
    resident = await counter.resident()
    await counter.story.verify(await counter.claim(resident, device=MINE))
    await attack(counter, resident)
    await counter.story.verify(await counter.claim(resident, device=MINE))
    with pytest.raises(TryBudgetSpent):
        await counter.story.verify(await counter.claim(resident, device="stranger-0"))


async def test_strangers_at_once_and_the_resident_among_them(counter: Counter) -> None:
    resident = await counter.resident()
    await counter.story.verify(await counter.claim(resident, device=MINE))
    mine = await counter.claim(resident, device=MINE)
    _, verified = await asyncio.gather(attack(counter, resident), counter.story.verify(mine))
    assert verified.acr == "4"


async def test_what_mismatches_spent_is_gone_only_for_who_proved(counter: Counter) -> None:
    resident, other = await counter.resident(), await counter.resident()
    await attack(counter, resident)
    await proves(counter, other, NETWORK_IDENTITY, "theirs")
    with pytest.raises((TryBudgetSpent, TryTooSoon)):
        await counter.story.verify(await counter.claim(resident, device="new-phone"))
    assert await Try.filter(spent=True, kind="number").count() == 5
