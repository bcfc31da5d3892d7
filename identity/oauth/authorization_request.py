"""What a client asks a resident for (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), as checks.

The client and its address are checked first: before that nobody is sent anywhere. Whatever else
is wrong may be told to the client.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from identity import agreed
from identity.oauth.hints import Hints
from identity.oauth.message import Parameters
from identity.oauth.refusals import (
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnmetAuthenticationRequirements,
    UnsupportedResponseType,
)
from identity.oauth.resources import Resources
from identity.partners.client import Client
from identity.partners.metadata import CODE
from identity.scopes import Scopes, Sensitivity

PROMPTS = frozenset({"none", "login", "consent"})
LEVELS = ("1", "2", "3", "4", "5")
_LONGEST_WORD = 512  # characters of state and nonce; FAPI 2.0 §5.3.2.2 wants 64 at least
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256
_SECONDS = re.compile(r"[0-9]{1,9}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, repr=False)
class AuthorizationRequest:
    """A request that was found good. ``level``: assurance asked for (1–5), 0 for none; ``max_age``
    in seconds; ``resource`` space separated; ``key``: thumbprint the code is to be bound to;
    ``hinted``: the resident's name in this client's sector who is meant, if one is; ``purpose``:
    what the client wanted it for when it asked (identity.agreed).
    """

    client: str
    redirect_uri: str
    scope: tuple[str, ...]
    challenge: str
    state: str = field(default="")
    nonce: str = field(default="")
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    level: int = 0
    resource: str = ""
    key: str = ""
    hinted: str = ""
    purpose: str = ""

    @property
    def silent(self) -> bool:
        """Whether no page may be shown (``prompt=none``)."""
        return "none" in self.prompt

    def __repr__(self) -> str:
        return f"AuthorizationRequest({self.client})"


class AuthorizationRequests:
    """``judged`` once the client and its address are known to be good."""

    def __init__(self, scopes: Scopes, resources: Resources, hints: Hints):
        self._scopes = scopes
        self._resources = resources
        self._hints = hints

    async def judged(
        self, client: Client, given: Parameters, redirect_uri: str
    ) -> AuthorizationRequest:
        """Raises what the checks below raise; DatabaseUnavailable."""
        for check in _CHECKS:
            check(given)
        return AuthorizationRequest(
            client=client.id,
            redirect_uri=redirect_uri,
            scope=checked_scope(client, given, self._scopes),
            challenge=checked_challenge(given),
            state=given.get("state"),
            nonce=given.get("nonce"),
            prompt=checked_prompt(given),
            max_age=checked_max_age(client, given),
            level=checked_level(given),
            resource=await self._resource(given),
            key=checked_key(given),
            hinted=await self._hints.subject(client, given.get("id_token_hint")),
            purpose=agreed.purpose(client),
        )

    async def _resource(self, given: Parameters) -> str:
        """RFC 8707 §2: absolute, without a fragment, and known here. Raises InvalidTarget."""
        if any("#" in uri or " " in uri for uri in given.all("resource")):
            raise InvalidTarget("not a resource's address")
        return " ".join(await self._resources.asked(given))


def check_client(client: Client, *, production: bool) -> None:
    """Whether residents may be asked by it at all. Raises InvalidRequest or UnauthorizedClient."""
    if not client.approved:
        raise InvalidRequest(f"the client is {client.state}")
    if production and client.environment != "production":
        raise InvalidRequest("a client of the sandbox in production")
    if not client.may(CODE):
        raise UnauthorizedClient("not registered for codes")


def checked_redirect_uri(client: Client, given: Parameters) -> str:
    """Exactly one that was registered (RFC 9700 §2.1), always named. Raises InvalidRequest.

    On a device's own loopback a native client may choose the port (RFC 8252 §7.3).
    """
    wanted = given["redirect_uri"]
    registered = client.metadata.redirect_uris
    if wanted in registered:
        return wanted
    native = client.metadata.application_type == "native"
    portless = _without_port(wanted) if native else ""
    if portless and portless in map(_without_port, registered):
        return wanted
    raise InvalidRequest("a redirect_uri that is not registered")


def check_response_type(given: Parameters) -> None:
    if given["response_type"] != "code":
        raise UnsupportedResponseType(cause="another response_type")


def check_response_mode(given: Parameters) -> None:
    if given.get("response_mode", "query") != "query":
        raise InvalidRequest("another response_mode")


def check_no_request_object(given: Parameters) -> None:
    """OpenID Connect Core §6: what is in one could contradict what is beside it."""
    if "request" in given:
        raise RequestNotSupported("a request object")
    if "request_uri" in given:
        raise RequestUriNotSupported("a request_uri within a request")


def check_words(given: Parameters) -> None:
    """``state`` and ``nonce`` are given back as they came (RFC 6749 App. A.5)."""
    for name in ("state", "nonce"):
        word = given.get(name)
        if len(word) > _LONGEST_WORD or not _PRINTABLE.fullmatch(word):
            raise InvalidRequest(f"a {name} too long, or of other characters")


def echoed_state(given: Parameters) -> str:
    """What goes back with a refusal: as it came, or nothing if it is itself the fault."""
    state = given.get("state")
    return state if len(state) <= _LONGEST_WORD and _PRINTABLE.fullmatch(state) else ""


_CHECKS: tuple[Callable[[Parameters], None], ...] = (
    check_words,
    check_no_request_object,
    check_response_type,
    check_response_mode,
)


def checked_challenge(given: Parameters) -> str:
    """PKCE by S256 and nothing else (RFC 7636 §4.2, RFC 9700 §2.1.1). Raises InvalidRequest."""
    if given["code_challenge_method"] != "S256":  # absent it would mean "plain"
        raise InvalidRequest("another code_challenge_method")
    if not _HASH.fullmatch(given["code_challenge"]):
        raise InvalidRequest("a code_challenge of no form")
    return given["code_challenge"]


def checked_scope(client: Client, given: Parameters, scopes: Scopes) -> tuple[str, ...]:
    """At least one (RFC 6749 §3.3), each known, a resident's to give and this client's to ask for;
    of a client that proves nothing only what is of low sensitivity. Raises InvalidScope.
    """
    wanted = given.words("scope")
    if not wanted:
        raise InvalidScope("no scope")
    for word in wanted:
        scope = scopes.get(word)
        if scope is None or scope.of != "resident" or word not in {"openid", *client.scopes}:
            raise InvalidScope("unknown, or not this client's to ask for")
        if not client.confidential and scope.sensitivity is not Sensitivity.LOW:
            raise InvalidScope("not for a client that proves nothing")
    return wanted


def checked_prompt(given: Parameters) -> tuple[str, ...]:
    """OpenID Connect Core §3.1.2.1: ``none`` stands alone. Raises InvalidRequest."""
    wanted = given.words("prompt")
    if not set(wanted) <= PROMPTS or ("none" in wanted and len(wanted) > 1):
        raise InvalidRequest("an unknown prompt, or none beside another")
    return wanted


def checked_max_age(client: Client, given: Parameters) -> int | None:
    """Whole seconds; the client's ``default_max_age`` without any. Raises InvalidRequest."""
    if "max_age" not in given:
        return client.metadata.default_max_age
    if not _SECONDS.fullmatch(given["max_age"]):
        raise InvalidRequest("a max_age of no form")
    return int(given["max_age"])


def checked_level(given: Parameters) -> int:
    """The lowest of the levels that are named: a higher one serves as well (RFC 9470 §4).

    Raises UnmetAuthenticationRequirements when none is one of ours.
    """
    wanted = given.words("acr_values")
    known = [int(word) for word in wanted if word in LEVELS]
    if wanted and not known:
        raise UnmetAuthenticationRequirements("acr_values nobody here has")
    return min(known, default=0)


def checked_key(given: Parameters) -> str:
    """``dpop_jkt`` (RFC 9449 §10). Raises InvalidRequest."""
    key = given.get("dpop_jkt")
    if key and not _HASH.fullmatch(key):
        raise InvalidRequest("a dpop_jkt of no form")
    return key


def _without_port(uri: str) -> str:
    """Empty for anything but an address on the device itself, by number and without TLS."""
    found = re.fullmatch(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(/[^#]*)?", uri)
    return f"{found[1]}{found[2] or ''}" if found else ""
