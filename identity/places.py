"""Roughly where an address is: the city in China, else the country. Asked once, at sign-in.

No outside call: the ip2region table comes in a package, is checked by SHA-256 and read by
ip2region's own reader; none of the package's code is imported. The address itself is not kept.
The table is of August 2022 and knows IPv4 only; PLACES_FILE names a younger one.
"""

import hashlib
import importlib.util
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from ip2region import searcher, util

from config import logs
from config.settings import Settings
from config.texts import text

LOCAL, UNKNOWN = "local", ""
_PACKAGE, _FILE = "XdbSearchIP", Path("data") / "ip2region.xdb"
_SHA256 = "da54debc16a301adf49e2d96424890750376c367a7f08a5afa249bb0f918e53a"
_HERE = "中国"
_NOTHING = {"", "0"}
log = logs.get("places")


class Places:
    """Reads two or three blocks of the file a question: about 20 µs."""

    def __init__(self, settings: Settings):
        self._table = _table(settings.places_file)

    def of(self, address: str) -> str:
        """As ``广东省广州市``, ``LOCAL`` or ``UNKNOWN``: what is kept of where a session began."""
        found = _v4(address)
        if found is None:
            return UNKNOWN
        if not found.is_global:
            return LOCAL if found.is_private else UNKNOWN
        return _read(self._table.search(str(found))) if self._table else UNKNOWN


def shown(place: str, locale: str) -> str:
    """In words; names of places are as the table writes them, in every language."""
    if place == LOCAL:
        return text("place.local", locale)
    return place or text("place.unknown", locale)


def _v4(address: str) -> IPv4Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return IPv4Address("127.0.0.1") if found.is_loopback else found.ipv4_mapped
    return found


def _read(region: str) -> str:
    """``country|area|province|city|operator``; a municipality is named once."""
    parts = [*region.split("|"), "", "", "", ""][:4]
    country, _, province, city = ("" if part in _NOTHING else part for part in parts)
    if country != _HERE:
        return country
    if city.startswith(province):
        province = ""
    return f"{province}{city}" or country


def _table(named: Path | None) -> searcher.Searcher | None:
    """The operator's own table, or the package's if its bytes are the ones we know."""
    file = named or _packaged()
    if file is None:
        return None
    index = util.load_vector_index_from_file(str(file))
    return searcher.new_with_vector_index(util.IPv4, str(file), index)


def _packaged() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    file = Path(folders[0]) / _FILE if folders else None
    if file is None or not file.is_file():
        log.warning("places-table-absent")
        return None
    if hashlib.sha256(file.read_bytes()).hexdigest() != _SHA256:
        log.error("places-table-changed")
        return None
    return file
