"""WeChat's server side: who is behind a login code, a message to a user, a face check confirmed.

Only the server speaks with WeChat (its rule); ``session_key`` is never read out of the answer,
let alone kept. WeChat answers 200 with an ``errcode``; what residents can act on has a leaf here.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from config import logs
from config.errors import Denied, Invalid, Throttled, Unavailable
from config.outbound import Outbound, OutboundFailed, Reply
from config.settings import RefusedToStart, Settings
from identity.person import IdNumber

OFFICE = "wechat"
SANDBOX_APP = "wx-sandbox"
SECONDS = 5.0
_WECHAT = "https://api.weixin.qq.com"
_LONGEST_CODE = 128
_BUSY = -1
_CODE_WRONG, _CODE_USED, _TOO_OFTEN, _BLOCKED = 40029, 40163, 45011, 40226
_TOKEN_GONE = {40001, 40014, 42001}
_EARLIER = 300  # seconds before its end at which an access token is renewed
_PAUSE = 0.3  # before WeChat is asked again when it said it was busy
_MINUTE = 60
log = logs.get("wechat")


class WechatCodeInvalid(Invalid):
    """Not a code, used before, or older than five minutes (40029, 40163)."""

    code = "wechat-code-invalid"


class WechatTooOften(Throttled):
    """WeChat allows a user a hundred codes a minute (45011)."""

    code = "wechat-too-often"


class WechatUserBlocked(Denied):
    """WeChat itself holds this user for risky (40226)."""

    code = "wechat-user-blocked"


class WechatUnavailable(Unavailable):
    code = "wechat-unavailable"


class WechatFaceUnusable(Invalid):
    """WeChat knows no such result, or it was shown to us before."""

    code = "wechat-face-unusable"


class WechatFaceExpired(Invalid):
    code = "wechat-face-expired"


@dataclass(frozen=True, repr=False)
class Identified:
    """A face check of WeChat. ``at``: when, in seconds since 1970. The digests are as good as the
    plain number (CONTRACTS), so they live for one request.
    """

    passed: bool
    at: float
    number_md5: str = field(repr=False)
    name_md5: str = field(repr=False)

    def fits(self, name: str, number: IdNumber) -> bool:
        """Whether it was this name and this number (its X in upper case)."""
        given = (_md5(number.value.upper()), _md5(name))
        return given == (self.number_md5.lower(), self.name_md5.lower())


class WeChat:
    """One mini-program's account. ``offered`` is False where none is set."""

    def __init__(self, outbound: Outbound, settings: Settings):
        self._outbound = outbound
        self._root, self._app, self._secret = _account(settings)
        self._template = settings.wechat_template
        self._token, self._token_until = "", 0.0
        self.offered = bool(self._app and self._secret)

    async def openid(self, code: str) -> str:
        """Who is behind a login code. It is used up by asking.

        Raises WechatCodeInvalid, WechatTooOften, WechatUserBlocked or WechatUnavailable.
        """
        if not 0 < len(code) <= _LONGEST_CODE or not code.isascii():
            raise WechatCodeInvalid("not a code")
        asked = {"appid": self._app, "secret": self._secret, "js_code": code}
        query = asked | {"grant_type": "authorization_code"}
        said = await self._patiently("GET", "sns/jscode2session", query)
        _judge_login(said)
        openid = said.get("openid")
        if not isinstance(openid, str) or not openid:
            raise WechatUnavailable("no openid")
        return openid

    async def tell(self, openid: str, page: str, said: Mapping[str, str]) -> bool:
        """Send a subscribed message; False where this user takes none. Raises WechatUnavailable.

        ``said``: the template's members; WeChat cuts nothing, so texts are cut to 20 characters.
        """
        data = {name: {"value": value[:20]} for name, value in said.items()}
        message = {"touser": openid, "template_id": self._template, "page": page, "data": data}
        answer = await self._with_token("cgi-bin/message/subscribe/send", message)
        errcode = _errcode(answer)
        if errcode:
            log.info("message-refused", errcode=errcode)
        return not errcode

    async def identified(self, verify_result: str) -> Identified:
        """What came of a face check (cityservice/face/identify/getinfo).

        Raises WechatFaceUnusable for a result WeChat does not know, WechatUnavailable.
        """
        asked = {"verify_result": verify_result}
        said = await self._with_token("cityservice/face/identify/getinfo", asked)
        if errcode := _errcode(said):
            raise WechatFaceUnusable(f"errcode {errcode}")
        at, verdict = said.get("identify_time"), said.get("identify_ret")
        if not isinstance(at, int | float) or not isinstance(verdict, int):
            raise WechatUnavailable("no verdict")
        digests = (str(said.get(name) or "") for name in ("id_card_number_md5", "name_utf8_md5"))
        return Identified(verdict == 0, float(at), *digests)

    async def _with_token(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A call with our access token; one that WeChat no longer knows is renewed once."""
        said: dict[str, Any] = {}
        for _ in range(2):
            query = {"access_token": await self._access_token()}
            said = await self._patiently("POST", path, query, body)
            if _errcode(said) not in _TOKEN_GONE:
                return said
            self._token_until = 0.0
        raise WechatUnavailable("access token refused")

    async def _access_token(self) -> str:
        """WeChat's "stable" token: whoever asks gets the one in force, so workers share it."""
        if time.monotonic() < self._token_until:
            return self._token
        asked = {"grant_type": "client_credential", "appid": self._app, "secret": self._secret}
        said = await self._patiently("POST", "cgi-bin/stable_token", {}, asked)
        token, seconds = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise WechatUnavailable(f"no access token, errcode {_errcode(said)}")
        self._token, self._token_until = token, time.monotonic() + seconds - _EARLIER
        return token

    async def _patiently(
        self, method: str, path: str, query: Mapping[str, str], body: Any = None
    ) -> dict[str, Any]:
        """Ask again once when WeChat says it is busy. Raises WechatUnavailable."""
        if not self.offered:
            raise WechatUnavailable("no account is set")
        url = str((self._root / path).with_query(query))
        for pause in (_PAUSE, 0.0):
            said = await self._ask(method, url, body)
            if _errcode(said) != _BUSY:
                return said
            await asyncio.sleep(pause)
        raise WechatUnavailable("busy")

    async def _ask(self, method: str, url: str, body: Any) -> dict[str, Any]:
        try:
            reply = await self._outbound.send(method, url, json=body, timeout=SECONDS)
        except OutboundFailed as fault:
            raise WechatUnavailable(fault.reason) from fault
        return _read(reply)


def _account(settings: Settings) -> tuple[URL, str, str]:
    """Address, app id and secret; outside production the sandbox's where none is set.

    Raises RefusedToStart for half an account.
    """
    app, secret = settings.wechat_app, settings.wechat_secret.get_secret_value()
    if settings.environment == "production":
        if bool(app) != bool(secret):
            raise RefusedToStart("WECHAT_APP and WECHAT_SECRET: set both, or neither")
        return URL(settings.wechat_url or _WECHAT), app, secret
    address = settings.wechat_url or f"{settings.sandbox_url}/{OFFICE}"
    return (
        URL(address),
        app or SANDBOX_APP,
        secret or settings.sandbox_secret(OFFICE).hex(),
    )


def _judge_login(said: Mapping[str, Any]) -> None:
    errcode = _errcode(said)
    if errcode in (_CODE_WRONG, _CODE_USED):
        raise WechatCodeInvalid(f"errcode {errcode}")
    if errcode == _TOO_OFTEN:
        raise WechatTooOften(retry_after=_MINUTE)
    if errcode == _BLOCKED:
        raise WechatUserBlocked()
    if errcode:
        raise WechatUnavailable(f"errcode {errcode}")


def _errcode(said: Mapping[str, Any]) -> int:
    found = said.get("errcode", 0)
    return found if isinstance(found, int) else _BUSY


def _read(reply: Reply) -> dict[str, Any]:
    if reply.status != 200:
        raise WechatUnavailable(f"status {reply.status}")
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise WechatUnavailable("not JSON") from None  # the message would quote the body
    if not isinstance(said, dict):
        raise WechatUnavailable("not an object")
    return said


def _md5(value: str) -> str:
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()
