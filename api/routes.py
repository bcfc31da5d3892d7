"""One declaration a route: the gate, the parser, the renderer and OpenAPI all read it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from api.replies import JSON, Reply
from identity.staff.roles import Role

Handler = Callable[[Any], Awaitable[BaseModel | Reply | None]]
Declare = Callable[[Handler], Handler]

_NAMED = str.maketrans("-", "_", ".")
USUAL_BODY = 64 * 1024
FRAMES_BODY = 3_400_000  # eight frames of 300 KB in base64, and the words around them


class Access(StrEnum):
    """Who may pass a route."""

    PUBLIC = "public"  # a token is not looked at
    ANYONE = "anyone"  # without a token, or with a good one of zhiban-app
    AT_THE_DESK = "desk"  # without a token, or with any good one; the desk judges scope and level
    SIGNED_IN = "signed-in"  # any good token
    OWN_APP = "own-app"  # a good token of zhiban-app
    CLIENT = "client"  # the endpoint itself judges the client (identity.oauth); see Ask.message
    CLIENT_TOKEN = "client-token"  # a good token of a client itself, without a resident
    STAFF = "staff"  # a staff session with one of the route's roles
    STAFF_DOOR = "staff-door"  # nobody yet, but from our own staff pages


@dataclass(frozen=True)
class Route:
    """``path`` in OpenAPI's form (``/v1/services/{id}``); ``limit`` bytes of body.

    ``judged`` is False where the handler takes the JSON object as it is, because its story
    judges it in words of its own; ``body`` then only describes it. ``roles`` of staff of whom one
    is enough; none named: any. ``parameters``: it takes a form (POST) or query (GET) of OAuth
    parameters, judged by its story, and so are its refusals told (RFC 6749). ``oauth``: refusals
    are told so though its body is JSON (RFC 7591). ``shown``: a person is looking, so a refusal is
    a page. ``takes``: the media types of a body that is a file, handed on as ``File``;
    ``heard``: headers in which its sender signs, handed on as ``Ask.heard``; ``idempotent``: the
    header Idempotency-Key is needed, and ``Ask.once`` says what is done once.
    """

    method: str
    path: str
    access: Access
    handler: Handler = field(repr=False)
    summary: str
    tag: str
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    content_type: str = JSON
    limit: int = USUAL_BODY
    judged: bool = True
    roles: frozenset[Role] = frozenset()
    parameters: bool = False
    oauth: bool = False
    shown: bool = False
    takes: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    idempotent: bool = False

    @property
    def in_oauth(self) -> bool:
        """Whether it speaks as OAuth endpoints do."""
        return self.parameters or self.oauth

    @property
    def name(self) -> str:
        """Unique in the application: ``get.v1.services.id``."""
        words = [part.strip("{}") for part in self.path.split("/") if part]
        return ".".join(word.translate(_NAMED) for word in [self.method.lower(), *words])

    @property
    def template(self) -> str:
        """The path as Sanic writes it."""
        return self.path.replace("{", "<").replace("}", ":str>")


class Routes:
    """The routes of one resource, collected by its decorators."""

    def __init__(self, tag: str):
        self.tag = tag
        self.all: list[Route] = []

    def get(self, path: str, access: Access, summary: str, **more: Any) -> Declare:
        return self._declare("GET", path, access, summary, more)

    def post(self, path: str, access: Access, summary: str, **more: Any) -> Declare:
        return self._declare("POST", path, access, summary, more)

    def put(self, path: str, access: Access, summary: str, **more: Any) -> Declare:
        return self._declare("PUT", path, access, summary, more)

    def delete(self, path: str, access: Access, summary: str, **more: Any) -> Declare:
        return self._declare("DELETE", path, access, summary, more)

    def _declare(
        self, method: str, path: str, access: Access, summary: str, more: dict[str, Any]
    ) -> Declare:
        def keep(handler: Handler) -> Handler:
            self.all.append(Route(method, path, access, handler, summary, self.tag, **more))
            return handler

        return keep
