"""Signing out at a client's wish, and to where (RP-Initiated Logout 1.0)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from identity.errors import SessionEnded
from identity.models import AuditEvent, Grant, Partner, SigningKey
from identity.models import Session as SessionRow
from identity.signer import Signer
from tests.identity.oauth.test_logout_tokens import a_session
from tests.support.http import Answer, Api
from tests.support.log_capture import personal
from tests.support.partner_app import PartnerApp, an_approved_partner
from tests.support.session_parts import a_resident

AFTER = "https://hospital.example/signed-out?from=zhiban"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
async def partner(api: Api) -> PartnerApp:
    return await an_approved_partner(api.url, post_logout_redirect_uris=[AFTER])


@pytest.fixture
async def session(api: Api, partner: PartnerApp) -> SessionRow:
    return await a_session(partner.id, await a_resident())


async def hint(api: Api, partner: PartnerApp, session: SessionRow, **changed: Any) -> str:
    """The ID token of that session; expired, as they are when somebody signs out."""
    grant = await Grant.get(id=session.grant_id)
    claims = {
        "iss": api.url,
        "aud": partner.id,
        "sub": str(grant.subject),
        "sid": str(session.id),
        "iat": int(time.time()) - 9000,
        "exp": int(time.time()) - 8700,
    } | changed
    kind = claims.pop("typ", "JWT")
    return personal(await Signer(api.parts.ground.keys).sign(claims, kind))


async def ask(api: Api, method: str = "GET", **parameters: str) -> Answer:
    given = {"params": parameters} if method == "GET" else {"data": parameters}
    return await api.send(method, "/oauth/logout", allow_redirects=False, **given)


async def alive(session: SessionRow) -> bool:
    return await SessionRow.filter(id=session.id, ended_at__isnull=True).exists()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_expired_id_token_ends_its_session_and_leads_back_with_state(
    api: Api, partner: PartnerApp, session: SessionRow, method: str
):
    """§2: GET and POST, a hint whose time is over, ``state`` echoed."""
    shown = await hint(api, partner, session)
    answer = await ask(
        api, method, id_token_hint=shown, post_logout_redirect_uri=AFTER, state="a b&c"
    )
    assert answer.status == 303
    back = urlsplit(answer.headers["Location"])
    assert (back.scheme, back.netloc, back.path) == ("https", "hospital.example", "/signed-out")
    assert parse_qs(back.query) == {"from": ["zhiban"], "state": ["a b&c"]}
    assert answer.headers["Cache-Control"] == "no-store"
    row = await SessionRow.get(id=session.id)
    assert row.ended_at and row.ended_why == "logout"
    told = await AuditEvent.get(event="session:ended", resident_id=session.resident_id)
    assert (told.actor_kind, told.client) == ("partner", partner.id)


async def test_its_tokens_die_with_the_session(api: Api, partner: PartnerApp, session: SessionRow):
    await ask(api, id_token_hint=await hint(api, partner, session))
    with pytest.raises(SessionEnded):
        await api.parts.ground.revocations.check(UUID(str(session.id)))


async def test_signing_out_twice_leads_back_twice(
    api: Api, partner: PartnerApp, session: SessionRow
):
    shown = await hint(api, partner, session)
    for _ in range(2):
        answer = await ask(api, id_token_hint=shown, post_logout_redirect_uri=AFTER)
        assert (answer.status, answer.headers["Location"]) == (303, AFTER)


async def test_without_a_way_back_a_page_says_that_it_is_done(
    api: Api, partner: PartnerApp, session: SessionRow
):
    answer = await ask(api, id_token_hint=await hint(api, partner, session), ui_locales="en")
    assert answer.status == 200
    assert "You are signed out" in answer.raw.decode()
    assert "Demo Hospital" in answer.raw.decode()
    assert not await alive(session)


@pytest.mark.parametrize(
    "address",
    [
        AFTER + "&more=1",
        AFTER.replace("https", "http"),
        AFTER.replace("hospital.example", "hospital.example.evil.example"),
        AFTER.replace("signed-out", "signed-out/"),
        "javascript:alert(1)",
        "//evil.example",
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    api: Api, partner: PartnerApp, session: SessionRow, address: str
):
    """§3: exactly; conformance: rp-initiated-logout-bad-post-logout-redirect-uri."""
    shown = await hint(api, partner, session)
    answer = await ask(api, id_token_hint=shown, post_logout_redirect_uri=address)
    assert answer.status == 400
    assert "Location" not in answer.headers
    assert "evil" not in answer.raw.decode()
    assert await alive(session)


async def test_a_way_back_alone_leads_nowhere(api: Api):
    """Conformance: rp-initiated-logout-no-id-token-hint; nothing says whose address it is."""
    answer = await ask(api, post_logout_redirect_uri=AFTER, state="x")
    assert answer.status == 400
    assert AFTER not in answer.raw.decode()


async def test_a_client_alone_is_no_proof_so_the_resident_is_told_what_to_do(
    api: Api, partner: PartnerApp, session: SessionRow
):
    """§2: without a hint the resident must be asked; the way back is offered, not taken."""
    answer = await ask(
        api, client_id=partner.id, post_logout_redirect_uri=AFTER, state="s", ui_locales="en"
    )
    page = answer.raw.decode()
    assert answer.status == 200
    assert "not signed out yet" in page
    assert 'href="/#/pages/consents/consents"' in page
    assert f'href="{AFTER}&amp;state=s"' in page
    assert await alive(session)


async def test_another_clients_hint_is_refused(api: Api, partner: PartnerApp, session: SessionRow):
    """§2: client_id must be the one the ID token was issued to."""
    other = await an_approved_partner(api.url, post_logout_redirect_uris=[AFTER])
    shown = await hint(api, partner, session)
    answer = await ask(api, id_token_hint=shown, client_id=other.id, post_logout_redirect_uri=AFTER)
    assert answer.status == 400
    assert await alive(session)


async def test_a_hint_ends_no_session_of_another_client(
    api: Api, partner: PartnerApp, session: SessionRow
):
    other = await an_approved_partner(api.url)
    await ask(api, id_token_hint=await hint(api, partner, session, aud=other.id))
    assert await alive(session)


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"iss": "https://elsewhere.example"},
        {"sid": "not-a-session"},
        {"aud": ["one", "two"]},
    ],
    ids=str,
)
async def test_what_is_not_an_id_token_of_ours_ends_nothing(
    api: Api, partner: PartnerApp, session: SessionRow, changed: dict[str, Any]
):
    """Conformance: rp-initiated-logout-bad-id-token-hint. RFC 8725 §3.11: types are not mixed."""
    answer = await ask(api, id_token_hint=await hint(api, partner, session, **changed))
    assert answer.status == 200
    assert await alive(session)


@pytest.mark.parametrize("how", ["another-key", "unsigned", "symmetric", "cut", "rubbish"])
async def test_a_forged_hint_ends_nothing(
    api: Api, partner: PartnerApp, session: SessionRow, how: str
):
    """Conformance: rp-initiated-logout-modified-id-token-hint."""
    genuine = await hint(api, partner, session)
    header = jwt.get_unverified_header(genuine)
    claims = jwt.decode(genuine, options={"verify_signature": False})
    top = {"kid": header["kid"]}
    shown = {
        "another-key": lambda: jwt.encode(
            claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers=top
        ),
        "unsigned": lambda: jwt.encode(claims, "", "none", headers=top),
        "symmetric": lambda: jwt.encode(claims, "k" * 32, "HS256", headers=top),
        "cut": lambda: genuine.rpartition(".")[0] + ".",
        "rubbish": lambda: "a.b.c",
    }[how]()
    answer = await ask(api, id_token_hint=personal(shown))
    assert answer.status == 200
    assert await alive(session)


async def test_a_hint_signed_by_a_retired_key_still_serves(
    api: Api, partner: PartnerApp, session: SessionRow
):
    """Sessions last months, keys do not."""
    keys = api.parts.ground.keys
    shown = await hint(api, partner, session)
    kid = jwt.get_unverified_header(shown)["kid"]
    now = datetime.now(UTC)
    younger = await keys.rotate(timedelta(0))
    await SigningKey.filter(kid=kid).update(active_from=now - timedelta(hours=3))
    await SigningKey.filter(kid=younger).update(active_from=now - timedelta(hours=2))
    await keys.rotate(timedelta(0))  # and every key is read anew
    assert await keys.public(kid) is None
    answer = await ask(api, id_token_hint=shown, post_logout_redirect_uri=AFTER)
    assert answer.status == 303
    assert not await alive(session)


async def test_a_suspended_clients_address_is_no_way_back(api: Api):
    away = await an_approved_partner(api.url, post_logout_redirect_uris=[AFTER])
    await Partner.filter(id=away.id).update(state="suspended")
    await api.parts.ground.registry.changed(away.id)
    answer = await ask(api, client_id=away.id, post_logout_redirect_uri=AFTER)
    assert answer.status == 400
    assert AFTER not in answer.raw.decode()


async def test_an_unknown_client_is_refused_without_its_name(api: Api):
    answer = await ask(api, client_id=f"c-{uuid4().hex}<script>")
    assert answer.status == 400
    assert "script>" not in answer.raw.decode()


async def test_the_page_runs_nothing_and_sends_nothing(api: Api):
    answer = await ask(api)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "form-action 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_parameter_twice_is_refused_on_a_page(api: Api):
    """RFC 6749 §3.1; somebody sits before this browser."""
    answer = await api.get("/oauth/logout?state=a&state=b")
    assert answer.status == 400
    assert "<code>invalid_request</code>" in answer.raw.decode()


async def test_a_program_that_only_looks_where_a_link_leads_ends_nothing(
    api: Api, partner: PartnerApp, session: SessionRow
):
    shown = await hint(api, partner, session)
    answer = await api.send("HEAD", "/oauth/logout", params={"id_token_hint": shown})
    assert answer.status == 400
    assert await alive(session)
