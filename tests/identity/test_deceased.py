"""The register's word that somebody died: nobody is told, and their record closes here."""

import pytest

from identity import errors
from identity.models import Resident, Session
from tests.support import faces as pictures
from tests.support.sandbox import SandboxResident
from tests.support.verification_parts import Counter


async def verified(counter: Counter, person: SandboxResident):
    done = await counter.story.verify(await counter.claim(person))
    return done.resident.id


async def refused(counter: Counter, person: SandboxResident, face: str = pictures.OBAMA) -> str:
    """The private cause of what is one answer for everybody."""
    with pytest.raises(errors.IdentityNotMatched) as caught:
        await counter.story.verify(await counter.claim(person, face))
    return caught.value.cause


@pytest.mark.parametrize("register_mode", ["portrait", "remote"])
async def test_a_death_is_not_told_and_closes_the_record(counter: Counter) -> None:
    person = await counter.resident()
    resident = await verified(counter, person)
    await counter.sandbox.change(person.number, deceased=True)
    assert await refused(counter, person) == "deceased"
    row = await Resident.get(id=resident)
    assert row.closed_at and row.closed_why == "deceased"
    assert {one.ended_why for one in await Session.filter(resident_id=resident)} == {"deceased"}
    assert await refused(counter, person) == "deceased"


async def test_a_stranger_learns_and_closes_nothing(counter: Counter) -> None:
    person = await counter.resident()
    resident = await verified(counter, person)
    await counter.sandbox.change(person.number, deceased=True)
    with pytest.raises(errors.IdentityNotMatched) as caught:
        await counter.story.verify(await counter.claim(person, name="王小明"))
    assert caught.value.cause == "name-differs"
    assert (await Resident.get(id=resident)).closed_at is None


async def test_who_died_before_they_came_here_is_nobody_here(counter: Counter) -> None:
    person = await counter.resident()
    await counter.sandbox.change(person.number, deceased=True)
    assert await refused(counter, person) == "deceased"
    assert not await Resident.exists()


async def test_a_name_the_register_changed_is_followed(counter: Counter) -> None:
    person = await counter.resident()
    resident = await verified(counter, person)
    await counter.sandbox.change(person.number, name="欧阳𠮷")
    assert await refused(counter, person) == "name-differs"
    renamed = SandboxResident(**(vars(person) | {"name": "欧阳𠮷"}))
    assert await verified(counter, renamed) == resident
    assert (await counter.story.residents.reveal(resident)).name == "欧阳𠮷"
