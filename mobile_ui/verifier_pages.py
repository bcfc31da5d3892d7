"""Serves the page that checks licences at ``/verify/``: plain files that work without a line too.

What somebody shows stands in the fragment of its address, which no browser sends anywhere.
"""

import hashlib
import json

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from mobile_ui import icons
from mobile_ui.kiosk_pages import KIOSK
from mobile_ui.pages import FOR_EVER, QR, Prepared

VERIFIER = icons.ROOM / "verifier"
_DOCUMENT, _WORKER = "index.html", "sw.js"
_ICONS = {
    "shield-check", "circle-check", "help-circle", "alert-triangle", "scan", "refresh", "wifi",
    "wifi-off",
}  # fmt: skip


def verifier_pages() -> Blueprint:
    """The blueprint: a document and a service worker that are asked for each time, and files kept
    for ever.
    """
    tree, files = prepare()
    text = (VERIFIER / _DOCUMENT).read_text(encoding="utf-8")
    document = Prepared.of(_DOCUMENT, text.replace("{tree}", f"/verify/assets/{tree}/").encode())
    worker = Prepared.of(_WORKER, (VERIFIER / _WORKER).read_bytes())
    blueprint = Blueprint("mobile-verifier", strict_slashes=True)

    @blueprint.get("/verify", name="way")
    async def lead(_request: Request) -> HTTPResponse:
        return redirect("/verify/", status=308)

    @blueprint.get("/verify/", name="document")
    async def show(request: Request) -> HTTPResponse:
        return document.answer(request, "no-cache")

    @blueprint.get(f"/verify/{_WORKER}", name="worker")
    async def work(request: Request) -> HTTPResponse:
        return worker.answer(request, "no-cache")

    @blueprint.get("/verify/assets/<version:str>/<name:path>", name="assets")
    async def give(request: Request, version: str, name: str) -> HTTPResponse:
        if version != tree or name not in files:
            raise NotFound("no such file in this version")
        return files[name].answer(request, FOR_EVER)

    return blueprint


def prepare() -> tuple[str, dict[str, Prepared]]:
    """The hash of all files, and each file by its name; ``files.json`` lists the others."""
    contents = {file.name: file.read_bytes() for file in sorted(VERIFIER.glob("*.*"))}
    for name in (_DOCUMENT, _WORKER):
        contents.pop(name)
    contents["dom.js"] = (KIOSK / "dom.js").read_bytes()
    contents |= {f"qr/{name}": (QR / name).read_bytes() for name in ("index.js", "decode.js")}
    contents["icons.svg"] = icons.sprite(_ICONS)
    contents["files.json"] = json.dumps(sorted(contents)).encode()
    whole = hashlib.sha256()
    for name, content in sorted(contents.items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()[:16], {
        name: Prepared.of(name, made) for name, made in contents.items()
    }
