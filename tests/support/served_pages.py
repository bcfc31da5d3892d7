"""Pages served alone, by a real server, and the words that a page of plain files says."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sanic import Blueprint, Sanic

from tests.support.house import free_port

_PLACES = re.compile(r"\{\d\}")


@asynccontextmanager
async def serving(blueprint: Blueprint, **session: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a server that has this blueprint and nothing else."""
    app: Sanic = Sanic(f"{blueprint.name}-under-test")
    app.config.TOUCHUP = False  # Sanic rewrites itself at a start, which works once a process
    app.blueprint(blueprint)
    port = free_port()
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", **session) as client:
        yield client
    server.close()
    await server.wait_closed()


def words(folder: Path, language: str) -> dict[str, str]:
    """One language (``ZH``, ``EN``) of a page's words*.js by code; no code stands twice."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("words*.js")):
        source = file.read_text(encoding="utf-8")
        block = source[source.index(f"const {language} = {{") :]
        pairs = re.findall(r'"?([\w.:-]+)"?: "((?:[^"\\]|\\.)*)"', block[: block.index("\n};")])
        assert not found.keys() & dict(pairs).keys(), file
        found |= dict(pairs)
    return found


def assert_same_words(chinese: dict[str, str], english: dict[str, str]) -> None:
    """Every code in both languages, with the same places to fill."""
    assert chinese.keys() == english.keys()
    for code, text in chinese.items():
        assert set(_PLACES.findall(text)) == set(_PLACES.findall(english[code])), code


def scripts(folder: Path) -> str:
    """The text of all of a page's scripts."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.js")))
