"""WeChat's addresses, its faults, and the telephone's side (``/wechat/play``)."""

import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sanic import HTTPResponse, Request, Sanic
from sanic.response import html
from sanic.response import json as json_response
from sanic.response import text as text_response

from services.sandbox.faults import Faults
from services.sandbox.requests import locale_of, read
from services.sandbox.sheets import sheet
from services.sandbox.wechat import BUSY, ID, TOKEN_WRONG, UNREADABLE, Answer, Face, WeChat

Asked = Request[Any, Any]
Said = Callable[[Asked], Awaitable[Answer]]
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


class Player(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    user: str = Field(min_length=1, max_length=32)


class CodeWanted(Player):
    """``age``: seconds since it was made; ``blocked``: WeChat holds the user for risky."""

    blocked: bool = False
    age: float = Field(0, ge=0, le=3600)


class FaceWanted(Player):
    """A face check of this name and number, ``age`` seconds ago."""

    name: str = Field(min_length=1, max_length=200)
    number: str = Field(min_length=1, max_length=64)
    passed: bool = True
    age: float = Field(0, ge=0, le=86400)


class SubscriptionWanted(Player):
    wanted: bool


def open_wechat(app: Sanic[Any, Any], wechat: WeChat, faults: Faults) -> None:
    async def session(request: Asked) -> Answer:
        return wechat.session({name: request.args.get(name) or "" for name in request.args})

    async def token(request: Asked) -> Answer:
        return wechat.token(_body(request))

    async def message(request: Asked) -> Answer:
        return _with_token(request, wechat, wechat.message)

    async def face(request: Asked) -> Answer:
        return _with_token(request, wechat, wechat.face)

    for path, said, method in (
        ("sns/jscode2session", session, "GET"),
        ("cgi-bin/stable_token", token, "POST"),
        ("cgi-bin/message/subscribe/send", message, "POST"),
        ("cityservice/face/identify/getinfo", face, "POST"),
    ):
        name = "wechat_" + path.replace("/", "_").replace("-", "_")
        app.add_route(_served(said, faults), f"/{ID}/{path}", methods=[method], name=name)
    _open_play(app, wechat)


def _open_play(app: Sanic[Any, Any], wechat: WeChat) -> None:
    async def page(request: Asked) -> HTTPResponse:
        named = (request.form.get("user") if request.form else "") or ""
        user = named.strip()[:32]
        code = wechat.new_code(user) if user else ""
        return html(sheet("wechat", locale_of(request), code=code), headers=_PRIVATE)

    async def code(request: Asked) -> HTTPResponse:
        wanted = read(request, CodeWanted)
        made = wechat.new_code(wanted.user, blocked=wanted.blocked, age=wanted.age)
        return json_response({"code": made}, status=201, headers=_PRIVATE)

    async def face(request: Asked) -> HTTPResponse:
        wanted = read(request, FaceWanted)
        at = time.time() - wanted.age
        done = Face(wanted.user, wanted.name, wanted.number, wanted.passed, at)
        return json_response({"verify_result": wechat.new_face(done)}, 201, _PRIVATE)

    async def subscription(request: Asked) -> HTTPResponse:
        wanted = read(request, SubscriptionWanted)
        wechat.subscribe(wanted.user, wanted.wanted)
        return json_response({"wanted": wanted.wanted}, headers=_PRIVATE)

    app.add_route(page, f"/{ID}", methods=["GET", "POST"], name="wechat_page")
    app.add_route(code, f"/{ID}/play/codes", methods=["POST"], name="wechat_codes")
    app.add_route(face, f"/{ID}/play/faces", methods=["POST"], name="wechat_faces")
    app.add_route(
        subscription, f"/{ID}/play/subscriptions", methods=["POST"], name="wechat_subscriptions"
    )


def _served(said: Said, faults: Faults) -> Callable[[Asked], Coroutine[Any, Any, HTTPResponse]]:
    """WeChat answers 200 whatever it says; closed is its "busy"."""

    async def serve(request: Asked) -> HTTPResponse:
        fault = faults.take(ID)
        if fault is not None:
            await fault.delay()
            if fault.kind == "closed":
                return json_response({"errcode": BUSY, "errmsg": "system error"})
            if fault.kind == "error":
                return text_response("Internal Server Error", status=500)
        response = json_response(await said(request))
        if fault is not None and fault.kind == "malformed":
            body = response.body or b"{"
            return HTTPResponse(body[: len(body) // 2], content_type="application/json")
        return response

    return serve


def _with_token(request: Asked, wechat: WeChat, said: Callable[[Answer], Answer]) -> Answer:
    if not wechat.knows_token(request.args.get("access_token") or ""):
        return {"errcode": TOKEN_WRONG, "errmsg": "invalid credential"}
    body = _body(request)
    return said(body) if body else {"errcode": UNREADABLE, "errmsg": "data format error"}


def _body(request: Asked) -> Answer:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
