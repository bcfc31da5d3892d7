"""Grants and pairwise names when residents are joined, parted, closed or erased."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import closing
from identity.grants import Grants
from identity.models import AuthorizationCode, Grant, PairwiseSubject, Partner, Session
from identity.partners.client import Client
from identity.partners.registry import of
from identity.scopes import Scopes
from identity.two_staff import TwoStaff
from services.holdings import everything
from tests.support.grants import a_code, a_partner_session
from tests.support.partner_app import an_approved_partner
from tests.support.records import Records, a_records_room, a_staff_member, caller_of, card, permit

NAME = ["openid", "profile:name"]


@pytest.fixture
async def records(settings: Settings, database: TortoiseContext) -> AsyncIterator[Records]:
    async with a_records_room(settings) as made:
        yield made


async def a_client(sector: str = "hospital.example") -> Client:
    app = await an_approved_partner("http://127.0.0.1:1")
    await Partner.filter(id=app.id).update(sector=sector)
    return of(await Partner.get(id=app.id))


async def given(records: Records, resident: UUID, client: Client) -> Grant:
    grants = Grants(Scopes(), records.worker.sessions)
    async with in_transaction() as connection:
        made = await grants.give(
            connection,
            resident=resident,
            client=client,
            asked=NAME,
            given=NAME,
            locale="en",
            channel="web",
            caller=caller_of(resident),
        )
    return made.grant


async def joined(records: Records, mine: UUID, other: UUID) -> None:
    caller, _ = await records.signed_in(mine)
    _, token = await records.signed_in(other)
    await records.merging.by_token(caller, token)


async def test_what_only_the_other_gave_goes_along_with_its_name(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    grant = await given(records, other, await a_client())
    session, code = await a_partner_session(grant, "openid"), await a_code(grant, "openid")
    await joined(records, mine, other)
    (moved,) = await Grant.filter(resident_id=mine, ended_at=None)
    assert (moved.id, moved.subject) == (grant.id, grant.subject)
    assert (await PairwiseSubject.get(id=grant.subject)).resident_id == mine
    ended = await Session.get(id=session.id)
    assert (ended.ended_why, ended.resident_id) == ("merged", mine)
    assert not await AuthorizationCode.filter(digest=code).exists()


async def test_where_both_let_a_client_in_one_grant_and_one_name_are_left(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    client = await a_client()
    kept, gone = await given(records, mine, client), await given(records, other, client)
    await joined(records, mine, other)
    (living,) = await Grant.filter(resident_id=mine, ended_at=None)
    assert living.id == kept.id
    assert (await Grant.get(id=gone.id)).ended_why == "merged"
    assert await PairwiseSubject.all().count() == 1
    assert not await Grant.filter(subject=gone.subject).exists()


async def test_one_sector_calls_the_joined_resident_by_one_name(records: Records) -> None:
    mine, other = await records.admit(card()), await records.admit(permit())
    one, two = await a_client(), await a_client()
    kept, moved = await given(records, mine, one), await given(records, other, two)
    await joined(records, mine, other)
    assert (await Grant.get(id=moved.id)).subject == kept.subject
    assert await Grant.filter(resident_id=mine, ended_at=None).count() == 2


async def test_of_a_record_that_was_of_two_people_nothing_given_holds(records: Records) -> None:
    mine = await records.admit(card())
    async with in_transaction() as connection:
        wrong = await records.residents.documents.add(
            connection, mine, permit(order=5), "陈大文", level=4
        )
    grant = await given(records, mine, await a_client())
    session = await a_partner_session(grant, "openid")
    await records.merging.split(wrong.id, TwoStaff(await a_staff_member(), await a_staff_member()))
    assert (await Grant.get(id=grant.id)).ended_why == "split"
    assert (await Session.get(id=session.id)).ended_why == "split"
    assert not await PairwiseSubject.exists()
    again = await given(records, mine, of(await Partner.get(id=grant.client)))
    assert again.subject != grant.subject


async def test_the_grants_of_the_dead_end(records: Records) -> None:
    mine = await records.admit(card())
    grant = await given(records, mine, await a_client())
    code = await a_code(grant, "openid")
    async with in_transaction() as connection:
        await closing.close(connection, records.worker.sessions, mine, closing.DECEASED)
    assert (await Grant.get(id=grant.id)).ended_why == closing.DECEASED
    assert not await AuthorizationCode.filter(digest=code).exists()


async def test_after_an_erasure_nothing_leads_from_a_partners_name_to_anybody(
    records: Records,
) -> None:
    mine = await records.admit(card())
    grant = await given(records, mine, await a_client())
    await a_code(grant, "openid")
    (holding,) = [one for one in everything(records.worker.vault) if one.name == "partner-grants"]
    (record,) = await holding.export(mine)
    assert "Demo Hospital" in str(record["agreed"])
    for _ in "12":
        async with in_transaction() as connection:
            await holding.erase(connection, mine)
    row = await Grant.get(id=grant.id)
    assert row.ended_at and row.subject != grant.subject
    assert not await PairwiseSubject.exists()
    assert not await AuthorizationCode.exists()
