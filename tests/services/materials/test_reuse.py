"""Nobody is asked twice: what a department or an earlier application holds is not asked for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity.vault import Vault
from services.items.standard import Item, ItemType, Law, Wanted
from services.materials import errors, store
from services.materials.store import Materials
from services.materials.taking import Taking
from services.models import Application, Material, Supplement
from services.schema import words
from tests.support.counter_held import CONTENT, a_material, an_application
from tests.support.files import upload

KIND = "rent-contract"


def item(*sources: str, required: bool = True, days: int = 180) -> Item:
    wanted = Wanted(KIND, words("租房合同", en="Rent contract"), sources, required, days)  # type: ignore[arg-type]
    law = Law(words("法", en="Law"), words("条", en="Article"))
    kind = ItemType.PUBLIC_SERVICE
    return Item("0" * 13, kind, 3, 5, (law,), "city", 0, materials=(wanted,))


UPLOAD, EARLIER = item("upload"), item("earlier", "upload")
DEPARTMENT = item("department", "earlier", "upload")


@pytest.fixture
def vault(settings: Settings, database: TortoiseContext) -> Vault:
    return Vault.from_settings(settings)


@pytest.fixture
def me() -> UUID:
    return uuid4()


async def submit(
    vault: Vault, me: UUID, of: Item, ids: Sequence[UUID] = (), anew: Sequence[str] = ()
) -> tuple[UUID, list[str]]:
    """A new application's id, and the kinds it still misses."""
    made = await an_application(vault, me, state="submitted")
    row, taking = await Application.get(id=made), Taking(vault)
    async with in_transaction() as connection:
        await taking.attach(connection, row, me, ids, of)
        return made, await taking.gather(connection, row, of, anew)


async def test_what_somebody_else_handed_in_is_not_mine(vault: Vault, me: UUID):
    other = uuid4()
    await a_material(vault, other, application=await an_application(vault, other))
    assert (await submit(vault, me, EARLIER))[1] == [KIND]
    theirs = await a_material(vault, other)
    with pytest.raises(errors.MaterialMissing):
        await submit(vault, me, UPLOAD, [theirs])
    with pytest.raises(errors.MaterialMissing):
        await Materials(vault, [KIND]).read(me, theirs)


async def test_a_material_is_used_once_and_only_where_its_kind_is_wanted(vault: Vault, me: UUID):
    mine = await a_material(vault, me)
    await submit(vault, me, UPLOAD, [mine])
    with pytest.raises(errors.MaterialInUse):
        await submit(vault, me, UPLOAD, [mine])
    with pytest.raises(errors.MaterialNotWanted):
        await submit(vault, me, UPLOAD, [await a_material(vault, me, kind="passport")])


@pytest.mark.parametrize("state", ["draft"])
async def test_what_was_never_handed_in_is_not_reused(vault: Vault, me: UUID, state: str):
    draft = await an_application(vault, me, state=state)
    await a_material(vault, me, application=draft)
    assert (await submit(vault, me, EARLIER))[1] == [KIND]


async def test_what_is_too_old_or_runs_out_is_not_reused(vault: Vault, me: UUID):
    earlier, now = await an_application(vault, me), datetime.now(UTC)
    await a_material(vault, me, application=earlier, created_at=now - timedelta(days=31))
    assert (await submit(vault, me, item("earlier", "upload", days=30)))[1] == [KIND]
    assert (await submit(vault, me, item("earlier", "upload", days=32)))[1] == []
    await Material.all().update(good_until=(now - timedelta(days=2)).date())
    assert (await submit(vault, me, item("earlier", "upload", days=32)))[1] == [KIND]


async def fault_found(application: UUID) -> None:
    await Supplement.create(
        id=uuid4(), application_id=application, wanted=f"other {KIND}", asked_by="staff",
        asked_at=datetime.now(UTC) + timedelta(seconds=1), due_on=datetime.now(UTC).date(),
    )  # fmt: skip


async def test_what_an_office_found_fault_with_is_not_reused(vault: Vault, me: UUID):
    earlier = await an_application(vault, me)
    await a_material(vault, me, application=earlier)
    await fault_found(earlier)
    assert (await submit(vault, me, EARLIER))[1] == [KIND]


async def test_fault_found_where_it_was_taken_over_ends_its_reuse_as_well(vault: Vault, me: UUID):
    await a_material(vault, me, application=await an_application(vault, me))
    second, missing = await submit(vault, me, EARLIER)
    assert missing == []
    await fault_found(second)
    assert (await submit(vault, me, EARLIER))[1] == [KIND]


async def test_what_a_supplement_asks_for_is_asked_for_though_something_is_there(
    vault: Vault, me: UUID
):
    await a_material(vault, me, application=await an_application(vault, me))
    assert (await submit(vault, me, EARLIER, anew=[KIND]))[1] == [KIND]


@pytest.mark.parametrize("of", [EARLIER, DEPARTMENT], ids=["earlier first", "department first"])
async def test_an_earlier_application_s_material_is_taken_over_and_never_copied(
    vault: Vault, me: UUID, of: Item
):
    origin = await a_material(vault, me, application=await an_application(vault, me))
    second, missing = await submit(vault, me, of)
    assert missing == []
    (listed,) = await Taking(vault).listed(second)
    assert (listed["source"], listed["kind"]) == ("earlier", KIND)
    row = await Material.get(id=listed["id"])
    assert (row.origin_id, row.content_sealed) == (origin, None)
    content = await Materials(vault, [KIND]).content(second, UUID(listed["id"]))
    assert content.body == CONTENT.encode()
    assert (await submit(vault, me, of))[1] == []  # and a third one leads to the same
    assert set(await Material.filter(source="earlier").values_list("origin_id", flat=True)) == {
        origin
    }


async def test_what_a_department_holds_or_nobody_needs_is_never_missing(vault: Vault, me: UUID):
    assert (await submit(vault, me, DEPARTMENT))[1] == []
    assert (await submit(vault, me, item("upload", required=False)))[1] == []
    assert (await submit(vault, me, UPLOAD))[1] == [KIND]
    assert (await submit(vault, me, UPLOAD, [await a_material(vault, me)]))[1] == []


async def test_the_form_page_is_told_where_each_material_comes_from(vault: Vault, me: UUID):
    room = Materials(vault, [KIND])
    assert [(one.source, seen) for one, seen in await room.held(me, EARLIER)] == [("upload", None)]
    origin = await a_material(vault, me, application=await an_application(vault, me))
    ((place, seen),) = await room.held(me, EARLIER)
    assert place.source == "earlier" and seen and seen.id == origin
    ((place, _),) = await room.held(me, DEPARTMENT)
    assert place.source == "department"


async def test_a_department_s_own_document_is_noted_once(vault: Vault, me: UUID):
    made, _ = await submit(vault, me, DEPARTMENT)
    row = await Application.get(id=made)
    for _ in range(2):
        async with in_transaction() as connection:
            await Taking(vault).hold(connection, row, [KIND], "housing")
    (listed,) = await Taking(vault).listed(made)
    assert (listed["source"], listed["department"], listed["size"]) == ("department", "housing", 0)
    with pytest.raises(errors.MaterialMissing):
        await Materials(vault, [KIND]).content(made, UUID(listed["id"]))


async def test_more_than_twenty_do_not_wait_and_what_waits_is_forgotten_after_a_day(
    vault: Vault, me: UUID
):
    room = Materials(vault, [KIND])
    for _ in range(store.MOST_WAITING):
        last = await a_material(vault, me)
    with pytest.raises(errors.MaterialsTooMany):
        await room.add(me, KIND, upload())
    await room.remove(me, last)
    used, _ = await submit(vault, me, UPLOAD, [(await room.add(me, KIND, upload())).id])
    await Material.all().update(created_at=datetime.now(UTC) - timedelta(hours=25))
    young = await a_material(vault, me)
    await store.forget_unused({})
    left = {UUID(str(one.id)) for one in await Material.all().only("id")}
    (in_use,) = await Taking(vault).listed(used)
    assert left == {young, UUID(in_use["id"])}
    with pytest.raises(errors.MaterialInUse):
        await room.remove(me, UUID(in_use["id"]))
    with pytest.raises(errors.MaterialKindUnknown):
        await room.add(me, "passport", upload())
