"""Serves the mobile pages: prepared once in memory, named by their content, under a strict policy.

``pages()`` is a Sanic blueprint. Everything but the one HTML document lies below
``/assets/<hash of all of it>/`` and may be kept for ever; the document is asked for each time.
"""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import raw

from mobile_ui import icons, program

H5 = icons.ROOM / "h5"
PREACT = icons.ROOM / "node_modules" / "preact" / "dist" / "preact.mjs"
QR = icons.ROOM / "node_modules" / "qr"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src blob: 'self'; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


class NotInstalled(Exception):
    """The front-end packages are absent; the message says which command brings them."""


@dataclass(frozen=True)
class Prepared:
    """One answer, ready to leave: its bytes plain and compressed."""

    kind: str
    plain: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    tag: str

    @classmethod
    def of(cls, name: str, plain: bytes) -> "Prepared":
        kind = TYPES[name[name.rindex(".") :]]
        tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
        return cls(kind, plain, _packed(plain), tag)

    def answer(self, request: Request, caching: str) -> HTTPResponse:
        headers = {
            **SECURITY,
            "cache-control": caching,
            "etag": self.tag,
            "vary": "accept-encoding",
        }
        if self.tag in (request.headers.get("if-none-match") or ""):
            return HTTPResponse(status=304, headers=headers)
        if "gzip" in (request.headers.get("accept-encoding") or ""):
            headers["content-encoding"] = "gzip"
            return raw(self.packed, headers=headers, content_type=self.kind)
        return raw(self.plain, headers=headers, content_type=self.kind)


@cache
def _packed(plain: bytes) -> bytes:
    """Once a process: the pages of residents, kiosks and staff share most of their files."""
    return gzip.compress(plain, 9, mtime=0)


def pages(service_icons: Iterable[str] = ()) -> Blueprint:
    """The blueprint; ``service_icons`` are the icon names that the catalogue declares.

    Raises NotInstalled when ``python -m mobile_ui.install`` has not run.
    """
    tree, files = prepare(service_icons)
    document = _document(tree)
    blueprint = Blueprint("mobile-pages")

    @blueprint.get("/", name="document")
    async def show(request: Request) -> HTTPResponse:
        return document.answer(request, "no-cache")

    @blueprint.get("/assets/<version:str>/<path:path>", name="assets")
    async def give(request: Request, version: str, path: str) -> HTTPResponse:
        if version != tree or path not in files:
            raise NotFound("no such file in this version")
        return files[path].answer(request, FOR_EVER)

    return blueprint


def prepare(service_icons: Iterable[str] = ()) -> tuple[str, dict[str, Prepared]]:
    """The hash of all files and each file by its path below ``/assets/<hash>/``."""
    if not PREACT.is_file() or not QR.is_dir() or not icons.OUTLINES.is_dir():
        raise NotInstalled("run python -m mobile_ui.install: the front-end packages are absent")
    names = icons.used() | {name for name in service_icons if icons.known(name)}
    contents = {f"h5/{file.name}": file.read_bytes() for file in sorted(H5.glob("*.*"))}
    contents.pop("h5/index.html")
    contents["h5/preact.js"] = _without_map(PREACT.read_bytes())
    contents["h5/qr.js"] = (QR / "index.js").read_bytes()
    contents["icons.svg"] = icons.sprite(names)
    contents["program.js"] = program.module(names).encode()
    contents["program.css"] = program.stylesheet().encode()
    return prepared(contents)


def prepared(contents: Mapping[str, bytes]) -> tuple[str, dict[str, Prepared]]:
    """The hash of all files, and each file by its name."""
    whole = hashlib.sha256()
    for name, content in sorted(contents.items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    files = {name: Prepared.of(name, content) for name, content in contents.items()}
    return whole.hexdigest()[:16], files


def _document(tree: str) -> Prepared:
    text = (H5 / "index.html").read_text(encoding="utf-8")
    return Prepared.of("index.html", text.replace("{tree}", f"/assets/{tree}/").encode())


def _without_map(source: bytes) -> bytes:
    return b"\n".join(line for line in source.split(b"\n") if b"sourceMappingURL" not in line)
