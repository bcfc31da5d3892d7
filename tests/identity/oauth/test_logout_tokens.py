"""A client hears of every end of a resident's session with it (Back-Channel Logout 1.0)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from jwt.algorithms import ECAlgorithm
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.outbound import Outbound
from config.settings import Settings
from identity import sessions as sessions_room
from identity.caller import NOBODY
from identity.errors import RefreshTokenReused
from identity.grants import Grants
from identity.models import Grant, Partner, Session
from identity.oauth import logout_tokens
from identity.oauth.logout_tokens import EVENT, LogoutNotHeard, LogoutTokens
from identity.partners.closing import close, end_tokens
from identity.scopes import Scopes
from identity.sessions import new_refresh_token
from identity.signer import Signer
from tests.support.listening_client import ListeningClient, listening
from tests.support.partner_app import an_approved_partner
from tests.support.session_parts import SessionParts, a_resident, a_worker

ISSUER = "http://127.0.0.1:8000"
Ends = Callable[[SessionParts, Session], Awaitable[None]]


@pytest.fixture
async def worker(settings: Settings, database: TortoiseContext) -> AsyncIterator[SessionParts]:
    async with a_worker(settings) as parts:
        yield parts


@pytest.fixture
async def client() -> AsyncIterator[ListeningClient]:
    async with listening() as running:
        yield running


@pytest.fixture
async def sender(worker: SessionParts, settings: Settings) -> AsyncIterator[LogoutTokens]:
    async with Outbound(settings) as outbound:
        yield LogoutTokens(Signer(worker.keys), worker.registry, outbound, settings)


async def a_session(client: str, resident: UUID, parent: UUID | None = None) -> Session:
    """A resident's session with a client, under a grant."""
    now = datetime.now(UTC)
    grant = await Grant.create(
        id=uuid4(), resident_id=resident, client=client, subject=uuid4(), asked="openid",
        scopes="openid", purpose="", locale="en", channel="web", text_hash="", given_at=now,
        expires_at=now + timedelta(days=90),
    )  # fmt: skip
    return await Session.create(
        id=uuid4(), resident_id=resident, client=client, device="d" * 64, device_name="",
        channel="partner", acr="4", amr="face", auth_time=now, last_used_at=now,
        expires_at=now + timedelta(days=30), grant_id=grant.id, scope="openid",
        parent_id=parent or uuid4(),
    )  # fmt: skip


async def owed() -> list[dict[str, str]]:
    """Every debt that is written down."""
    names = (logout_tokens.JOB, logout_tokens.ALL_JOB)
    asked = f"SELECT payload FROM pgqueuer WHERE entrypoint IN {names} ORDER BY id"
    rows = await get_connection("default").execute_query_dict(asked)
    return [json.loads(bytes(row["payload"])) for row in rows]


async def a_listener(address: str = "https://hospital.example/logout") -> str:
    return (await an_approved_partner(ISSUER, backchannel_logout_uri=address)).id


async def test_an_end_that_is_rolled_back_is_told_to_nobody(worker: SessionParts):
    session = await a_session(await a_listener(), await a_resident())
    with pytest.raises(ZeroDivisionError):
        async with in_transaction() as connection:
            await worker.sessions.end_these(connection, [UUID(str(session.id))], "logout")
            1 / 0  # noqa: B018
    assert await owed() == []


async def test_a_client_that_registered_no_address_is_told_nothing(worker: SessionParts):
    app = await an_approved_partner(ISSUER)
    session = await a_session(app.id, await a_resident())
    await worker.sessions.end(UUID(str(session.id)), UUID(str(session.resident_id)))
    assert await owed() == []


async def test_the_end_of_a_session_in_our_own_app_is_not_told_to_strangers(worker: SessionParts):
    opened = await worker.sign_in(await a_resident())
    async with in_transaction() as connection:
        await worker.sessions.end_all(connection, opened.session.resident_id, "sign-out")
    assert await owed() == []


async def test_signing_out_of_our_app_tells_the_clients_that_hung_on_it(worker: SessionParts):
    resident = await a_resident()
    own = await worker.sign_in(resident)
    client = await a_listener()
    session = await a_session(client, resident, own.session.id)
    await worker.sessions.end(UUID(str(own.session.id)), resident)
    assert await owed() == [{"session": str(session.id), "client": client}]


async def test_a_session_whose_time_is_over_is_told_of(worker: SessionParts):
    session = await a_session(await a_listener(), await a_resident())
    await Session.filter(id=session.id).update(expires_at=datetime.now(UTC))
    assert await sessions_room.end_expired() == 1
    assert [one["session"] for one in await owed()] == [str(session.id)]
    assert await sessions_room.end_expired() == 0
    assert len(await owed()) == 1


async def withdrawn(parts: SessionParts, session: Session) -> None:
    grants = Grants(Scopes(), parts.sessions)
    await grants.withdraw(_id(session.resident_id), _id(session.grant_id), NOBODY)


async def erased_or_frozen(parts: SessionParts, session: Session) -> None:
    async with in_transaction() as connection:
        await parts.sessions.end_for_good(connection, _id(session.resident_id), "erased")


async def reused(parts: SessionParts, session: Session) -> None:
    """A rotating refresh token, shown with another key (CONTRACTS, "Refresh rotation")."""
    async with in_transaction() as connection:
        token = await new_refresh_token(connection, _id(session.id), "its-key")
    with pytest.raises(RefreshTokenReused):
        await parts.sessions.rotate(token, "another-key", client=session.client)


def _id(value: object) -> UUID:
    return UUID(str(value))


@pytest.mark.parametrize("end", [withdrawn, erased_or_frozen, reused])
async def test_however_a_session_ends_its_client_is_told_once(worker: SessionParts, end: Ends):
    client = await a_listener()
    session = await a_session(client, await a_resident())
    await end(worker, session)
    assert await owed() == [{"session": str(session.id), "client": client}]


@pytest.mark.parametrize("end", [close, lambda c, row: end_tokens(c, row, "client-suspended")])
async def test_a_suspended_or_closed_client_is_told_of_all_its_sessions(
    worker: SessionParts, end: object
):
    """One job in the transaction, however many there are; it writes one debt for each."""
    client = await a_listener()
    ids = {str((await a_session(client, await a_resident())).id) for _ in range(3)}
    over = await a_session(client, await a_resident())
    await Session.filter(id=over.id).update(ended_at=datetime.now(UTC) - timedelta(hours=1))
    row = await Partner.get(id=client)
    async with in_transaction() as connection:
        await end(connection, row)  # type: ignore[operator]
    [job] = await owed()
    await logout_tokens.owe_each(job)
    assert {one["session"] for one in (await owed())[1:]} == ids


async def test_a_logout_token_is_what_the_standard_asks_for(
    sender: LogoutTokens, client: ListeningClient, worker: SessionParts, settings: Settings
):
    """§2.4 and §2.6: type, issuer, audience, two minutes at most, the event, never a nonce."""
    id = await a_listener(client.address)
    session = await a_session(id, await a_resident())
    await sender.send({"session": str(session.id), "client": id})
    grant = await Grant.get(id=session.grant_id)
    [key] = (await worker.keys.jwks())["keys"]
    header = jwt.get_unverified_header(client.heard[0])
    assert (header["typ"], header["alg"], header["kid"]) == ("logout+jwt", "ES256", key["kid"])
    issuer = settings.public_url.rstrip("/")
    claims = jwt.decode(
        client.heard[0], ECAlgorithm.from_jwk(key), ["ES256"], audience=id, issuer=issuer
    )
    assert claims["exp"] - claims["iat"] <= 120
    assert claims["events"] == {EVENT: {}}
    assert (claims["sid"], claims["sub"]) == (str(session.id), str(grant.subject))
    assert UUID(claims["jti"])
    assert "nonce" not in claims
    assert client.paths == ["/backchannel-logout"]


async def test_each_try_has_a_token_of_its_own(sender: LogoutTokens, client: ListeningClient):
    """A client remembers the ``jti`` it has seen (§2.6)."""
    id = await a_listener(client.address)
    session = await a_session(id, await a_resident())
    for _ in range(2):
        await sender.send({"session": str(session.id), "client": id})
    first, second = client.claims
    assert first["jti"] != second["jti"]


async def test_a_session_of_an_erased_resident_is_named_by_its_sid_alone(
    sender: LogoutTokens, client: ListeningClient
):
    id = await a_listener(client.address)
    gone = uuid4()
    await sender.send({"session": str(gone), "client": id})
    assert client.claims[0]["sid"] == str(gone)
    assert "sub" not in client.claims[0]


@pytest.mark.parametrize("status", [500, 503, 429, 408])
async def test_a_client_in_trouble_is_tried_again(
    sender: LogoutTokens, client: ListeningClient, status: int
):
    id = await a_listener(client.address)
    client.statuses = [status]
    with pytest.raises(LogoutNotHeard, match=str(status)):
        await sender.send({"session": str(uuid4()), "client": id})


@pytest.mark.parametrize("status", [200, 204, 400, 401, 404])
async def test_a_client_that_answered_is_left_in_peace(
    sender: LogoutTokens, client: ListeningClient, status: int
):
    """§2.8: 200 and 204 are good; another answer will not become better."""
    id = await a_listener(client.address)
    client.statuses = [status]
    await sender.send({"session": str(uuid4()), "client": id})
    assert len(client.heard) == 1


async def test_a_client_that_does_not_answer_is_given_up_after_a_while(
    sender: LogoutTokens, client: ListeningClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logout_tokens, "SECONDS", 0.2)
    id = await a_listener(client.address)
    client.silent = True
    with pytest.raises(LogoutNotHeard, match="timeout"):
        await sender.send({"session": str(uuid4()), "client": id})


async def test_nobody_is_followed_to_another_address(sender: LogoutTokens, client: ListeningClient):
    """A registered address that redirects is a way around the address guard."""
    id = await a_listener(client.address)
    client.statuses = [302]
    await sender.send({"session": str(uuid4()), "client": id})
    assert client.paths == ["/backchannel-logout"]


@pytest.mark.parametrize("address", ["http://169.254.169.254/x", "ftp://hospital.example/x"])
async def test_a_forbidden_address_is_never_asked_and_never_tried_again(
    sender: LogoutTokens, address: str
):
    """Registration refuses it; should it get in, the guard stands where it is used."""
    id = await a_listener(address)
    await sender.send({"session": str(uuid4()), "client": id})


async def test_in_production_a_loopback_address_is_not_asked(
    worker: SessionParts, settings: Settings, client: ListeningClient
):
    id = await a_listener(client.address)
    strict = settings.model_copy(update={"environment": "production"})
    async with Outbound(strict) as outbound:
        sender = LogoutTokens(Signer(worker.keys), worker.registry, outbound, settings)
        await sender.send({"session": str(uuid4()), "client": id})
    assert client.heard == []


async def test_a_client_that_is_gone_or_deaf_by_now_ends_the_matter(
    sender: LogoutTokens, client: ListeningClient
):
    deaf = await an_approved_partner(ISSUER)
    await sender.send({"session": str(uuid4()), "client": deaf.id})
    await sender.send({"session": str(uuid4()), "client": "c-nobody"})
    assert client.heard == []
