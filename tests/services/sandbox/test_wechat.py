"""The sandbox's WeChat as its servers answer: codes, messages, face checks, and who may ask."""

import hashlib
from typing import Any

import pytest

from services.sandbox.messages import Messages
from services.sandbox.wechat import APP, CODE_SECONDS, Face
from services.sandbox.wechat import WeChat as Played
from tests.support.sandbox import Sandbox
from tests.support.wechat import WechatUser

CODE = "/wechat/sns/jscode2session"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def played(clock: Clock) -> Played:
    return Played(b"k" * 32, Messages(clock), clock)


def asked(played: Played, code: str, **others: str) -> dict[str, Any]:
    return played.session({"appid": APP, "secret": played.secret, "js_code": code} | others)


@pytest.mark.parametrize("others", [{"appid": "wx-other"}, {"secret": "x"}, {"secret": "é"}])
def test_only_the_app_itself_may_exchange_a_code(played: Played, others: dict[str, str]):
    code = played.new_code("a")
    assert asked(played, code, **others)["errcode"] == 40125
    assert "openid" in asked(played, code)


def test_a_code_works_once(played: Played):
    code = played.new_code("a")
    assert asked(played, code)["openid"] == played.openid("a")
    assert asked(played, code)["errcode"] == 40163


def test_a_code_lives_five_minutes(played: Played, clock: Clock):
    early, late = played.new_code("a"), played.new_code("a")
    clock.now += CODE_SECONDS
    assert "openid" in asked(played, early)
    clock.now += 1
    assert asked(played, late)["errcode"] == 40029


def test_a_hundred_codes_a_minute_and_no_more(played: Played, clock: Clock):
    for _ in range(100):
        assert "openid" in asked(played, played.new_code("a"))
    assert asked(played, played.new_code("a"))["errcode"] == 45011
    assert "openid" in asked(played, played.new_code("b")), "another user is not held up"
    clock.now += 61
    assert "openid" in asked(played, played.new_code("a"))


def test_a_blocked_user_gets_no_openid(played: Played):
    said = asked(played, played.new_code("a", blocked=True))
    assert said["errcode"] == 40226 and "openid" not in said


def test_an_openid_is_the_same_again_and_another_for_another(played: Played):
    assert played.openid("a") == played.openid("a") != played.openid("b")
    assert "alice" not in played.openid("alice")


def test_an_access_token_is_known_for_two_hours_and_its_own_overlap(played: Played, clock: Clock):
    token = played.token({"appid": APP, "secret": played.secret})["access_token"]
    assert played.knows_token(token)
    clock.now += 7200
    assert played.knows_token(token)
    clock.now += 7200
    assert not played.knows_token(token) and not played.knows_token("é")


def test_a_message_reaches_who_takes_them_only(played: Played):
    message = {"touser": played.openid("a"), "data": {"thing1": {"value": "hello"}}, "page": "p"}
    assert played.message(message | {"touser": "nobody"})["errcode"] == 40003
    assert played.message(message | {"data": "x"})["errcode"] == 47001
    played.subscribe("a", False)
    assert played.message(message)["errcode"] == 43101
    played.subscribe("a", True)
    assert played.message(message)["errcode"] == 0


def test_a_face_check_is_told_by_digests(played: Played, clock: Clock):
    face = Face("a", "张三", "11010519491231002x", True, clock())
    said = played.face({"verify_result": played.new_face(face)})
    expected = hashlib.md5(b"11010519491231002X", usedforsecurity=False).hexdigest()
    assert (said["identify_ret"], said["id_card_number_md5"]) == (0, expected)
    assert "110105" not in repr(said)
    assert played.face({"verify_result": "x"})["errcode"] == 84001


async def test_without_an_access_token_nothing_is_told(healthy_sandbox: Sandbox):
    for path in ("cgi-bin/message/subscribe/send", "cityservice/face/identify/getinfo"):
        reply = await healthy_sandbox.send("POST", f"/wechat/{path}?access_token=x", json={})
        assert (reply.status, reply.body["errcode"]) == (200, 40001)


async def test_its_busy_answer_is_minus_one(healthy_sandbox: Sandbox):
    await healthy_sandbox.fault("wechat", "closed")
    assert (await healthy_sandbox.send("GET", CODE)).body["errcode"] == -1


async def test_the_page_hands_out_a_code(healthy_sandbox: Sandbox):
    page = await healthy_sandbox.send("GET", "/wechat", headers={"Accept-Language": "en"})
    assert page.status == 200 and b"WeChat of the sandbox" in page.raw
    given = await healthy_sandbox.send("POST", "/wechat", data={"user": "<b>eve</b>"})
    assert given.status == 200 and b"<b>eve" not in given.raw
    code = given.raw.split(b'<output id="code">')[1].split(b"<")[0].decode()
    query = {"appid": APP, "secret": healthy_sandbox.secret("wechat").hex(), "js_code": code}
    assert "openid" in (await healthy_sandbox.send("GET", CODE, params=query)).body


async def test_play_refuses_what_it_does_not_understand(healthy_sandbox: Sandbox):
    for wanted in ({}, {"user": ""}, {"user": "a", "more": 1}):
        reply = await healthy_sandbox.send("POST", "/wechat/play/codes", json=wanted)
        assert reply.status == 422
    user = WechatUser(healthy_sandbox)
    assert await user.code() != await user.code()
