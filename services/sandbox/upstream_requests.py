"""What waits between the steps of a sign-in at the network identity: pushed requests, codes."""

import base64
import hashlib
import hmac
import re
import secrets
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.sandbox.fiction import Fictional
from services.sandbox.upstream_clients import Client
from services.sandbox.upstream_tokens import Said

PUSHED_SECONDS, CODE_SECONDS = 300, 60
PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2
PIN_TRIES = 3
_MOST = 10_000
_HEX = re.compile(r"[0-9a-f]{64}")
_CHALLENGE = re.compile(r"[\w-]{43}")
T = TypeVar("T")


class NotAccepted(Exception):
    """An OAuth error code (RFC 6749 §5.2); the response carries it alone."""

    def __init__(self, error: str, status: int = 400):
        super().__init__(error)
        self.error, self.status = error, status


@dataclass
class Pushed:
    """One request of a client. ``digest`` and ``salt`` (hex) are empty for a plain sign-in."""

    client: Client
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    challenge: str = field(repr=False)
    digest: str = field(repr=False)
    salt: str = field(repr=False)
    tries: int = PIN_TRIES

    @classmethod
    def of(cls, client: Client, form: Mapping[str, str]) -> "Pushed":
        """Raises NotAccepted."""
        wanted = {
            "response_type": "code",
            "redirect_uri": client.redirect_uri,
            "scope": "openid",
            "code_challenge_method": "S256",
        }
        fits = all(form.get(name) == value for name, value in wanted.items())
        state, nonce = form.get("state", ""), form.get("nonce", "")
        challenge = form.get("code_challenge", "")
        if "request_uri" in form or not (fits and state and nonce):
            raise NotAccepted("invalid_request")
        if not _CHALLENGE.fullmatch(challenge):
            raise NotAccepted("invalid_request")
        digest, salt = form.get("identity_digest", ""), form.get("identity_salt", "")
        if (digest or salt) and not (_HEX.fullmatch(digest) and _HEX.fullmatch(salt)):
            raise NotAccepted("invalid_request")
        return cls(client, state, nonce, challenge, digest, salt)

    def says_of(self, person: Fictional) -> Said:
        """What the client will hear: whether it is the person it named, never who it is."""
        matched = None
        if self.digest:
            own = identity_digest(bytes.fromhex(self.salt), person.name, person.number)
            matched = hmac.compare_digest(own, self.digest)
        return Said(self.client.id, self.nonce, person.number, int(time.time()), matched)


def identity_digest(salt: bytes, name: str, number: str) -> str:
    """HMAC-SHA256 (hex) under a salt of this request, over name in NFC, line feed, number."""
    text = f"{unicodedata.normalize('NFC', name)}\n{number}"
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def pkce(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Waiting(Generic[T]):
    """Things kept for so many seconds under a name nobody can guess, each taken once."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic):
        self.seconds, self._now = seconds, now
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def put(self, thing: T, prefix: str = "") -> str:
        name = prefix + secrets.token_urlsafe(24)
        self._kept[name] = (self._now() + self.seconds, thing)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return name

    def see(self, name: str) -> T | None:
        until, thing = self._kept.get(name, (0.0, None))
        return thing if until > self._now() else None

    def take(self, name: str) -> T | None:
        thing = self.see(name)
        self._kept.pop(name, None)
        return thing
