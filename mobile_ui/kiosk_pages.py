"""Serves a kiosk's page at ``/kiosk/``: a few plain files, prepared as the mobile ones are."""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from mobile_ui import icons
from mobile_ui.pages import FOR_EVER, POLICY, Prepared

KIOSK = icons.ROOM / "kiosk"
_DOCUMENT = "index.html"
_OWN_ICONS = {"device-mobile", "id", "check", "clock", "alert-circle", "lock", "language", "camera"}


def kiosk_pages(service_icons: Iterable[str] = (), card_reader: str = "") -> Blueprint:
    """The blueprint. ``card_reader``: the address at which a kiosk's page finds its reader of ID
    cards, the one other place that the page may ask.
    """
    tree, files = prepare(service_icons)
    text = (KIOSK / _DOCUMENT).read_text(encoding="utf-8")
    document = Prepared.of(_DOCUMENT, text.replace("{tree}", f"/kiosk/assets/{tree}/").encode())
    policy = policy_with(card_reader)
    blueprint = Blueprint("mobile-kiosk", strict_slashes=True)

    @blueprint.get("/kiosk", name="way")
    async def lead(_request: Request) -> HTTPResponse:
        return redirect("/kiosk/", status=308)

    @blueprint.get("/kiosk/", name="document")
    async def show(request: Request) -> HTTPResponse:
        answer = document.answer(request, "no-cache")
        answer.headers["content-security-policy"] = policy
        return answer

    @blueprint.get("/kiosk/assets/<version:str>/<name:str>", name="assets")
    async def give(request: Request, version: str, name: str) -> HTTPResponse:
        if version != tree or name not in files:
            raise NotFound("no such file in this version")
        return files[name].answer(request, FOR_EVER)

    return blueprint


def policy_with(card_reader: str) -> str:
    """The strict policy of all our pages, and the reader's origin beside our own."""
    parts = urlsplit(card_reader)
    origin = f" {parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
    own = POLICY.replace("connect-src 'self'", f"connect-src 'self'{origin}")
    return f"{own}; frame-src blob:"  # a certificate is printed from a frame (printing.js)


def prepare(service_icons: Iterable[str] = ()) -> tuple[str, dict[str, Prepared]]:
    """The hash of all files, and each file by its name."""
    contents = {file.name: file.read_bytes() for file in sorted(KIOSK.glob("*.*"))}
    contents.pop(_DOCUMENT)
    contents["icons.svg"] = icons.sprite(_OWN_ICONS | set(service_icons) | {icons.FALLBACK})
    whole = hashlib.sha256()
    for name, content in contents.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()[:16], {
        name: Prepared.of(name, made) for name, made in contents.items()
    }
