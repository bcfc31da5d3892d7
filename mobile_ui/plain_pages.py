"""Serves a page of plain files at an address of its own, prepared as the mobile pages are.

``/<place>/`` is one document that is asked for each time; all else lies below
``/<place>/assets/<hash of all of it>/`` and may be kept for ever.
"""

from collections.abc import Callable, Collection, Coroutine, Mapping
from pathlib import Path
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import redirect

from mobile_ui.pages import FOR_EVER, POLICY, Prepared, prepared

DOCUMENT = "index.html"
Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


def files_of(folder: Path) -> dict[str, bytes]:
    """What lies in a page's folder, by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.*"))}


def plain_pages(
    place: str, contents: Mapping[str, bytes], *, policy: str = POLICY, moving: Collection[str] = ()
) -> Blueprint:
    """The blueprint of the page at ``/<place>/``.

    ``contents``: its files by name, the document among them, in which ``{tree}`` stands for the
    address of all others. ``moving``: files beside it that keep their address and are asked for
    each time too. ``policy``: the content security policy of both.
    """
    kept = {name: made for name, made in contents.items() if name not in (DOCUMENT, *moving)}
    tree, files = prepared(kept)
    text = contents[DOCUMENT].replace(b"{tree}", f"/{place}/assets/{tree}/".encode())
    looked_up = {"": Prepared.of(DOCUMENT, text)}
    looked_up |= {name: Prepared.of(name, contents[name]) for name in moving}
    blueprint = Blueprint(f"mobile-{place}", strict_slashes=True)

    @blueprint.get(f"/{place}", name="way")
    async def lead(_request: Request) -> HTTPResponse:
        return redirect(f"/{place}/", status=308)

    for name, file in looked_up.items():
        shown = _asked_each_time(file, policy)
        blueprint.add_route(shown, f"/{place}/{name}", name=name.partition(".")[0] or "document")

    @blueprint.get(f"/{place}/assets/<version:str>/<name:path>", name="assets")
    async def give(request: Request, version: str, name: str) -> HTTPResponse:
        if version != tree or name not in files:
            raise NotFound("no such file in this version")
        return files[name].answer(request, FOR_EVER)

    return blueprint


def _asked_each_time(file: Prepared, policy: str) -> Handler:
    async def show(request: Request) -> HTTPResponse:
        answer = file.answer(request, "no-cache")
        answer.headers["content-security-policy"] = policy
        return answer

    return show
