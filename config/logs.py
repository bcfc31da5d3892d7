"""Structured logs: one JSON line a record on stderr, about routes, codes, ids and milliseconds.

``log = logs.get("verification"); log.info("face-judged", ms=81)``. No personal value belongs in
a log line; ``masked`` is the second line of defence for one that slips through all the same.
"""

import asyncio
import logging
import re
import sys
import threading
import time
import traceback
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TextIO

import ujson

request_id: ContextVar[str] = ContextVar("request_id", default="")

MASK = "[masked]"
_PERSONAL = re.compile(
    r"eyJ[\w-]{4,}(?:\.[\w-]*){1,4}"  # JWS and JWE (RFC 7515, RFC 7516)
    r"|(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])"  # GB 11643 number, foreign card of 2023
    r"|[A-Za-z0-9+/_-]{40,}={0,2}"  # pictures, keys, opaque tokens
)
# Chatty at DEBUG, and what they would say holds values of queries and addresses with passwords.
_NEVER_BELOW_WARNING = ("tortoise", "asyncpg", "asyncio", "aiohttp", "PIL", "pgqueuer", "sanic")
_SANIC = ("sanic.root", "sanic.server", "sanic.error", "sanic.websockets")


_PERSONS = 10**15  # a number of so many digits may be a person's
_MOST_CLEAN = 1024
_clean: set[str] = set()
_encode = partial(ujson.dumps, ensure_ascii=False, escape_forward_slashes=False)


def masked(text: str) -> str:
    """``text`` without anything that looks like an ID number, a token or a long base64 value."""
    return _PERSONAL.sub(MASK, text)


def _masked_once(text: str) -> str:
    """``masked``, remembering what was found clean: routes, codes and event names come again."""
    if text in _clean:
        return text
    safe = masked(text)
    if safe == text and len(_clean) < _MOST_CLEAN:
        _clean.add(text)
    return safe


@lru_cache(8)
def _second(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class _Record(logging.LogRecord):
    """A record without the thread, process and source line that no formatter of ours prints."""

    def __init__(self, name: str, level: int, event: str, fields: dict[str, Any], fault: Any):
        self.__dict__.update(_NOTHING_KNOWN)
        self.created = time.time()
        self.msecs = self.created % 1 * 1000
        self.name, self.levelno, self.levelname = name, level, logging.getLevelName(level)
        self.msg, self.exc_info, self.fields = event, fault, fields


# What a record has anyway, for formatters of others (pytest's, a debugger's).
_NOTHING_KNOWN = logging.makeLogRecord({"args": ()}).__dict__


class Log:
    """Writes events by name with keyword fields; the fields are ids, codes and numbers."""

    def __init__(self, room: str):
        self._logger = logging.getLogger(f"zhiban.{room}")

    def debug(self, event: str, **fields: Any) -> None:
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        self._write(logging.ERROR, event, fields)

    def fault(self, event: str, fault: BaseException, **fields: Any) -> None:
        """Log an error and where it came from: kinds and places, never messages or values."""
        self._write(logging.ERROR, event, fields, (type(fault), fault, fault.__traceback__))

    def _write(self, level: int, event: str, fields: dict[str, Any], fault: Any = None) -> None:
        """What ``Logger.log`` does, without looking up the caller's line: nobody prints it."""
        logger = self._logger
        if logger.isEnabledFor(level):
            logger.handle(_Record(logger.name, level, event, fields, fault))


def get(room: str) -> Log:
    """The log of one room."""
    return Log(room)


class JsonLine(logging.Formatter):
    """A record as one line: time, level, room, event, request_id, fields, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03d}+00:00",
            "level": record.levelname.lower(),
            "room": record.name.removeprefix("zhiban."),
            "event": _masked_once(_event(record)),
        }
        if asked_by := request_id.get():
            line["request_id"] = asked_by
        for name, value in getattr(record, "fields", {}).items():
            line[name] = _harmless(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = _places(record.exc_info[1])
        return _encode(line)


def _event(record: logging.LogRecord) -> str:
    """Our own event name; of other people's messages the pattern only, without its arguments.

    Sanic fills in the URI with its query, asyncio a repr of the exception on further lines.
    """
    if record.name.startswith("zhiban."):
        return record.getMessage()
    return (str(record.msg).splitlines() or [""])[0]


def _harmless(value: Any) -> Any:
    """Numbers stay numbers; anything else, and a number long enough to be a person's, is text."""
    if value is None or (isinstance(value, int | float) and abs(value) < _PERSONS):
        return value
    return _masked_once(str(value))


def _places(fault: BaseException) -> list[str]:
    """The chain of causes, outermost first: kind and stack, without messages and values.

    A message may quote what it choked on (a row, a body, a URL), so none is written.
    """
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = fault
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        for frame in traceback.extract_tb(link.__traceback__)[-12:]:
            lines.append(f"  {_short(frame.filename)}:{frame.lineno} {frame.name}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _short(path: str) -> str:
    return "/".join(path.rsplit("/", 3)[-3:])


class HouseHandler(logging.StreamHandler[TextIO]):
    """Ours, so that a second ``configure`` replaces it and leaves other listeners alone.

    With a ``loop`` the lines of one turn of it are written together: a write is a system call.
    Warnings, and lines from other threads, are written at once, with all that came before.
    """

    def __init__(self, stream: TextIO):
        super().__init__(stream)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._waiting: list[str] = []

    def gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write once a turn of ``loop``, which runs in this thread."""
        self.loop, self._thread = loop, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.append(self.format(record) + self.terminator)
            if (
                self.loop is None
                or record.levelno >= logging.WARNING
                or threading.get_ident() != self._thread
                or self.loop.is_closed()
            ):
                self.write()
            elif len(self._waiting) == 1:
                self.loop.call_soon(self.write)
        except Exception:
            self.handleError(record)

    def write(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            lines, self._waiting = self._waiting, []
            if lines:
                self.stream.write("".join(lines))
                self.flush()

    def close(self) -> None:
        self.write()
        super().close()


def configure(level: str = "INFO", stream: TextIO | None = None) -> HouseHandler:
    """Send every record of this process, Sanic's included, through one handler.

    Sanic's access log is off: it writes paths with their values. Call again after Sanic has
    set up its own logging (Sanic(..., configure_logging=False) spares that).
    """
    handler = HouseHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    for former in [each for each in root.handlers if isinstance(each, HouseHandler)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("zhiban").setLevel(level)
    for name in _NEVER_BELOW_WARNING:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    _take_over_sanic()
    return handler


def _take_over_sanic() -> None:
    for name in _SANIC:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    access = logging.getLogger("sanic.access")
    access.handlers.clear()
    access.propagate = False
    access.disabled = True
