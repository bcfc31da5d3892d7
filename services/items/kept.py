"""Pages that are kept as bytes: the latest asked for, up to so many bytes together."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Page:
    """JSON ready to send and its entity tag, quoted as the header wants it (RFC 9110 §8.8.3).

    ``empty``: a list with nothing on it.
    """

    body: bytes
    etag: str
    empty: bool = False

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Page":
        return cls.ready(written(content))

    @classmethod
    def ready(cls, body: bytes, empty: bool = False) -> "Page":
        return cls(body, f'"{sha256(body).hexdigest()[:32]}"', empty)


def written(content: Any) -> bytes:
    """Compact JSON, its characters as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


_BESIDE = 1_000  # bytes that a page's key and entity tag take, however empty it is


class Kept:
    """Pages by key. Whoever asks for ever new ones only pushes out what is asked for rarely."""

    def __init__(self, most_bytes: int):
        self._most = most_bytes
        self._size = 0
        self._pages: OrderedDict[object, Page] = OrderedDict()

    def get(self, key: object, make: Callable[[], Page]) -> Page:
        """The page of that key, made the first time."""
        if page := self._pages.get(key):
            self._pages.move_to_end(key)
            return page
        page = self._pages[key] = make()
        self._size += len(page.body) + _BESIDE
        while self._size > self._most and len(self._pages) > 1:
            self._size -= len(self._pages.popitem(last=False)[1].body) + _BESIDE
        return page
