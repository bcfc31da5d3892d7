"""What the services hold of a resident stays one: through joining, key rotation and erasure."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.errors import DatabaseUnavailable
from config.settings import Settings
from identity import rekeying
from identity.models import Resident
from identity.vault import Vault
from identity.vault_keys import Ring, VaultKeys
from services import held, joining
from services.holdings import everything
from services.models import (
    Application,
    ApplicationEvent,
    ApplicationStep,
    Material,
    Rating,
    Supplement,
    Ticket,
)
from tests.services.test_worker import until
from tests.support.counter_held import (
    PERSONAL,
    a_material,
    a_rating,
    a_ticket,
    an_application,
    fill,
    rows,
)
from tests.support.erasure_parts import House, a_house
from tests.support.everything_held import caller_of

RINGS: tuple[Ring, ...] = ("seal", "index")
OURS = ("applications", "application-events", "application-steps", "supplements", "materials",
        "ratings", "tickets", "kept-answers")  # fmt: skip
SEALED = {"application.form", "application.facts", "application_event.words",
          "application_step.finding", "supplement.words", "material.name", "material.content",
          "rating.words", "ticket.words", "ticket.answer", "kept_answer.answer"}  # fmt: skip


async def in_force(vault: Vault, ring: Ring, version: int) -> bool:
    return vault.versions[ring] == version


async def copied(vault: Vault, resident: UUID) -> dict[str, list]:
    """What the copy of everything shows of the services' tables, in plain words."""
    return {
        one.name: list(await one.export(resident)) for one in everything(vault) if one.name in OURS
    }


async def still_opened(keys: VaultKeys, vault: Vault, resident: UUID) -> dict[str, list]:
    """The copy, with keys that were read just now: a busy machine lets a lead of a second pass."""
    while True:
        await keys.read()
        with suppress(DatabaseUnavailable):
            return await copied(vault, resident)


async def test_two_who_are_one_keep_everything_of_both(
    settings: Settings, database: TortoiseContext
) -> None:
    vault, old, new, stranger = Vault.from_settings(settings), uuid4(), uuid4(), uuid4()
    for whose in (old, new, stranger):
        await fill(vault, whose)
    acted = await an_application(vault, stranger, agent_id=old)
    before = {whose: await copied(vault, whose) for whose in (old, new, stranger)}
    async with in_transaction() as connection:
        await joining.moving(vault)(connection, old, new)
    assert not any((await copied(vault, old)).values())
    assert await copied(vault, stranger) == before[stranger]
    now = await copied(vault, new)
    for name in set(OURS) - {"kept-answers"}:
        assert len(now[name]) == len(before[old][name]) + len(before[new][name]), name
    assert now["kept-answers"] == before[new]["kept-answers"]
    assert UUID(str((await Application.get(id=acted)).agent_id)) == new


async def test_a_rotation_of_keys_moves_every_sealed_value_and_everything_still_opens(
    settings: Settings, database: TortoiseContext
) -> None:
    house = settings.model_copy(update={"key_lead_seconds": 1})
    vault, me = Vault.from_settings(house), uuid4()
    assert {
        column.place.removesuffix("_sealed")
        for column in rekeying.columns("seal")
        if column.table in {one.split(".")[0] for one in SEALED}
    } == SEALED
    keys = VaultKeys(vault, house)
    await keys.start()
    try:
        id = await fill(vault, me)
        await Application.filter(id=id).update(
            facts_sealed=vault.seal(b"{}", f"application.facts:{id}")
        )
        before = await copied(vault, me)
        for ring in RINGS:
            version = await rekeying.rotate(keys, ring)
            await until(partial(in_force, vault, ring, version))
            for turn in (1, 2):
                payload = {"ring": ring, "version": version, "turn": turn}
                await rekeying.move(vault, keys, payload)
        for place in SEALED:
            table, column = place.split(".")
            async with in_transaction() as connection:
                found = await connection.execute_query_dict(
                    f'SELECT get_byte({column}_sealed, 0) AS version FROM "{table}"'
                    f" WHERE {column}_sealed IS NOT NULL"
                )
            assert found and {row["version"] for row in found} == {vault.versions["seal"]}, place
        assert await still_opened(keys, vault, me) == before
    finally:
        await keys.stop()


@pytest.mark.parametrize(
    "state, over, keeps",
    [
        ("submitted", False, True),
        ("supplement-asked", False, True),
        ("approved", False, True),
        ("approved", True, False),
        ("draft", False, False),
        ("withdrawn", True, False),
    ],
)
async def test_what_is_under_way_keeps_and_what_is_over_does_not(
    settings: Settings, database: TortoiseContext, state: str, *, over: bool, keeps: bool
) -> None:
    me, now = uuid4(), datetime.now(UTC)
    await an_application(
        Vault.from_settings(settings), me, state=state, finished_at=now if over else None
    )
    assert bool(await held.open_applications(me)) is keeps


async def test_an_erasure_waits_for_the_open_application_and_then_leaves_a_grade_of_nobody(
    settings: Settings, database: TortoiseContext
) -> None:
    async with a_house(settings) as house:
        vault, me = house.worker.vault, house.resident
        id = await fill(vault, me, state="in-review")
        await waiting(house)
        assert await rows("application_event") and await Material.filter(resident_id=me).exists()
        await Application.filter(id=id).update(state="withdrawn", finished_at=datetime.now(UTC))
        assert await house.erasures.carry_out(me)
        assert not await Resident.filter(id=me).exists()
        for table in (Application, Material, Rating, Ticket):
            assert not await table.filter(resident_id=me).exists(), table
        for table in (ApplicationEvent, ApplicationStep, Supplement):
            assert not await table.filter(application_id=id).exists(), table
        left = await Rating.exclude(resident_id=house.other.resident)
        assert left and {(row.grade, row.words_sealed) for row in left} == {(1, None)}
        assert not await Application.filter(id__in=[row.application_id for row in left]).exists()


async def waiting(house: House) -> None:
    """Due, and nothing happens: the account can be used, and the erasure cancelled."""
    asked = await house.erasures.ask(caller_of(house.resident))
    assert "open-application" in asked.keeps
    await Resident.filter(id=house.resident).update(erase_after=datetime.now(UTC))
    assert not await house.erasures.carry_out(house.resident)
    row = await Resident.get(id=house.resident)
    assert row.closed_at is None


async def test_the_tables_hold_no_word_of_it_in_the_open(
    settings: Settings, database: TortoiseContext
) -> None:
    vault, me = Vault.from_settings(settings), uuid4()
    await fill(vault, me)
    await a_material(vault, me)
    await a_rating(vault, me, uuid4())
    await a_ticket(vault, me)
    tables = (Application, ApplicationEvent, ApplicationStep, Supplement, Material, Rating, Ticket)
    kept = [
        value for table in tables for row in await table.all().values() for value in row.values()
    ]
    for value in kept:
        written = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        assert not [one for one in PERSONAL if one.encode() in written]
