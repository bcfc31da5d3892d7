"""What keeps an erasure from going through, and whom else it concerns."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext

from config.settings import Settings
from identity.attempts import Attempts
from identity.erasure import ALWAYS
from identity.freeze import Freezes
from identity.models import (
    AuditEvent,
    Document,
    Resident,
    Session,
)
from identity.residents import Residents
from tests.support.erasure_parts import House, a_house
from tests.support.everything_held import caller_of
from tests.support.minors import a_guardianship, born_years_ago, number_of
from tests.support.people import admit


@pytest.fixture
async def house(settings: Settings, database: TortoiseContext) -> AsyncIterator[House]:
    async with a_house(settings) as made:
        yield made


async def test_what_may_not_go_yet_is_named_and_everything_waits_for_it(house: House) -> None:
    """An open application needs its resident: nobody could decide it once they are erased."""
    open_ones, gone = ["open-application"], []

    async def keeps(_resident: UUID) -> list[str]:
        return open_ones

    async def export(_resident: UUID) -> list:
        return []

    async def erase(_connection, resident: UUID) -> None:
        gone.append(resident)

    house.holdings.register("room-above", export, erase, tables=("above",), keeps=keeps)
    asked = await house.erasures.ask(caller_of(house.resident))
    assert list(asked.keeps) == [*ALWAYS, "open-application"]
    await Resident.filter(id=house.resident).update(erase_after=datetime.now(UTC))
    assert await house.erasures.carry_out_due() == 0
    assert gone == [] and await Document.filter(resident_id=house.resident).exists()
    assert await Resident.filter(id=house.resident, closed_at__isnull=True).exists()
    open_ones.clear()
    assert await house.erasures.carry_out_due() == 1
    assert gone == [house.resident]


async def test_one_that_fails_does_not_hold_up_the_others(house: House) -> None:
    await house.fall_due()
    other = caller_of(house.other.resident)
    await house.erasures.ask(other)
    await Resident.filter(id=house.other.resident).update(erase_after=datetime.now(UTC))

    async def erase(_connection, resident: UUID) -> None:
        if resident == house.resident:
            raise RuntimeError("a room above is broken")

    async def export(_resident: UUID) -> list:
        return []

    house.holdings.register("broken", export, erase)
    with pytest.raises(Exception, match="1 of them"):
        await house.erasures.carry_out_due()
    assert not await Resident.filter(id=house.other.resident).exists()
    assert await Resident.filter(id=house.resident).exists()


async def test_freezing_takes_an_erasure_back(house: House) -> None:
    """Whoever stole the session asked for it; the owner, who freezes, cannot sign in to cancel."""
    worker = house.worker
    attempts = Attempts(worker.cache, worker.vault, house.settings)
    await house.ask()
    freezes = Freezes(worker.cache, worker.vault, worker.sessions, attempts)
    await freezes.by_resident(caller_of(house.resident))
    assert (await Resident.get(id=house.resident)).erase_after is None
    assert await AuditEvent.filter(event="erasure:cancelled").count() == 1


async def test_a_record_that_was_merged_is_erased_with_what_it_became(house: House) -> None:
    old = await Resident.create(
        id=uuid4(), proofed=4, proofed_at=datetime.now(UTC), proofed_until=datetime.now(UTC),
        closed_at=datetime.now(UTC), closed_why="merged", merged_into=house.resident,
        erase_after=datetime.now(UTC),
    )  # fmt: skip
    assert await house.erasures.carry_out_due() == 0
    assert await Resident.filter(id=old.id).exists()
    await house.fall_due()
    assert await house.erasures.carry_out_due() == 1
    assert not await Resident.filter(id=old.id).exists()


async def test_a_child_left_without_a_guardian_is_signed_out(house: House) -> None:
    small = await admit(house.settings, "欧阳小小", number_of(born_years_ago(9)).value)
    opened = await house.worker.sign_in(small.resident)
    await a_guardianship(
        house.worker.vault, small.person.number, guardian=house.resident, ward=small.resident
    )
    await house.fall_due()
    await house.erasures.carry_out(house.resident)
    assert (await Session.get(id=opened.session.id)).ended_why == "guardian-withdrew"
    assert (await Residents(house.worker.vault).reveal(small.resident)).name == "欧阳小小"
