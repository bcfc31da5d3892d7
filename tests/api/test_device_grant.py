"""Beginning a hand-off and waiting for it: RFC 8628 at enrolled kiosks, rule by rule."""

import asyncio
import base64
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from identity.kiosks.waiting import QR_SECONDS, Shown, Waiting
from identity.models import Partner
from tests.support.http import Api
from tests.support.kiosk import (
    GRANT,
    SCOPE,
    SERVICE,
    KioskPage,
    Phone,
    a_kiosk,
    agreed,
    at_once,
    later,
    let_in,
)
from tests.support.partner_app import PartnerApp, an_approved_partner


@pytest.fixture(scope="module")
async def kiosk(api: Api) -> KioskPage:
    return await a_kiosk(api)


@pytest.fixture
async def phone(api: Api) -> Phone:
    return Phone(api, await api.sign_in())


# RFC 10027: the device grant only where nothing better serves, and to enrolled kiosks only.


@pytest.mark.parametrize("kind", ["partner", "department"])
async def test_no_client_but_an_enrolled_kiosk_may_begin(api: Api, kind: str):
    other = await an_approved_partner(api.url, kind=kind, grant_types=[GRANT], scope=SCOPE)
    refused = await other.post(api, "/oauth/device_authorization", scope=SCOPE)
    assert (refused.status, refused.body["error"]) == (400, "unauthorized_client")


async def test_a_public_client_may_not_begin(api: Api):
    page = await an_approved_partner(
        api.url, grant_types=[GRANT], token_endpoint_auth_method="none"
    )
    refused = await page.post(api, "/oauth/device_authorization", scope=SCOPE)
    assert (refused.status, refused.body["error"]) == (400, "unauthorized_client")


async def test_a_kiosk_without_its_own_proof_may_not_begin(api: Api, kiosk: KioskPage):
    thief = PartnerApp(api.url, kiosk.id)
    refused = await thief.post(api, "/oauth/device_authorization", scope=SCOPE)
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_a_kiosk_is_bound_to_the_key_it_was_enrolled_with(api: Api, kiosk: KioskPage):
    """A good assertion, and a proof by another key."""
    other = KioskPage(api.url, kiosk.id, private=kiosk.private)
    other.key = PartnerApp(api.url, "x").key
    refused = await other.post(api, "/oauth/device_authorization", scope=SCOPE)
    assert (refused.status, refused.body["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    "scope",
    ["", "openid", "profile:name", "own", "kiosk", "no-such-service:read",
     f"{SCOPE} social-insurance-status:read", f"{SCOPE} profile:name"],
)  # fmt: skip
async def test_the_scope_is_one_service_and_nothing_else(api: Api, kiosk: KioskPage, scope: str):
    refused = await kiosk.post(api, "/oauth/device_authorization", scope=scope)
    assert (refused.status, refused.body["error"]) == (400, "invalid_scope")


async def test_openid_beside_the_service_is_not_given(api: Api, kiosk: KioskPage, phone: Phone):
    done = await let_in(api, kiosk, phone, f"openid {SCOPE}")
    assert done.body["scope"] == SCOPE
    assert "id_token" not in done.body


# RFC 8628 §3.2, and the QR code.


async def test_the_codes_come_with_a_picture_and_their_times(api: Api, kiosk: KioskPage):
    shown = await kiosk.begin(api)
    assert shown["verification_uri"] == f"{api.url}/#/pages/handoff/handoff"
    complete = f"{shown['verification_uri']}?code={shown['user_code']}"
    assert shown["verification_uri_complete"] == complete
    assert (shown["qr_expires_in"], shown["expires_in"], shown["interval"]) == (60, 300, 2)
    assert len(shown["device_code"]) >= 43
    kind, _, data = shown["qr"].partition(",")
    assert kind.startswith("data:image/svg+xml")
    assert ElementTree.fromstring(_svg(kind, data)).tag.endswith("svg")


def _svg(kind: str, data: str) -> str:
    return base64.b64decode(data).decode() if "base64" in kind else unquote(data)


async def test_answers_carry_a_nonce_for_the_next_proof(api: Api, kiosk: KioskPage):
    done = await kiosk.post(api, "/oauth/device_authorization", scope=SCOPE)
    assert done.headers["DPoP-Nonce"]
    assert done.headers["Cache-Control"] == "no-store"


async def test_a_qr_code_that_nobody_scanned_dies_within_a_minute(
    api: Api, kiosk: KioskPage, phone: Phone
):
    shown = await kiosk.begin(api)
    keys = [key async for key in api.parts.cache.scan_iter("handoff-code:*")]
    lives = [await api.parts.cache.ttl(key) for key in keys]
    assert keys and max(lives) <= QR_SECONDS
    await too_old(api, shown["device_code"], kiosk)
    assert (await phone.scan(shown["user_code"])).code == "handoff-unknown"
    late = await kiosk.poll(api, shown["device_code"])
    assert (late.status, late.body["error"]) == (400, "expired_token")


async def too_old(api: Api, device_code: str, kiosk: KioskPage) -> None:
    """As if a minute had passed since it was shown."""
    waiting: Waiting = api.parts.kiosks.waiting
    found = await waiting.of_kiosk(device_code)
    assert found
    old = Shown(found.shown.visit, kiosk.id, kiosk.key.thumbprint, SERVICE, found.until - 61)
    sealed = waiting._seal(found.place, "shown", old)
    await api.parts.cache.set(f"handoff:{found.place}:shown", sealed, keepttl=True)


async def test_a_qr_code_works_once(api: Api, kiosk: KioskPage, phone: Phone):
    shown = await kiosk.begin(api)
    others = [Phone(api, await api.sign_in()) for _ in range(3)]
    scans = await asyncio.gather(
        *(one.scan(shown["user_code"]) for one in [phone, *others] for _ in range(5))
    )
    assert sorted(one.status for one in scans) == [201] + [404] * 19
    assert {one.code for one in scans if one.status == 404} == {"handoff-unknown"}


# Polling (RFC 8628 §3.5).


async def test_a_poll_before_the_answer_is_told_to_wait(api: Api, kiosk: KioskPage, phone: Phone):
    shown = await kiosk.begin(api)
    code = shown["device_code"]
    first = await kiosk.poll(api, code)
    assert (first.status, first.body["error"]) == (400, "authorization_pending")
    assert first.headers["Handoff-State"] == "shown"
    scanned = await phone.scan(shown["user_code"])
    await later(api)
    assert (await kiosk.poll(api, code)).headers["Handoff-State"] == "claimed"
    await phone.answer(scanned.body["id"])
    await later(api)
    after = await kiosk.poll(api, code)
    assert (after.body["error"], after.headers["Handoff-State"]) == (
        "authorization_pending",
        "allowed",
    )


async def test_a_poll_too_soon_is_slowed_down_by_five_seconds_each_time(api: Api, kiosk: KioskPage):
    code = (await kiosk.begin(api))["device_code"]
    said = [(await kiosk.poll(api, code)).body["error"]]
    await at_once(api)
    said += [(await kiosk.poll(api, code)).body["error"] for _ in range(2)]
    assert said == ["authorization_pending", "slow_down", "slow_down"]
    await later(api)
    assert (await kiosk.poll(api, code)).body["error"] == "authorization_pending"
    (pace,) = [key async for key in api.parts.cache.scan_iter("handoff:*:pace")]
    assert 10_000 < await api.parts.cache.pttl(pace) <= 12_000


async def test_a_device_code_of_another_kiosk_opens_nothing(
    api: Api, kiosk: KioskPage, phone: Phone
):
    other = await a_kiosk(api)
    code, number = await agreed(api, kiosk, phone)
    foreign = await other.poll(api, code, number)
    assert (foreign.status, foreign.body["error"]) == (400, "invalid_grant")
    assert (await kiosk.poll(api, code, number)).status == 200


@pytest.mark.parametrize("code", ["x", "A" * 43, "é"])
async def test_a_made_up_device_code_opens_nothing(api: Api, kiosk: KioskPage, code: str):
    refused = await kiosk.poll(api, code)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")


async def test_a_poll_without_a_device_code_is_malformed(api: Api, kiosk: KioskPage):
    refused = await kiosk.post(api, "/oauth/token", grant_type=GRANT)
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


async def test_a_refusal_ends_the_polling(api: Api, kiosk: KioskPage, phone: Phone):
    shown = await kiosk.begin(api)
    scanned = await phone.scan(shown["user_code"])
    answered = await phone.answer(scanned.body["id"], "refuse")
    assert answered.body == {"number": None}
    for number in ("", "0000"):
        over = await kiosk.poll(api, shown["device_code"], number)
        assert (over.status, over.body["error"]) == (400, "access_denied")


async def test_a_suspended_kiosk_does_not_even_poll(api: Api, phone: Phone):
    kiosk = await a_kiosk(api)
    code, number = await agreed(api, kiosk, phone)
    await Partner.filter(id=kiosk.id).update(state="suspended")
    await api.parts.ground.registry.changed(kiosk.id)
    refused = await kiosk.poll(api, code, number)
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")
