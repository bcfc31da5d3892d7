"""Serves a kiosk's page at ``/kiosk/``."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from sanic import Blueprint

from mobile_ui import icons
from mobile_ui.pages import POLICY
from mobile_ui.plain_pages import files_of, plain_pages

KIOSK = icons.ROOM / "kiosk"
_OWN_ICONS = {"device-mobile", "id", "check", "clock", "alert-circle", "lock", "language", "camera"}


def kiosk_pages(service_icons: Iterable[str] = (), card_reader: str = "") -> Blueprint:
    """The blueprint. ``card_reader``: the address at which a kiosk's page finds its reader of ID
    cards, the one other place that the page may ask.
    """
    names = _OWN_ICONS | set(service_icons) | {icons.FALLBACK}
    contents = files_of(KIOSK) | {"icons.svg": icons.sprite(names)}
    return plain_pages("kiosk", contents, policy=policy_with(card_reader))


def policy_with(card_reader: str) -> str:
    """The strict policy of all our pages, and the reader's origin beside our own."""
    parts = urlsplit(card_reader)
    origin = f" {parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
    own = POLICY.replace("connect-src 'self'", f"connect-src 'self'{origin}")
    return f"{own}; frame-src blob:"  # a certificate is printed from a frame (printing.js)
