"""A PDF, looked at from both ends (ISO 32000-1, 7.5): whole, without a password, and without what
would act when somebody opens it.

Nothing in it is interpreted or shown by us: whoever opens it gets it as a download. What acts is
looked for where ordinary programs write it: in the open, and in object streams (7.5.7). Somebody
who takes pains can hide it; the sandbox of whoever opens it is the other half.
"""

import re
import zlib

from services.materials.errors import MaterialActs, MaterialBroken, MaterialLocked

_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n]")
_TAIL = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")
_TAIL_BYTES = 2048
_LOCKED = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream\r?\n")
_BEFORE = 2048  # bytes in which a stream's dictionary begins
_MOST_STREAMS = 20_000
_MOST_INFLATED = 64 * 1024 * 1024  # of all object streams; each costs 4 MB at a time at most
_AT_ONCE = 4 * 1024 * 1024
_ACTS = re.compile(rb"/(JavaScript|Launch|RichMedia|Rendition)(?![A-Za-z0-9])")
"""Scripts, starting a program, Flash and sound with scripts (12.6.4). ``OpenAction`` alone only
names a page, and files within a file are what electronic invoices are made of.
"""


def check(content: bytes) -> None:
    """Raises MaterialBroken, MaterialLocked or MaterialActs."""
    _check_structure(content)
    plain = _unescaped(content)
    if _LOCKED.search(plain):
        raise MaterialLocked()
    if _ACTS.search(plain) or any(_ACTS.search(part) for part in _object_streams(content)):
        raise MaterialActs()


def _check_structure(content: bytes) -> None:
    tail = _TAIL.search(content[-_TAIL_BYTES:])
    if not _HEAD.match(content) or not tail:
        raise MaterialBroken("head or tail")
    table = int(tail[1])
    if table >= len(content) or not _TABLE.match(content[table : table + 64]):
        raise MaterialBroken("no cross-reference table where it should be")


def _unescaped(content: bytes) -> bytes:
    """Names as they are read: ``/J#61vaScript`` is ``/JavaScript`` (7.3.5)."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), content)


def _object_streams(content: bytes) -> list[bytes]:
    """What is in them, names as they are read. Raises MaterialBroken for what swells too much."""
    found, inflated = [], 0
    for count, stream in enumerate(_STREAM.finditer(content)):
        if count >= _MOST_STREAMS:
            raise MaterialBroken("streams without end")
        about = content[max(0, stream.start() - _BEFORE) : stream.start()]
        if b"/ObjStm" not in _unescaped(about[about.rfind(b"obj") + 1 :]):
            continue
        part = _inflated(content, stream.end())
        inflated += len(part)
        if inflated > _MOST_INFLATED:
            raise MaterialBroken("object streams without end")
        found.append(_unescaped(part))
    return found


def _inflated(content: bytes, start: int) -> bytes:
    """An object stream's beginning; of one that is not deflated, its bytes as they are."""
    try:
        return zlib.decompressobj().decompress(memoryview(content)[start:], _AT_ONCE)
    except zlib.error:
        return b""
