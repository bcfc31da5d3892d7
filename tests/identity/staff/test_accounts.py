"""Accounts: one person, one account, in one region, never managed by oneself."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction

from identity.models import AuditEvent, Document, DocumentIndex
from identity.person import IdNumber
from identity.staff.accounts import Accounts
from identity.staff.errors import (
    StaffAccountMissing,
    StaffDepartmentUnknown,
    StaffDocumentNeeded,
    StaffDocumentTaken,
    StaffLoginInvalid,
    StaffLoginTaken,
    StaffNotOneself,
    StaffRegionBeyond,
    StaffRoleMissing,
    StaffRolesClash,
    StaffSignInNeeded,
    StaffSignInRefused,
)
from identity.vault import KeyRing, Vault
from tests.conftest import fresh_key
from tests.support.people import admit
from tests.support.staff import (
    ADDRESS,
    PASSWORD,
    StaffRoom,
    a_document,
    sign_in,
    somebody,
)


@pytest.mark.parametrize(
    "roles", [(), ("king",), ("administrator", "clerk"), ("administrator", "supervisor", "clerk")]
)
async def test_roles_that_do_not_go_together_are_refused(room, roles):
    boss = await room.member("administrator", region="44")
    with pytest.raises(StaffRolesClash):
        await room.accounts.create(boss, somebody(*roles))


async def test_only_an_administrator_makes_accounts(room):
    for role in ("clerk", "supervisor", "operator"):
        member = await room.member(role, region="44")
        with pytest.raises(StaffRoleMissing):
            await room.accounts.create(member, somebody("clerk"))


@pytest.mark.parametrize("region", ["", "4", "11", "45", "440", "44030", "四四", "4403051"])
async def test_an_administrator_makes_accounts_in_their_region_only(room, region: str):
    boss = await room.member("administrator", region="44")
    with pytest.raises(StaffRegionBeyond):
        await room.accounts.create(boss, somebody("clerk", region=region))


async def test_who_serves_is_known_by_a_document_and_has_one_account(room):
    boss = await room.member("administrator", region="44")
    with pytest.raises(StaffDocumentNeeded):
        await room.accounts.create(boss, somebody("clerk", document=None))
    document = a_document()
    first = await room.accounts.create(boss, somebody("clerk", document=document))
    with pytest.raises(StaffDocumentTaken):
        await room.accounts.create(boss, somebody("supervisor", document=document))
    await room.accounts.disable(boss, first.id)
    assert await room.accounts.create(boss, somebody("supervisor", document=document))


async def test_two_accounts_of_one_document_cannot_be_made_at_once(room):
    boss, document = await room.member("administrator", region="44"), a_document()
    results = await asyncio.gather(
        *(room.accounts.create(boss, somebody("clerk", document=document)) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1


@pytest.mark.parametrize("login", ["", "a", "-ab", "a b", "Ä" * 5, "x" * 65, "root;--"])
async def test_a_login_that_cannot_be_used_is_refused(room, login: str):
    boss = await room.member("administrator", region="44")
    with pytest.raises(StaffLoginInvalid):
        await room.accounts.create(boss, somebody("operator", login=login))


async def test_a_login_is_taken_once(room):
    boss = await room.member("administrator", region="44")
    await room.accounts.create(boss, somebody("operator", login="zhang.wei"))
    with pytest.raises(StaffLoginTaken) as caught:
        await room.accounts.create(boss, somebody("operator", login="Zhang.Wei"))
    assert "zhang" not in str(caught.value)


async def test_nobody_manages_their_own_account_or_one_beyond_their_region(room):
    boss = await room.member("administrator", region="44")
    beyond = await room.hire("clerk", region="45")
    for act in (room.accounts.disable, room.accounts.reset):
        with pytest.raises(StaffNotOneself):
            await act(boss, boss.id)
        with pytest.raises(StaffAccountMissing):
            await act(boss, beyond.id)
        with pytest.raises(StaffAccountMissing):
            await act(boss, uuid4())


async def test_an_administrator_sees_their_region_and_below(room):
    boss = await room.member("administrator", region="44")
    inside, beyond = await room.hire("clerk", region="4403"), await room.hire("clerk", region="45")
    shown = {view.id for view in await room.accounts.listed(boss)}
    assert inside.id in shown and beyond.id not in shown


async def test_disabling_ends_every_session_at_once(room):
    boss = await room.member("administrator", region="44")
    one = await room.hire("clerk", region="44")
    cookie = await sign_in(room, one)
    await room.accounts.disable(boss, one.id)
    with pytest.raises(StaffSignInNeeded):
        await room.sessions.read(cookie)


async def test_a_reset_voids_both_factors(room):
    boss = await room.member("administrator", region="44")
    one = await room.hire("clerk", region="44")
    cookie = await sign_in(room, one)
    handed = await room.accounts.reset(boss, one.id)
    with pytest.raises(StaffSignInNeeded):
        await room.sessions.read(cookie)
    with pytest.raises(StaffSignInRefused):
        await room.sessions.sign_in(one.login, PASSWORD, one.code(), ADDRESS)
    again = await room.set_up(handed)
    assert again.secret != one.secret and await sign_in(room, again)


async def test_a_document_is_ones_own_by_any_document_of_the_same_resident(room, settings):
    number = "11010519491231002X"
    mine = await admit(settings, "某人", number)
    member = await room.member("clerk", document=mine.person.number)
    other = await room.member("clerk")
    assert await room.accounts.is_oneself(member, mine.person.number)
    assert not await room.accounts.is_oneself(other, mine.person.number)
    assert not await room.accounts.is_oneself(member, a_document())


def after_a_rotation(settings) -> Vault:
    """A vault with a second index key in force."""
    seal, index = settings.seal_keys.get_secret_value(), settings.index_keys.get_secret_value()
    return Vault(
        KeyRing.parse("SEAL_KEYS", seal), KeyRing.parse("INDEX_KEYS", f"{index},2:{fresh_key()}")
    )


async def index_moved(vault: Vault) -> None:
    """As a rotation leaves it that has not come to the accounts yet."""
    for row in await DocumentIndex.all():
        await row.delete()
        await DocumentIndex.create(
            digest=vault.redigest(row.digest), key_version=2, document_id=row.document_id
        )


async def two_documents(settings, first: IdNumber, second: IdNumber) -> None:
    """Both lead to one resident."""
    one = await admit(settings, "某人", first.value)
    other = await admit(settings, "某人", second.value)
    await Document.filter(resident_id=other.resident).update(resident_id=one.resident)


async def test_a_document_stays_ones_own_under_a_new_index_key(room, settings):
    document = a_document()
    member = await room.member("clerk", document=document)
    later = StaffRoom.on(after_a_rotation(settings))
    assert await later.accounts.is_oneself(member, document)


@pytest.mark.parametrize("when", ["accounts not moved", "index not moved"])
async def test_a_rotation_under_way_lets_nobody_serve_themselves(room, settings, when: str):
    """By another document of theirs, or as their own second person."""
    first, second = IdNumber("11010519491231002X"), IdNumber("440524188001010014")
    vault = after_a_rotation(settings)
    await two_documents(settings, first, second)
    hiring = room if when == "accounts not moved" else StaffRoom.on(vault)
    clerk = await hiring.member("clerk", document=first)
    supervisor = await hiring.member("supervisor", document=second)
    if when == "accounts not moved":
        await index_moved(vault)
    accounts = StaffRoom.on(vault).accounts
    assert await accounts.is_oneself(clerk, second)
    async with in_transaction() as connection:
        assert await accounts.are_one(clerk.id, supervisor.id, connection)


@pytest.mark.parametrize("named", ["Housing", "housing fund", "", "a" * 41 + "-", "no-such"])
async def test_a_department_that_there_is_not_is_refused(room, named: str):
    boss = await room.member("administrator", region="44")
    accounts = Accounts(room.vault, {"housing", "tax"})
    one = await room.hire("caseworker", region="44")
    with pytest.raises(StaffDepartmentUnknown):
        await accounts.give_departments(boss, one.id, ["tax", named])
    with pytest.raises(StaffDepartmentUnknown):
        await accounts.create(boss, replace(somebody("caseworker"), departments=[named]))


async def test_departments_are_given_by_somebody_else_of_their_region(room):
    boss = await room.member("administrator", region="44")
    beyond = await room.hire("caseworker", region="45")
    with pytest.raises(StaffNotOneself):
        await room.accounts.give_departments(boss, boss.id, ["tax"])
    with pytest.raises(StaffAccountMissing):
        await room.accounts.give_departments(boss, beyond.id, ["tax"])
    caseworker = await room.member("caseworker", region="44")
    with pytest.raises(StaffRoleMissing):
        await room.accounts.give_departments(caseworker, beyond.id, ["tax"])


async def test_departments_count_from_the_next_request_and_are_taken_the_same_way(room):
    boss = await room.member("administrator", region="44")
    one = await room.hire("caseworker", region="44", departments=["tax"])
    cookie = await sign_in(room, one)
    assert (await room.sessions.read(cookie)).departments == {"tax"}
    await room.accounts.give_departments(boss, one.id, ["transport", "housing", "housing"])
    assert (await room.sessions.read(cookie)).departments == {"housing", "transport"}
    await room.accounts.give_departments(boss, one.id, [])
    assert not (await room.sessions.read(cookie)).departments
    changes = AuditEvent.filter(resident_id=one.id, event="staff:departments-given")
    assert await changes.count() == 2


async def test_of_whom_the_last_department_is_taken_it_is_kept_that_there_were_some(room):
    boss = await room.member("administrator", region="44")
    never = await room.hire("catalogue-editor", region="44")
    one = await room.hire("catalogue-editor", region="44", departments=["tax"])
    for account in (never, one):
        await room.accounts.give_departments(boss, account.id, [])
        await room.accounts.give_departments(boss, account.id, [])
    read = [await room.sessions.read(await sign_in(room, account)) for account in (never, one)]
    assert [(member.departments, member.taken) for member in read] == [
        (set(), False),
        (set(), True),
    ]
    views = {view.id: view.departments for view in await room.accounts.listed(boss)}
    assert views[one.id] == views[never.id] == ()
    await room.accounts.give_departments(boss, one.id, ["housing"])
    again = await room.sessions.read(await sign_in(room, one))
    assert (again.departments, again.taken) == ({"housing"}, False)


async def test_an_editor_is_known_by_a_document_too(room):
    """A draft is published by somebody else: whether it is somebody else must be known."""
    boss = await room.member("administrator", region="44")
    with pytest.raises(StaffDocumentNeeded):
        await room.accounts.create(boss, somebody("catalogue-editor", document=None))
