"""Looking for a face in everything a house leaves behind: files, tables, keys, lines.

A capture is looked for by pieces of its bytes, plain, in hex and in base64 at each of the three
places a piece can begin; a template by runs of its numbers as the machine writes them and in
words. Every piece is long enough that chance does not make one.
"""

import base64
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick
import asyncpg
import numpy as np
from numpy.typing import NDArray
from redis.asyncio import Redis

PIECE = 24  # bytes
RUN = 4  # numbers of a template beside each other
_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"


def of_capture(pictures: Iterable[bytes]) -> frozenset[bytes]:
    """What would betray any of these pictures: pieces of its compressed data."""
    found: set[bytes] = set()
    for picture in pictures:
        for share in (0.3, 0.5, 0.7, 0.9):
            start = int(len(picture) * share)
            found |= set(_written(picture[start : start + PIECE]))
    return frozenset(found)


def of_templates(templates: Iterable[NDArray[Any]]) -> frozenset[bytes]:
    """What would betray any of these templates: runs of its numbers."""
    found: set[bytes] = set()
    for template in templates:
        for start in range(0, len(template) - RUN, len(template) // 8):
            some = template[start : start + RUN]
            for kind in ("<f4", "<f8", ">f4", ">f8"):
                found |= set(_written(some.astype(kind).tobytes()))
        found |= {repr(float(number)).encode() for number in template[:5]}
        found |= {repr(float(np.float32(number)))[:10].encode() for number in template[:5]}
    return frozenset(found)


def in_files(folder: Path, needles: frozenset[bytes]) -> list[Path]:
    """The files below a folder that hold a needle."""
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_socket())
    return [file for file in files if _holds(_read(file), needles)]


async def in_tables(address: str, needles: frozenset[bytes]) -> list[str]:
    """The tables with a row that holds a needle, stored compressed or not."""
    connection = await asyncpg.connect(address)
    try:
        found = []
        for (table,) in await connection.fetch(_TABLES):
            rows = await connection.fetch(f"SELECT * FROM {table}")
            if any(_holds(_plain(value), needles) for row in rows for value in row.values()):
                found.append(table)
        return found
    finally:
        await connection.close()


async def in_keys(cache: Redis, needles: frozenset[bytes]) -> list[bytes]:
    """The keys of Valkey whose name or stored value holds a needle."""
    found = []
    async for key in cache.scan_iter():
        if _holds(key + (await cache.dump(key) or b""), needles):
            found.append(key)
    return found


def _written(piece: bytes) -> Iterator[bytes]:
    yield piece
    yield piece.hex().encode()
    for skipped in range(3):
        whole = (len(piece) - skipped) // 3 * 3
        yield base64.b64encode(piece[skipped : skipped + whole])


def _holds(text: bytes, needles: frozenset[bytes]) -> bool:
    """One pass for all needles together: there are thousands of them, and a house is large."""
    return next(_machine(needles).iter(text.decode("latin-1")), None) is not None


@cache
def _machine(needles: frozenset[bytes]) -> Any:
    machine = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    for needle in needles:
        machine.add_word(needle.decode("latin-1"))
    machine.make_automaton()
    return machine


def _plain(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # engines remove files of their own meanwhile
        return b""
