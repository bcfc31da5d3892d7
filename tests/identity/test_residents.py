"""Residents: one for each document, however many admit them at once; sealed; found again."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.documents import parse
from identity.errors import ResidentClosed, ResidentMissing
from identity.models import Document, DocumentIndex, Resident
from identity.residents import Residents, months_after
from identity.vault import NotOpened, Vault
from tests.conftest import fresh_key

NUMBER = parse("resident-id", "11010519491231002X")
OTHER = parse("resident-id", "440524188001010014")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def residents(vault: Vault, database: TortoiseContext) -> Residents:
    return Residents(vault)


async def admit(residents: Residents, number=NUMBER, name="张三", level=4) -> Resident:
    async with in_transaction() as connection:
        return await residents.admit(connection, number, name, level)


async def test_nobody_is_revealed_who_is_not_there(residents: Residents) -> None:
    for ask in (residents.reveal, residents.view):
        with pytest.raises(ResidentMissing):
            await ask(uuid4())
    assert await residents.find(NUMBER) is None


async def test_a_closed_resident_is_neither_admitted_nor_revealed(residents: Residents) -> None:
    closed = await admit(residents)
    await Resident.all().update(closed_at=datetime.now(UTC))
    with pytest.raises(ResidentClosed):
        await admit(residents)
    with pytest.raises(ResidentMissing):
        await residents.reveal(closed.id)


@pytest.mark.parametrize("at_once", [2, 20])
async def test_admitted_at_once_they_are_one_resident(residents: Residents, at_once: int) -> None:
    admitted = await asyncio.gather(*(admit(residents) for _ in range(at_once)))
    assert len({resident.id for resident in admitted}) == 1
    assert [await table.all().count() for table in (Resident, Document, DocumentIndex)] == [1] * 3


async def test_two_numbers_are_two_residents(residents: Residents) -> None:
    assert (await admit(residents)).id != (await admit(residents, OTHER)).id


async def test_a_story_that_fails_leaves_nobody(residents: Residents) -> None:
    with pytest.raises(RuntimeError):
        async with in_transaction() as connection:
            await residents.admit(connection, NUMBER, "张三", 4)
            raise RuntimeError
    for table in (Resident, Document, DocumentIndex):
        assert not await table.exists()


async def test_who_is_admitted_is_revealed_whole_and_printed_masked(residents: Residents) -> None:
    admitted = await admit(residents)
    person = await residents.reveal(admitted.id)
    assert (person.name, person.number, person.resident) == ("张三", NUMBER, admitted.id)
    assert "张三" not in f"{person!r} {person}"
    view = await residents.view(admitted.id)
    assert (view.name, view.id_number) == ("张*", "1" + "*" * 16 + "X")
    assert await residents.find(NUMBER) == admitted.id


async def test_a_name_the_register_changed_is_changed_here(residents: Residents) -> None:
    first = await admit(residents)
    assert (await admit(residents, name="张 𠮷")).id == first.id
    assert (await residents.reveal(first.id)).name == "张 𠮷"


async def test_a_new_proof_lasts_anew(residents: Residents) -> None:
    await admit(residents)
    then = datetime.now(UTC) - timedelta(days=400)
    await Resident.all().update(proofed=3, proofed_at=then, proofed_until=then)
    again = await admit(residents)
    assert again.proofed == 4
    assert again.proofed_until == months_after(again.proofed_at, 24)


async def test_a_lower_proof_takes_no_higher_one_away(residents: Residents) -> None:
    await admit(residents, level=5)
    assert (await admit(residents, level=4)).proofed == 5
    await Resident.all().update(proofed_until=datetime.now(UTC) - timedelta(days=1))
    assert (await admit(residents, level=4)).proofed == 4


async def test_rows_hold_neither_name_nor_number(residents: Residents) -> None:
    await admit(residents)
    (row,) = await Document.all().values()
    (index,) = await DocumentIndex.all().values()
    kept = f"{row}{index}".encode() + bytes(row["name_sealed"]) + bytes(row["number_sealed"])
    for value in ("张三", NUMBER.value):
        assert value.encode() not in kept


async def test_a_sealed_name_moved_to_another_row_is_not_opened(residents: Residents) -> None:
    await admit(residents)
    victim = await admit(residents, OTHER, "李四")
    (mine,) = await Document.exclude(resident_id=victim.id)
    await Document.filter(resident_id=victim.id).update(name_sealed=mine.name_sealed)
    with pytest.raises(NotOpened):
        await residents.reveal(victim.id)


async def test_a_new_index_key_still_finds_old_documents(
    residents: Residents, settings: Settings
) -> None:
    first = await admit(residents)
    both = f"{settings.index_keys.get_secret_value()},2:{fresh_key()}"
    rotated = settings.model_copy(update={"index_keys": SecretStr(both)})
    younger = Residents(Vault.from_settings(rotated))
    assert await younger.find(NUMBER) == first.id
    assert (await admit(younger)).id == first.id
    assert await DocumentIndex.all().count() == 2
    both_at_once = await asyncio.gather(admit(residents, OTHER), admit(younger, OTHER))
    assert len({UUID(str(resident.id)) for resident in both_at_once}) == 1


@pytest.mark.parametrize(
    ("then", "months", "expected"),
    [
        ((2024, 2, 29), 24, (2026, 2, 28)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
        ((2026, 11, 18), 24, (2028, 11, 18)),
        ((2026, 12, 1), 12, (2027, 12, 1)),
    ],
)
def test_months_end_where_the_calendar_says(then, months: int, expected) -> None:
    assert months_after(datetime(*then, tzinfo=UTC), months) == datetime(*expected, tzinfo=UTC)
