"""How frames travel between the web and the face process: one JSON head, then raw parts.

    4 bytes big-endian length of the head | head | part | part …

The head's ``sizes`` say where one part ends. No base64, no boundary to search for.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

_LENGTH = struct.Struct(">I")


class Malformed(ValueError):
    """The bytes are not what ``pack`` makes."""


def pack(head: Mapping[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """One body out of a JSON-able head and any number of byte strings."""
    written = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    return b"".join((_LENGTH.pack(len(written)), written, *parts))


def unpack(body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The head and parts that ``pack`` was given. Raises Malformed."""
    try:
        (length,) = _LENGTH.unpack_from(body)
        start = _LENGTH.size + length
        head: dict[str, Any] = json.loads(body[_LENGTH.size : start])
        sizes = [int(size) for size in head.pop("sizes")]
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Malformed("no head") from fault
    if min(sizes, default=0) < 0 or start + sum(sizes) != len(body):
        raise Malformed("parts and sizes differ")
    return head, _cut(body, start, sizes)


def _cut(body: bytes, start: int, sizes: Sequence[int]) -> list[bytes]:
    parts = []
    for size in sizes:
        parts.append(body[start : start + size])
        start += size
    return parts
