"""Whether a message came from here: asked by anybody, by the code that stands in it."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from identity import notices, wrong_codes
from identity.models import Notice
from tests.support.http import Answer, Api, SignedIn
from tests.support.sandbox import Sandbox
from tests.support.wechat import messages, new_phone

CHECK, LIST = "/v1/messages/check", "/v1/me/notices"
NEVER_SENT = {"known": False, "kind": None, "title": None, "sent_on": None, "yours": None}
FACTS = {"service": {"zh-CN": "公积金提取", "en": "Withdrawal"}, "number": "ZB1"}


async def told(api: Api, resident: UUID, sent: bool = True) -> tuple[UUID, str]:
    """A notice as the job leaves it, and the code of its message."""
    async with in_transaction() as connection:
        made = await notices.tell(
            connection, resident, "application-approved", FACTS, subject="application:ZB1"
        )
    vault = api.parts.ground.vault
    code = notices.check_code(vault, made)
    at = datetime(2026, 11, 20, 17, tzinfo=UTC) if sent else None
    digest = notices.check_digest(vault, code)
    await Notice.filter(id=made).update(check=digest, sent_at=at, sent_by="sms" if sent else "")
    return made, code


async def ask(api: Api, code: str, token: str = "", **more: object) -> Answer:
    return await api.post(CHECK, {"code": code}, token, **more)


@pytest.mark.parametrize(
    "code", ["7K3M-9QXW", "x", "7K3M9QXWX", "%00", "公积金公积金公积", "O" * 64]
)
async def test_what_was_never_sent_is_not_known(api: Api, code: str) -> None:
    answer = await ask(api, code, headers={"X-Forwarded-For": "203.0.113.8"})
    assert (answer.status, answer.body) == (200, NEVER_SENT)


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 65}, {"code": 7}, {"c": "x"}])
async def test_what_is_no_question_is_refused(api: Api, body: dict[str, object]) -> None:
    assert (await api.post(CHECK, body)).code == "request-invalid"


async def test_a_code_whose_message_was_not_sent_is_not_known(api: Api) -> None:
    signed = await api.sign_in()
    _, code = await told(api, signed.resident, sent=False)
    assert (await ask(api, code)).body == NEVER_SENT
    shown = (await api.get(LIST, signed.access)).body["notices"][0]
    assert (shown["check"], shown["subject"]) == ("", "application:ZB1")


async def test_anybody_hears_the_kind_and_the_day_in_china_and_nothing_of_whom(api: Api) -> None:
    signed = await api.sign_in()
    _, code = await told(api, signed.resident)
    sloppy = code.lower().replace("-", " ").replace("0", "o")
    answer = await ask(api, sloppy, headers={"Accept-Language": "en"})
    assert answer.body == {
        "known": True,
        "kind": "application-approved",
        "title": "Application approved",
        "sent_on": "2026-11-21",
        "yours": None,
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_who_is_signed_in_hears_whether_it_was_theirs(api: Api) -> None:
    """A copied code is as good as the first, so a stranger's message shows itself here."""
    mine, other = await api.sign_in(), await api.sign_in()
    made, code = await told(api, mine.resident)
    assert (await ask(api, code, mine.access)).body["yours"] is True
    assert (await ask(api, code, other.access)).body["yours"] is False
    shown = (await api.get(LIST, mine.access)).body["notices"][0]
    assert (shown["id"], shown["check"]) == (str(made), code)


async def test_a_message_with_a_code_to_type_in_is_checked_too_for_a_day(
    api: Api, healthy_sandbox: Sandbox
) -> None:
    """No list keeps it; its code lapses by itself (identity/brief_codes.py)."""
    mine, other, phone = await api.sign_in(), await api.sign_in(), new_phone()
    assert (await api.post("/v1/me/phone", {"phone": phone}, mine.access)).status == 202
    (message,) = await messages(api.sandbox, phone)
    found = re.search(r"短信核对码 ([0-9A-Z]{4}-[0-9A-Z]{4})", message["text"])
    assert found
    answer = (await ask(api, found[1])).body
    assert (answer["known"], answer["kind"], answer["yours"]) == (True, "phone-code", None)
    assert answer["title"] == "设置手机号的验证码"
    assert phone not in str(answer) and str(mine.resident) not in str(answer)
    assert (await ask(api, found[1], mine.access)).body["yours"] is True
    assert (await ask(api, found[1], other.access)).body["yours"] is False
    names = [name async for name in api.parts.cache.scan_iter("message-code:*")]
    lives = [await api.parts.cache.ttl(name) for name in names]
    assert lives and all(0 < seconds <= 24 * 3600 for seconds in lives)
    assert all(found[1].replace("-", "").encode() not in name for name in names)


async def test_the_code_freezes_nobody_and_the_word_is_no_code(api: Api) -> None:
    signed = await api.sign_in()
    made, code = await told(api, signed.resident)
    assert (await api.post("/v1/freezes", {"word": code})).code == "freeze-word-unknown"
    word = notices.not_me_word(api.parts.ground.vault, made)
    assert (await ask(api, word)).body == NEVER_SENT


async def test_guessing_is_slowed_and_right_ones_are_not_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: SignedIn = await api.sign_in()
    _, code = await told(api, signed.resident)
    await api.parts.cache.flushdb()
    monkeypatch.setattr(wrong_codes, "WRONG_AN_HOUR", 3)
    for _ in range(5):
        assert (await ask(api, code)).body["known"]
    for _ in range(3):
        assert (await ask(api, "7K3M-9QXW")).body == NEVER_SENT
    slowed = await ask(api, code)
    assert (slowed.status, slowed.code) == (429, "too-many-from-address")
    assert int(slowed.headers["Retry-After"]) > 0
    await api.parts.cache.flushdb()
