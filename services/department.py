"""What every department behind the counter shares: how it is called, and what may go wrong.

``Department.call()`` holds the deadline, retries of reads, the breaker, timing, the log line and
the translation of every failure, once. A department's own folder adds its paths, its signature
and its code table, and nothing it knows in field codes leaves that folder.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from config import logs
from config.errors import Problem
from config.outbound import Outbound, OutboundFailed, Reply
from config.settings import Settings
from identity.signed import APP, Signed, sign
from services import freshness
from services.access import OfficeSettings, access
from services.circuit import Circuit
from services.errors import (
    DepartmentClosed,
    DepartmentFailed,
    DepartmentNonsense,
    DepartmentTimeout,
    NoRecord,
)
from services.hours import SHANGHAI
from services.limits import Limits
from services.schema import Words

Json = dict[str, Any]
Form = TypeVar("Form", bound=BaseModel)
log = logs.get("services.department")

_OK = 200
_SERVER_ERROR = 500
_NOT_LET_IN = frozenset({401, 403, 429})  # our key or our rate, not the shape of the answer
_PAUSE_SECONDS = 0.1
_FIRST_YEAR, _LAST_YEAR = 1949, 2999


class Department:
    """A department as its services see it. Subclasses set ``title``, ``credit_code`` (its unified
    social credit code, GB 32100) and ``settings_class``.

    ``limits`` and ``hours`` (``mon-fri 08:30-17:30``, empty for always) are what the folder says
    of its own department; <PREFIX>LIMITS and <PREFIX>HOURS in the environment come before them.
    ``app`` is the name under which departments know us.
    """

    id: ClassVar[str]
    title: ClassVar[Words]
    credit_code: ClassVar[str]
    settings_class: ClassVar[type[OfficeSettings]]
    app: ClassVar[str] = APP
    limits: Limits = Limits()
    hours: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.id = cls.__module__.split(".")[-2].replace("_", "-")

    def __init__(self, house: Settings, outbound: Outbound, *, circuit: Circuit | None = None):
        own = self.settings_class()
        self.access = access(house, own, self.id, hours=self.hours)
        self.limits = own.limits_of(self.limits)
        self.outbound = outbound
        failures, rest = self.limits.failures, self.limits.rest
        self.circuit = circuit or Circuit(failures=failures, rest=rest)
        self._places = asyncio.Semaphore(self.limits.at_once)

    def signature(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        """The headers that prove to the department who asks; new for every attempt."""
        raise NotImplementedError

    def sign(self, method: str, path: str, body: bytes) -> Signed:
        """The five lines that most departments ask to be signed, under the key we share."""
        return sign(self.access.key, method, path, body)

    def opened(self, envelope: Json) -> Json:
        """What the department's envelope holds, or the Problem that it states."""
        raise NotImplementedError

    def as_of(self, envelope: Json) -> datetime:
        """When the records behind a good envelope were last brought up to date, with a time zone.

        Raises DepartmentNonsense where the department does not say it.
        """
        raise NotImplementedError

    async def call(
        self, operation: str, path: str, question: Json, form: type[Form], *, safe: bool = True
    ) -> Form:
        """Ask ``path`` below the department's address and read the answer into ``form``.

        ``safe``: asking twice does no harm. Raises DepartmentTimeout, DepartmentFailed,
        DepartmentNonsense, DepartmentClosed or NoRecord.
        """
        if wait := self.circuit.wait():
            raise DepartmentFailed("the circuit is open", retry_after=int(wait) + 1)
        began, outcome = time.monotonic(), "abandoned"
        try:
            answer = await self._in_time(operation, path, question, form, safe)
            outcome = "answered"
            return answer
        except Problem as problem:
            outcome = problem.code
            raise
        finally:
            self._settle(outcome)
            ms = round((time.monotonic() - began) * 1000)
            log.info(
                "department-call", department=self.id, operation=operation, ms=ms, outcome=outcome
            )

    def _settle(self, outcome: str) -> None:
        if outcome in {"answered", NoRecord.code, DepartmentClosed.code}:
            self.circuit.succeeded()
        elif outcome == "abandoned":
            self.circuit.abandoned()
        else:
            self.circuit.failed()

    async def _in_time(
        self, operation: str, path: str, question: Json, form: type[Form], safe: bool
    ) -> Form:
        try:
            async with asyncio.timeout(self.limits.deadline), self._places:
                tries = self.limits.attempts if safe else 1
                return await self._persistently(lambda: self._exchange(path, question), form, tries)
        except TimeoutError:
            cause = f"{operation}: deadline of {self.limits.deadline} s"
            raise DepartmentTimeout(cause) from None

    async def _persistently(
        self, exchange: Callable[[], Awaitable[Json]], form: type[Form], tries: int
    ) -> Form:
        for left in range(tries - 1, -1, -1):
            try:
                return _read(await exchange(), form)
            except (DepartmentTimeout, DepartmentFailed):
                if not left:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("a call has at least one try")

    async def _exchange(self, path: str, question: Json) -> Json:
        """One exchange over HTTP, its envelope opened."""
        body = json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
        signed = {**self.signature("POST", self._signed_path(path), body)}
        signed["Content-Type"] = "application/json"
        url = f"{self.access.url}{path}"
        try:
            reply = await self.outbound.send(
                "POST", url, body=body, headers=signed, timeout=self.limits.attempt
            )
        except OutboundFailed as failed:
            _translate(failed)
        envelope = _parsed(reply)
        opened = self.opened(envelope)
        freshness.note(_plausible(self.as_of(envelope)))
        return opened

    def _signed_path(self, path: str) -> str:
        """The path as the department sees it: signatures cover the whole of it."""
        return "/" + f"{self.access.url}{path}".split("://", 1)[1].partition("/")[2]


def _translate(failed: OutboundFailed) -> NoReturn:
    if failed.reason == "timeout":
        raise DepartmentTimeout("no answer in time") from failed
    raise DepartmentFailed(f"outbound: {failed.reason}") from failed


def _parsed(reply: Reply) -> Json:
    if reply.status >= _SERVER_ERROR or reply.status in _NOT_LET_IN:
        raise DepartmentFailed(f"status {reply.status}")
    if reply.status != _OK:
        raise DepartmentNonsense(f"status {reply.status}")
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise DepartmentNonsense("the body is not JSON") from None
    if not isinstance(found, dict):
        raise DepartmentNonsense("the body is not an object")
    return found


def _read(data: Json, form: type[Form]) -> Form:
    """The code table applied. The cause names fields and kinds of fault, never a value."""
    try:
        return form.model_validate(data)
    except ValidationError as wrong:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in wrong.errors()]
        raise DepartmentNonsense("; ".join(faults[:5])) from None


def moment(written: Any, form: str = "") -> datetime:
    """A moment as departments write it: by ``form`` (strptime), else ISO 8601; in China's time
    where it names no other. Raises DepartmentNonsense.
    """
    try:
        read = datetime.strptime(written, form) if form else datetime.fromisoformat(written)
    except (TypeError, ValueError):
        raise DepartmentNonsense("a moment that nobody can read") from None
    return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)


def reopening(opens: datetime) -> DepartmentClosed:
    """The problem of a department that says it is closed and when it opens."""
    now = datetime.now(UTC)
    return DepartmentClosed("the department said so", opens=_plausible(opens), now=now)


def _plausible(at: datetime) -> datetime:
    """Raises DepartmentNonsense for a year of which nobody can say anything in another zone."""
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise DepartmentNonsense("a year that is none of ours")
    return at
