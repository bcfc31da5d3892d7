"""What a resident gives a partner: asked, given, narrowed, withdrawn, expired (CONTRACTS)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.settings import Settings
from identity import agreed
from identity.caller import OWN_APP, Caller, CallerKind
from identity.errors import ConsentUnknown
from identity.grants import EXPIRED, REPLACED, WITHDRAWN, Grants
from identity.models import AuditEvent, AuthorizationCode, Grant, Notice, Partner, Session
from identity.partners.client import Client
from identity.partners.registry import of
from services import scopes as all_scopes
from services import worker as worker_process
from services.catalogue import Catalogue
from tests.support.grants import a_code, a_partner_session
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import SessionParts, a_resident, a_worker

SCOPES = all_scopes.everything(Catalogue.load())
NAME, ADULT, NUMBER = "profile:name", "profile:over-18", "profile:id-number"


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


@pytest.fixture
def grants(worker: SessionParts) -> Grants:
    return Grants(SCOPES, worker.sessions)


@pytest.fixture
async def client(database: TortoiseContext) -> Client:
    return await a_client()


async def a_client(**metadata: object) -> Client:
    app = await an_approved_partner("http://127.0.0.1:1", **metadata)
    return of(await Partner.get(id=app.id))


def as_resident(resident: UUID) -> Caller:
    return Caller(CallerKind.RESIDENT, resident, str(resident), OWN_APP)


async def give(
    grants: Grants, resident: UUID, client: Client, asked: list[str], given: list[str] | None = None
) -> Grant:
    async with in_transaction() as connection:
        made = await grants.give(
            connection,
            resident=resident,
            client=client,
            asked=asked,
            given=asked if given is None else given,
            locale="en",
            channel="web",
            caller=as_resident(resident),
        )
    await grants.announce(made)
    return made.grant


async def why_ended(row: Grant | Session) -> str:
    fresh = await type(row).get(id=row.id)
    return fresh.ended_why if fresh.ended_at else ""


async def test_nothing_given_covers_nothing(grants: Grants, client: Client):
    assert await grants.covering(await a_resident(), client, [NAME]) is None


async def test_what_was_asked_before_is_not_asked_again(grants: Grants, client: Client):
    resident = await a_resident()
    grant = await give(grants, resident, client, [NAME, ADULT], [ADULT])
    for wanted in ([NAME], [ADULT], ["openid"], [NAME, ADULT, "openid"]):
        found = await grants.covering(resident, client, wanted)
        assert found and found.id == grant.id, wanted


async def test_a_new_field_is_asked(grants: Grants, client: Client):
    resident = await a_resident()
    await give(grants, resident, client, [NAME])
    assert await grants.covering(resident, client, [NAME, ADULT]) is None


async def test_another_resident_and_another_client_are_asked(grants: Grants, client: Client):
    resident = await a_resident()
    await give(grants, resident, client, [NAME])
    assert await grants.covering(await a_resident(), client, [NAME]) is None
    assert await grants.covering(resident, await a_client(), [NAME]) is None


async def test_another_purpose_is_asked_and_takes_nothing_along(grants: Grants, client: Client):
    """PIPL art. 14: consent again when the purpose changes."""
    resident = await a_resident()
    await give(grants, resident, client, [NAME])
    row = await Partner.get(id=client.id)
    row.metadata = row.metadata.replace("to book a visit for you", "to sell you things")
    await row.save()
    assert await grants.covering(resident, of(row), [NAME]) is None
    again = await give(grants, resident, of(row), [ADULT])
    assert NAME not in again.asked.split()
    assert NAME not in again.scopes.split()


async def test_in_other_hands_a_client_is_asked_for_anew_and_knows_another_name(
    grants: Grants, client: Client
):
    """Another sector (OpenID Connect Core §8.1): what was given to the one is not the other's."""
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME])
    session = await a_partner_session(first, NAME)
    await Partner.filter(id=client.id).update(sector="sold.example")
    sold = of(await Partner.get(id=client.id))
    assert await grants.covering(resident, sold, [NAME]) is None
    assert (await give(grants, resident, sold, [NAME])).subject != first.subject
    assert await why_ended(session) == "grant-replaced"


async def test_openid_is_always_given(grants: Grants, client: Client):
    grant = await give(grants, await a_resident(), client, [NAME], [])
    assert grant.scopes == "openid"


async def test_what_was_not_asked_is_not_given(grants: Grants, client: Client):
    grant = await give(grants, await a_resident(), client, [NAME], [NAME, NUMBER])
    assert NUMBER not in grant.scopes.split()


async def test_a_grant_holds_as_long_as_the_client_said(grants: Grants):
    client = await a_client(grant_days=7)
    grant = await give(grants, await a_resident(), client, [NAME])
    assert grant.expires_at - grant.given_at == timedelta(days=7)


async def test_given_again_it_is_replaced_and_what_was_not_shown_stays(
    grants: Grants, client: Client
):
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME])
    second = await give(grants, resident, client, [ADULT])
    assert [row.id for row in await grants.living(resident)] == [second.id]
    assert second.scopes.split() == ["openid", NAME, ADULT]
    assert await why_ended(first) == REPLACED
    assert await grants.ended(resident) == []


async def test_what_was_not_shown_again_is_not_prolonged(grants: Grants, client: Client):
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME])
    soon = datetime.now(UTC) + timedelta(days=1)
    await Grant.filter(id=first.id).update(expires_at=soon)
    assert (await give(grants, resident, client, [ADULT])).expires_at == soon
    assert (await give(grants, resident, client, [NAME, ADULT])).expires_at > soon


async def test_a_resident_keeps_one_name_in_a_sector_and_has_others_elsewhere(
    grants: Grants, client: Client
):
    """OpenID Connect Core §8.1."""
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME])
    again = await give(grants, resident, client, [ADULT])
    other = await a_client()
    await Partner.filter(id=other.id).update(sector="elsewhere.example")
    elsewhere = await give(grants, resident, of(await Partner.get(id=other.id)), [NAME])
    assert first.subject == again.subject
    assert elsewhere.subject not in (first.subject, resident)


async def test_giving_less_ends_the_sessions_that_went_beyond(
    grants: Grants, client: Client, worker: SessionParts
):
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME, ADULT])
    beyond = await a_partner_session(first, f"openid {NAME}")
    within = await a_partner_session(first, f"openid {ADULT}")
    second = await give(grants, resident, client, [NAME, ADULT], [ADULT])
    assert await why_ended(beyond) == "grant-narrowed"
    assert await why_ended(within) == ""
    assert (await Session.get(id=within.id)).grant_id == second.id
    await grants.withdraw(resident, UUID(str(second.id)), as_resident(resident))
    assert await why_ended(within) == "grant-withdrawn"


async def test_giving_less_kills_the_codes_that_went_beyond(grants: Grants, client: Client):
    resident = await a_resident()
    first = await give(grants, resident, client, [NAME, ADULT])
    beyond, within = await a_code(first, NAME), await a_code(first, ADULT)
    second = await give(grants, resident, client, [NAME, ADULT], [ADULT])
    assert not await AuthorizationCode.filter(digest=beyond).exists()
    assert (await AuthorizationCode.get(digest=within)).grant_id == second.id


async def test_withdrawing_ends_sessions_and_codes_and_asks_again(grants: Grants, client: Client):
    resident = await a_resident()
    grant = await give(grants, resident, client, [NAME])
    session, code = await a_partner_session(grant, NAME), await a_code(grant, NAME)
    await grants.withdraw(resident, UUID(str(grant.id)), as_resident(resident))
    assert await why_ended(grant) == WITHDRAWN
    assert await why_ended(session) == "grant-withdrawn"
    assert not await AuthorizationCode.filter(digest=code).exists()
    assert await grants.covering(resident, client, [NAME]) is None
    assert [row.id for row in await grants.ended(resident)] == [grant.id]


async def test_nobody_withdraws_what_is_not_theirs_or_over(grants: Grants, client: Client):
    resident, other = await a_resident(), await a_resident()
    grant = UUID(str((await give(grants, resident, client, [NAME])).id))
    for who, what in ((other, grant), (resident, uuid4())):
        with pytest.raises(ConsentUnknown):
            await grants.withdraw(who, what, as_resident(who))
    await grants.withdraw(resident, grant, as_resident(resident))
    with pytest.raises(ConsentUnknown):
        await grants.withdraw(resident, grant, as_resident(resident))


async def test_an_expired_grant_covers_nothing_and_its_sessions_end(grants: Grants, client: Client):
    resident = await a_resident()
    grant = await give(grants, resident, client, [NAME])
    session = await a_partner_session(grant, NAME)
    await Grant.filter(id=grant.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert await grants.covering(resident, client, [NAME]) is None
    assert await grants.living(resident) == []
    assert await grants.holds(UUID(str(grant.id))) is None
    assert await grants.end_expired() == 1
    assert await grants.end_expired() == 0
    assert await why_ended(grant) == EXPIRED
    assert await why_ended(session) == "grant-expired"
    assert await AuditEvent.filter(event="grant:expired", resident_id=resident).count() == 1


async def test_the_workers_job_ends_what_is_past_its_time(
    settings: Settings, grants: Grants, client: Client
):
    grant = await give(grants, await a_resident(), client, [NAME])
    session = await a_partner_session(grant, NAME)
    await Grant.filter(id=grant.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    async with worker_process.tools(settings) as tools:
        await worker_process.handlers(tools)["end-expired-grants"]({})
    assert await why_ended(session) == "grant-expired"


async def test_giving_and_withdrawing_is_on_record_with_the_client(grants: Grants, client: Client):
    resident = await a_resident()
    grant = await give(grants, resident, client, [NAME])
    await grants.withdraw(resident, UUID(str(grant.id)), as_resident(resident))
    rows = await AuditEvent.filter(resident_id=resident).order_by("id")
    assert [row.event for row in rows] == ["grant:given", "grant:withdrawn"]
    assert {(row.client, row.purpose) for row in rows} == {(client.id, grant.purpose)}


async def test_the_resident_is_told_who_was_let_in(grants: Grants, client: Client):
    resident = await a_resident()
    await give(grants, resident, client, [NAME])
    notice = await Notice.get(resident_id=resident)
    assert notice.kind == "grant-given"
    assert "Demo Hospital" in notice.facts


async def test_the_words_agreed_to_can_be_read_again(grants: Grants, client: Client):
    grant = await give(grants, await a_resident(), client, [NAME, ADULT], [ADULT])
    words = (await agreed.read([grant.text_hash]))[grant.text_hash]
    for part in ("Demo Hospital", "to book a visit for you", "90 days", "Eighteen or older"):
        assert part in words
    assert SCOPES.about(NAME, "en") in words


async def test_the_same_words_are_kept_once(grants: Grants, client: Client):
    hashes = {(await give(grants, await a_resident(), client, [NAME])).text_hash for _ in "12"}
    assert len(hashes) == 1
