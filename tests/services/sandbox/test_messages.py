"""The telephones of the sandbox: who reads what, once a reference, and the signed gateway."""

import json

import pytest

from services.sandbox.messages import KEPT_SECONDS, MOST, Messages
from tests.support.sandbox import Sandbox
from tests.support.wechat import messages, new_phone

GATEWAY = "sms-gateway"


def test_a_telephone_shows_its_own_messages_newest_first():
    kept = Messages()
    for text in ("one", "two"):
        kept.send("a", text)
    kept.send("b", "three")
    assert [message.text for message in kept.list("a")] == ["two", "one"]


def test_a_reference_is_delivered_once_a_telephone():
    kept = Messages()
    first = kept.send("a", "one", reference="r")
    assert kept.send("a", "one", reference="r") == first
    assert kept.send("b", "one", reference="r") != first
    assert (len(kept.list("a")), len(kept.list("b"))) == (1, 1)


def test_messages_are_kept_a_day_and_not_without_bound():
    now = [0.0]
    kept = Messages(lambda: now[0])
    kept.send("a", "one")
    now[0] = KEPT_SECONDS + 1
    assert kept.list("a") == []
    for _ in range(MOST + 1):
        kept.send("a", "x")
    assert len(kept.list("a")) == MOST


def test_a_message_prints_without_its_text():
    kept = Messages()
    kept.send("13900000000", "code 123456")
    assert "123456" not in repr(kept.list("13900000000")) and "139" not in repr(kept.list("a"))


async def test_programs_need_the_control_key(healthy_sandbox: Sandbox):
    reply = await healthy_sandbox.send("POST", "/control/messages", json={"to": "a"})
    assert reply.status == 403


async def test_the_gateway_takes_signed_messages_only(healthy_sandbox: Sandbox):
    body = {"to": new_phone(), "text": "hello", "reference": "r"}
    unsigned = await healthy_sandbox.send("POST", f"/{GATEWAY}/messages", json=body)
    assert unsigned.status == 401
    assert (await healthy_sandbox.ask(GATEWAY, "messages", body)).status == 202
    assert [one["text"] for one in await messages(healthy_sandbox, body["to"])] == ["hello"]


@pytest.mark.parametrize(
    "wrong", [{}, {"to": "a"}, {"to": 1, "text": "x", "reference": "r"},
              {"to": "a", "text": "x" * 501, "reference": "r"}, []],
    ids=str,
)  # fmt: skip
async def test_the_gateway_refuses_what_it_cannot_read(healthy_sandbox: Sandbox, wrong: object):
    raw, route = json.dumps(wrong).encode(), f"/{GATEWAY}/messages"
    headers = healthy_sandbox.signature(GATEWAY, route, raw)
    reply = await healthy_sandbox.send("POST", route, data=raw, headers=headers)
    assert reply.status == 400


@pytest.mark.parametrize(("fault", "status"), [("error", 500), ("closed", 503)])
async def test_the_gateway_has_its_bad_days(healthy_sandbox: Sandbox, fault: str, status: int):
    phone = new_phone()
    await healthy_sandbox.fault(GATEWAY, fault)
    body = {"to": phone, "text": "hello", "reference": "r"}
    assert (await healthy_sandbox.ask(GATEWAY, "messages", body)).status == status
    assert await messages(healthy_sandbox, phone) == []


async def test_the_page_shows_a_telephone_its_messages(healthy_sandbox: Sandbox):
    phone = new_phone()
    body = {"to": phone, "text": "<script>hello</script>", "reference": "r"}
    await healthy_sandbox.ask(GATEWAY, "messages", body)
    page = await healthy_sandbox.send("POST", "/messages", data={"phone": phone})
    assert page.status == 200 and b"&lt;script&gt;hello" in page.raw
    assert b"<script>" not in page.raw
    empty = await healthy_sandbox.send("GET", "/messages")
    assert empty.status == 200 and b"hello" not in empty.raw
