"""WeChat: login codes, subscribed messages and its face check, as its servers answer.

What a telephone would do is done by ``POST /wechat/play/…``: there a WeChat user of the sandbox,
who is no more than a nickname, asks for a login code or has their face checked.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.sandbox.messages import Messages

ID = "wechat"
APP = "wx-sandbox"
CODE_SECONDS = 300
A_MINUTE = 100  # codes of one user
TOKEN_SECONDS = 7200
MOST = 10_000
BUSY, OK = -1, 0
TOKEN_WRONG, SECRET_WRONG = 40001, 40125
CODE_WRONG, CODE_USED, TOO_OFTEN, BLOCKED = 40029, 40163, 45011, 40226
OPENID_WRONG, NOT_SUBSCRIBED, UNREADABLE, NO_FACE = 40003, 43101, 47001, 84001
Answer = dict[str, Any]


@dataclass
class _Code:
    user: str = field(repr=False)
    until: float
    blocked: bool
    used: bool = False


@dataclass(frozen=True)
class Face:
    """A face check that was done in WeChat; ``at`` in seconds since 1970."""

    user: str = field(repr=False)
    name: str = field(repr=False)
    number: str = field(repr=False)
    passed: bool
    at: float


class WeChat:
    """What WeChat knows, in memory: a restart forgets codes and checks, as a night would."""

    def __init__(self, key: bytes, messages: Messages, now: Callable[[], float] = time.time):
        self._key, self._messages, self._now = key, messages, now
        self._codes: OrderedDict[str, _Code] = OrderedDict()
        self._faces: OrderedDict[str, Face] = OrderedDict()
        self._asked: dict[str, deque[float]] = {}
        self._users: OrderedDict[str, str] = OrderedDict()
        self._silent: set[str] = set()

    @property
    def secret(self) -> str:
        return self._key.hex()

    def openid(self, user: str) -> str:
        """The same for the same user, and nothing of the nickname in it."""
        made = hmac.new(self._key, f"openid|{user}".encode(), hashlib.sha256).hexdigest()
        openid = f"o{made[:27]}"
        _keep(self._users, openid, user)
        return openid

    def new_code(self, user: str, *, blocked: bool = False, age: float = 0) -> str:
        """A login code as the mini-program gets it; ``age``: how many seconds ago."""
        code = secrets.token_urlsafe(24)
        _keep(self._codes, code, _Code(user, self._now() - age + CODE_SECONDS, blocked))
        return code

    def new_face(self, face: Face) -> str:
        """The verify_result that the mini-program gets when the check is over."""
        result = secrets.token_urlsafe(48)
        _keep(self._faces, result, face)
        return result

    def subscribe(self, user: str, wanted: bool) -> None:
        """Whether this user takes messages of the mini-program."""
        (self._silent.discard if wanted else self._silent.add)(user)

    def session(self, query: dict[str, str]) -> Answer:
        """jscode2session."""
        if not self._is_ours(query):
            return _error(SECRET_WRONG, "invalid appsecret")
        code = self._codes.get(query.get("js_code", ""))
        if code is None or code.until < self._now():
            return _error(CODE_WRONG, "invalid code")
        if code.used:
            return _error(CODE_USED, "code been used")
        if self._too_often(code.user):
            return _error(TOO_OFTEN, "api minute-quota reach limit")
        code.used = True
        if code.blocked:
            return _error(BLOCKED, "code blocked")
        key = secrets.token_urlsafe(18)
        return {"openid": self.openid(code.user), "session_key": key, "errcode": OK}

    def token(self, body: Answer) -> Answer:
        """cgi-bin/stable_token: the one in force for whoever asks."""
        if not self._is_ours(body):
            return _error(SECRET_WRONG, "invalid appsecret")
        return {"access_token": self._token(0), "expires_in": TOKEN_SECONDS}

    def knows_token(self, token: str) -> bool:
        """This hour's token, or the last one's."""
        given = token.encode()
        return any(hmac.compare_digest(given, self._token(ago).encode()) for ago in (0, 1))

    def message(self, body: Answer) -> Answer:
        """cgi-bin/message/subscribe/send."""
        user = self._users.get(str(body.get("touser")))
        if user is None:
            return _error(OPENID_WRONG, "invalid openid")
        if user in self._silent:
            return _error(NOT_SUBSCRIBED, "user refuse to accept the msg")
        data = body.get("data")
        if not isinstance(data, dict):
            return _error(UNREADABLE, "data format error")
        said = " ".join(str(part.get("value", "")) for part in data.values())
        page = str(body.get("page", ""))
        self._messages.send(user, said, channel="wechat", sender="指办", link=page)
        return _error(OK, "ok")

    def face(self, body: Answer) -> Answer:
        """cityservice/face/identify/getinfo."""
        found = self._faces.get(str(body.get("verify_result")))
        if found is None:
            return _error(NO_FACE, "invalid identity_id")
        return {
            "errcode": OK,
            "errmsg": "ok",
            "identify_ret": 0 if found.passed else 10004,
            "identify_time": int(found.at),
            "validate_data": "",
            "openid": self.openid(found.user),
            "id_card_number_md5": _md5(found.number.upper()),
            "name_utf8_md5": _md5(found.name),
        }

    def _is_ours(self, asked: Mapping[str, Any]) -> bool:
        given = str(asked.get("secret", "")).encode()
        return asked.get("appid") == APP and hmac.compare_digest(given, self.secret.encode())

    def _too_often(self, user: str) -> bool:
        asked, now = self._asked.setdefault(user, deque(maxlen=A_MINUTE)), self._now()
        if len(asked) == A_MINUTE and asked[0] > now - 60:
            return True
        asked.append(now)
        return False

    def _token(self, ago: int) -> str:
        period = int(self._now() // TOKEN_SECONDS) - ago
        return hmac.new(self._key, f"token|{period}".encode(), hashlib.sha256).hexdigest()


def _error(code: int, said: str) -> Answer:
    return {"errcode": code, "errmsg": said}


def _keep(kept: OrderedDict[str, Any], name: str, value: Any) -> None:
    kept[name] = value
    while len(kept) > MOST:
        kept.popitem(last=False)


def _md5(value: str) -> str:
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()
