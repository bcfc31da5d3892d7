"""A resident's notices and telephone number over HTTP."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity import notices
from tests.support.http import Api, SignedIn
from tests.support.sandbox import Sandbox
from tests.support.wechat import messages, new_phone

NOBODYS = "3f2a8c1e-9b7d-4e6f-8a1b-2c3d4e5f6a7b"

LIST = "/v1/me/notices"


@pytest.fixture
async def resident(api: Api) -> SignedIn:
    return await api.sign_in()


async def tell(resident: UUID) -> UUID:
    facts = {"device": "iPhone", "place": "广东省广州市"}
    async with in_transaction() as connection:
        return await notices.tell(connection, resident, "new-device", facts)


async def test_nobody_reads_the_notices_of_another(api: Api, resident: SignedIn):
    notice, other = await tell(resident.resident), await api.sign_in()
    assert (await api.get(LIST, other.access)).body == {"notices": [], "unread": 0}
    answer = await api.post(f"{LIST}/{notice}/read", {}, other.access)
    assert (answer.status, answer.code) == (404, "notice-missing")


@pytest.mark.parametrize("named", ["x", NOBODYS])
async def test_a_notice_that_was_never_told_is_missing(api: Api, resident: SignedIn, named: str):
    answer = await api.post(f"{LIST}/{named}/read", {}, resident.access)
    assert (answer.status, answer.code) == (404, "notice-missing")


async def test_notices_come_newest_first_in_the_readers_language(api: Api, resident: SignedIn):
    first, second = await tell(resident.resident), await tell(resident.resident)
    answer = await api.get(LIST, resident.access, headers={"Accept-Language": "en"})
    assert [one["id"] for one in answer.body["notices"]] == [str(second), str(first)]
    assert answer.body["unread"] == 2
    shown = answer.body["notices"][0]
    assert shown["title"] == "Signed in on a new device" and "iPhone" in shown["text"]
    assert (shown["read_at"], shown["sent_by"]) == (None, "")
    assert "word" not in answer.raw.decode()


async def test_a_notice_is_read_once(api: Api, resident: SignedIn):
    notice = await tell(resident.resident)
    for _ in range(2):
        assert (await api.post(f"{LIST}/{notice}/read", {}, resident.access)).status == 204
    answer = await api.get(LIST, resident.access)
    assert answer.body["unread"] == 0 and answer.body["notices"][0]["read_at"]


async def test_a_number_is_set_by_its_code_and_removed(
    api: Api, resident: SignedIn, healthy_sandbox: Sandbox
):
    phone = new_phone()
    masked = phone[0] + "*" * 9 + phone[-1]
    assert (await api.get("/v1/me/phone", resident.access)).body == {"phone": None}
    begun = await api.post("/v1/me/phone", {"phone": phone}, resident.access)
    assert (begun.status, begun.body["phone"]) == (202, masked)
    (message,) = await messages(api.sandbox, phone)
    code = "".join(c for c in message["text"] if c.isdigit())[:6]
    wrong = "000000" if code != "000000" else "000001"
    confirm = "/v1/me/phone/confirmation"
    assert (await api.post(confirm, {"code": wrong}, resident.access)).code == "phone-code-wrong"
    done = await api.post(confirm, {"code": code}, resident.access)
    assert (done.status, done.body) == (201, {"phone": masked})
    assert (await api.get("/v1/me/phone", resident.access)).body == {"phone": masked}
    assert (await api.send("DELETE", "/v1/me/phone", resident.access)).status == 204
    assert (await api.get("/v1/me/phone", resident.access)).body == {"phone": None}


async def test_a_returned_session_changes_no_number_in_force(
    api: Api, resident: SignedIn, healthy_sandbox: Sandbox
):
    phone = new_phone()
    await api.post("/v1/me/phone", {"phone": phone}, resident.access)
    (message,) = await messages(api.sandbox, phone)
    code = "".join(c for c in message["text"] if c.isdigit())[:6]
    done = await api.post("/v1/me/phone/confirmation", {"code": code}, resident.access)
    assert done.status == 201, done.body
    thief = await api.sign_in(resident=resident.resident, acr="3")
    changed = await api.post("/v1/me/phone", {"phone": new_phone()}, thief.access)
    removed = await api.send("DELETE", "/v1/me/phone", thief.access)
    for refused in (changed, removed):
        assert (refused.status, refused.code) == (401, "step-up-needed")
        assert refused.headers["WWW-Authenticate"]
    assert (await api.get("/v1/me/phone", thief.access)).body == done.body


@pytest.mark.parametrize("phone", ["", "110", "+8613912345678", "x" * 32])
async def test_what_is_no_mobile_number_is_refused(api: Api, resident: SignedIn, phone: str):
    answer = await api.post("/v1/me/phone", {"phone": phone}, resident.access)
    assert (answer.status, answer.code) == (422, "phone-invalid")


async def test_a_second_code_comes_a_minute_later(
    api: Api, resident: SignedIn, healthy_sandbox: Sandbox
):
    first = await api.post("/v1/me/phone", {"phone": new_phone()}, resident.access)
    second = await api.post("/v1/me/phone", {"phone": new_phone()}, resident.access)
    assert (first.status, second.status) == (202, 429)
    assert second.code == "phone-code-too-often" and "Retry-After" in second.headers
