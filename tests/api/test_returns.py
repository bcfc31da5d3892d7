"""Coming back over HTTP: bound keys and WeChat accounts; strangers, the frozen and the closed."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from identity import returns
from identity.bindings import MOST
from identity.models import AuditEvent, BoundDevice, Resident, Session
from tests.support.http import Api
from tests.support.returning import BACK, DEVICES, Phone, a_phone, by_wechat, kinds
from tests.support.sandbox import Sandbox
from tests.support.wechat import WechatUser, signed_in


@pytest.fixture
async def person(api: Api, healthy_sandbox: Sandbox) -> UUID:
    """A resident with a document: whoever returns sees their masked name."""
    return (await signed_in(api)).resident


@pytest.fixture
async def phone(api: Api, person: UUID) -> Phone:
    return await a_phone(api, resident=person)


@pytest.fixture
async def bound(phone: Phone) -> Phone:
    answer = await phone.bind()
    assert answer.status == 201, answer.body
    return phone


async def test_a_key_that_is_bound_to_nobody_brings_nobody_back(phone: Phone):
    answer = await phone.back()
    assert (answer.status, answer.code) == (401, "return-unknown")


async def test_without_a_proof_there_is_no_way_back(api: Api, bound: Phone):
    answer = await api.post(BACK, {"way": "device", "device": bound.device})
    assert (answer.status, answer.code) == (401, "dpop-proof-invalid")


async def test_a_proof_brings_back_once(api: Api, bound: Phone):
    headers = bound.key.headers("POST", BACK)
    body = {"way": "device", "device": bound.device}
    answers = [await api.post(BACK, body, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 401]
    assert answers[1].code == "dpop-proof-invalid"


@pytest.mark.parametrize(
    "body",
    [
        {"way": "device"},
        {"way": "device", "device": "d" * 8, "code": "x"},
        {"way": "wechat", "device": "d" * 8},
        {"way": "password", "device": "d" * 8},
        {"way": "device", "device": "d" * 8, "resident": "x"},
    ],
    ids=str,
)
async def test_a_return_of_another_form_is_a_bad_request(api: Api, body: object):
    assert (await api.post(BACK, body)).code == "request-invalid"


@pytest.mark.parametrize("state", ["frozen_at", "closed_at"])
async def test_the_frozen_and_the_closed_hear_what_strangers_hear(
    api: Api, bound: Phone, state: str
):
    rows = Resident.filter(id=bound.signed.resident)
    await rows.update(**{state: datetime.now(UTC)})
    refused, stranger = await bound.back(), await (await a_phone(api)).back()
    same = ("status", "code")
    assert [getattr(refused, one) for one in same] == [getattr(stranger, one) for one in same]
    assert refused.body["detail"] == stranger.body["detail"]


async def test_a_bound_device_brings_back_at_level_three(bound: Phone):
    answer = await bound.back()
    assert (answer.status, answer.body["acr"]) == (201, "3")
    assert answer.body["token_type"] == "DPoP"
    assert "*" in answer.body["resident"]["name"]
    again = await bound.api.remember(answer.body)
    assert again.resident == bound.signed.resident and again.session != bound.signed.session
    row = await Session.get(id=again.session)
    assert (row.key, row.amr, row.place) == (bound.key.thumbprint, "pop", "local")
    events = AuditEvent.filter(event="session:returned", resident_id=again.resident)
    assert await events.count() == 1


async def test_who_was_proofed_at_less_comes_back_at_less(bound: Phone):
    await Resident.filter(id=bound.signed.resident).update(proofed=2)
    assert (await bound.back()).body["acr"] == "2"


async def test_a_proofing_that_lapsed_brings_back_at_level_two(bound: Phone):
    past = datetime.now(UTC) - timedelta(seconds=1)
    await Resident.filter(id=bound.signed.resident).update(proofed_until=past)
    assert (await bound.back()).body["acr"] == "2"


async def test_a_session_without_a_key_binds_none(api: Api):
    signed = await api.sign_in()
    answer = await api.post(DEVICES, {}, signed.access)
    assert (answer.status, answer.code) == (409, "device-key-needed")


async def test_binding_again_is_the_same_binding(bound: Phone):
    again = await bound.bind()
    listed = await bound.send("GET", DEVICES)
    assert [one["id"] for one in listed.body["devices"]] == [again.body["id"]]
    assert (await kinds(bound.signed.resident)).count("device-bound") == 1


async def test_however_many_bind_at_once_there_is_one_binding(phone: Phone):
    answers = await asyncio.gather(*(phone.bind() for _ in range(8)))
    assert {answer.status for answer in answers} == {201}
    assert await BoundDevice.filter(resident_id=phone.signed.resident).count() == 1


async def test_a_resident_binds_so_many_devices_and_no_more(api: Api, person: UUID):
    phones = [await a_phone(api, resident=person) for _ in range(MOST + 1)]
    answers = [await one.bind() for one in phones]
    assert [answer.status for answer in answers] == [201] * MOST + [409]
    assert answers[-1].code == "too-many-devices"


async def test_an_unbound_device_brings_nobody_back(bound: Phone):
    (one,) = (await bound.send("GET", DEVICES)).body["devices"]
    assert one["kind"] == "key"
    assert (await bound.send("DELETE", f"{DEVICES}/{one['id']}")).status == 204
    assert (await bound.back()).code == "return-unknown"
    again = await bound.send("DELETE", f"{DEVICES}/{one['id']}")
    assert (again.status, again.code) == (404, "device-missing")


async def test_nobody_unbinds_the_device_of_another(api: Api, bound: Phone):
    (one,) = (await bound.send("GET", DEVICES)).body["devices"]
    other = await api.sign_in()
    for named in (one["id"], "x"):
        answer = await api.send("DELETE", f"{DEVICES}/{named}", other.access)
        assert (answer.status, answer.code) == (404, "device-missing")
    assert (await bound.back()).status == 201


async def test_who_binds_a_shared_device_takes_it_over_and_the_other_is_told(
    api: Api, bound: Phone
):
    other = await a_phone(api, bound.key, resident=(await signed_in(api)).resident)
    assert (await other.bind()).status == 201
    back = await api.remember((await bound.back()).body)
    assert back.resident == other.signed.resident
    assert "device-taken-over" in await kinds(bound.signed.resident)


async def test_signing_out_may_forget_the_device(bound: Phone):
    path = "/v1/me/sessions/current?forget=true"
    assert (await bound.send("DELETE", path)).status == 204
    assert (await bound.back()).code == "return-unknown"


async def test_signing_out_alone_keeps_the_way_back(bound: Phone):
    assert (await bound.send("DELETE", "/v1/me/sessions/current")).status == 204
    assert (await bound.back()).status == 201


async def test_signing_out_everywhere_ends_all_and_forgets_all(
    api: Api, bound: Phone, healthy_sandbox: Sandbox
):
    tablet = await api.sign_in(resident=bound.signed.resident)
    user = WechatUser(api.sandbox)
    assert (await bound.bind(wechat_code=await user.code())).status == 201
    assert (await bound.send("DELETE", "/v1/me/sessions")).status == 204
    assert (await api.get("/v1/me/sessions", tablet.access)).code == "session-ended"
    assert (await bound.send("GET", DEVICES)).code == "session-ended"
    assert (await bound.back()).code == "return-unknown"
    assert (await by_wechat(api, user)).code == "return-unknown"


async def test_the_list_of_sessions_says_where_and_how(bound: Phone):
    await bound.back()
    listed = (await bound.send("GET", "/v1/me/sessions")).body["sessions"]
    mine = [one for one in listed if one["current"]]
    assert [one["id"] for one in mine] == [str(bound.signed.session)]
    for one in listed:
        assert set(one) == {
            "id", "device", "partner", "place", "channel", "created_at", "last_used_at", "current",
            "actor",
        }  # fmt: skip
        assert one["actor"] is False and one["place"]
    assert {one["channel"] for one in listed} == {"web", "miniprogram"}


async def test_an_address_is_slowed_by_refused_returns_only(
    api: Api, bound: Phone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(api.parts.ways.returns.refusals, "_most", 3)
    far = SimpleNamespace(time=lambda: 4_000_000_000.0)  # a minute of its own that does not pass
    monkeypatch.setattr(returns, "time", far)
    assert {(await bound.back()).status for _ in range(5)} == {201}
    stranger = await a_phone(api)
    answers = [await stranger.back() for _ in range(5)]
    assert answers[-1].code == "too-many-from-address"
    assert [answer.status for answer in answers] == [401] * 3 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("_time", range(5))
async def test_coming_back_while_signing_out_everywhere_leaves_nobody_signed_in(
    bound: Phone, _time: int
):
    gone, _ = await asyncio.gather(bound.send("DELETE", "/v1/me/sessions"), bound.back())
    assert gone.status == 204
    living = Session.filter(resident_id=bound.signed.resident, ended_at__isnull=True)
    assert not await living.exists()
    assert (await bound.back()).code == "return-unknown"
