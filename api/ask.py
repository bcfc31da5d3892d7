"""The typed request: what a handler receives, with nothing left to parse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from api.wiring import Parts
from identity.caller import Caller
from identity.oauth.message import Message
from identity.staff.roles import Member
from services.idempotency import Once

Body = TypeVar("Body")
Query = TypeVar("Query")


@dataclass(frozen=True, slots=True)
class Ask(Generic[Body, Query]):
    """``path`` holds the variable parts of the address, ``address`` who sent the request,
    ``user_agent`` what it says it is, ``key`` the thumbprint of the device key whose proof came
    along (RFC 9449), empty without one, ``cookies`` the browser's by name,
    ``member`` who is signed in to the staff pages, ``accept`` the kinds of answer they like,
    ``message``: what an OAuth endpoint judges (routes that take ``parameters``), ``once``: what
    makes the request the same when it comes again (``idempotent`` routes), ``heard``: headers in
    which its sender signs (routes that name them)."""

    parts: Parts
    caller: Caller
    body: Body = field(repr=False)
    query: Query = field(repr=False)
    path: Mapping[str, str] = field(repr=False)
    locale: str
    address: str = field(repr=False)
    user_agent: str = field(default="", repr=False)
    key: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    member: Member | None = None
    accept: str = ""
    message: Message | None = field(default=None, repr=False)
    once: Once | None = None
    heard: Mapping[str, str] = field(default_factory=dict, repr=False)
