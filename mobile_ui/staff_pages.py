"""Serves the staff pages at ``/staff/``: a few plain files, prepared as the mobile ones are."""

import hashlib

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from mobile_ui.icons import ROOM
from mobile_ui.pages import FOR_EVER, Prepared

STAFF = ROOM / "staff"
_DOCUMENT = "index.html"


def staff_pages() -> Blueprint:
    """The blueprint: one document that is asked for each time, and files kept for ever."""
    tree, files = prepare()
    text = (STAFF / _DOCUMENT).read_text(encoding="utf-8")
    document = Prepared.of(_DOCUMENT, text.replace("{tree}", f"/staff/assets/{tree}/").encode())
    blueprint = Blueprint("mobile-staff", strict_slashes=True)

    @blueprint.get("/staff", name="way")
    async def lead(_request: Request) -> HTTPResponse:
        return redirect("/staff/", status=308)

    @blueprint.get("/staff/", name="document")
    async def show(request: Request) -> HTTPResponse:
        return document.answer(request, "no-cache")

    @blueprint.get("/staff/assets/<version:str>/<name:str>", name="assets")
    async def give(request: Request, version: str, name: str) -> HTTPResponse:
        if version != tree or name not in files:
            raise NotFound("no such file in this version")
        return files[name].answer(request, FOR_EVER)

    return blueprint


def prepare() -> tuple[str, dict[str, Prepared]]:
    """The hash of all files, and each file by its name."""
    contents = {file.name: file.read_bytes() for file in sorted(STAFF.glob("*.*"))}
    contents.pop(_DOCUMENT)
    whole = hashlib.sha256()
    for name, content in contents.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()[:16], {
        name: Prepared.of(name, made) for name, made in contents.items()
    }
