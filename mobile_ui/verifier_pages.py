"""Serves the page that checks licences at ``/verify/``: plain files that work without a line too.

What somebody shows stands in the fragment of its address, which no browser sends anywhere.
"""

import json

from sanic import Blueprint

from mobile_ui import icons
from mobile_ui.kiosk_pages import KIOSK
from mobile_ui.pages import QR
from mobile_ui.plain_pages import DOCUMENT, files_of, plain_pages

VERIFIER = icons.ROOM / "verifier"
_WORKER = "sw.js"  # a service worker is found at one address for good
_ICONS = {
    "shield-check", "circle-check", "help-circle", "alert-triangle", "scan", "refresh", "wifi",
    "wifi-off",
}  # fmt: skip


def verifier_pages() -> Blueprint:
    """The blueprint; ``files.json`` tells the service worker what to keep."""
    contents = files_of(VERIFIER) | {"dom.js": (KIOSK / "dom.js").read_bytes()}
    contents |= {f"qr/{name}": (QR / name).read_bytes() for name in ("index.js", "decode.js")}
    contents["icons.svg"] = icons.sprite(_ICONS)
    kept = sorted(contents.keys() - {DOCUMENT, _WORKER})
    contents["files.json"] = json.dumps(kept).encode()
    return plain_pages("verify", contents, moving=(_WORKER,))
