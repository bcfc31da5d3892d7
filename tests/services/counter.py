"""What the tests of services share: a resident, a caller, and an office that replays samples."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from identity.caller import OWN_APP, Caller, CallerKind
from identity.person import IdNumber, Person
from services.department import Department
from tests.support.log_capture import personal

NUMBER = personal("11010519491231002X")  # the test vector of GB 11643
NAME = personal("周甲乙")


def resident() -> Person:
    return Person(uuid4(), NAME, IdNumber(NUMBER))


def caller(person: UUID, **others: Any) -> Caller:
    """A resident in our own app, face matched just now."""
    plain = {
        "kind": CallerKind.RESIDENT,
        "resident": person,
        "actor": str(person),
        "client": OWN_APP,
        "session": uuid4(),
        "acr": "4",
        "auth_time": datetime.now(UTC),
    }
    return Caller(**(plain | others))


class Revealing:
    """Reveals one person and counts how often it was asked."""

    def __init__(self, person: Person):
        self.person, self.times = person, 0

    async def reveal(self, resident: UUID) -> Person:
        assert resident == self.person.resident
        self.times += 1
        return self.person


class Writing:
    """An audit that keeps what it was told; test_records.py asks the real one."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []
        self.outcomes: list[str] = []

    async def record_read(
        self,
        caller: Caller,
        *,
        event: str,
        resident: UUID,
        service: str,
        purpose: str,
        outcome: str = "ok",
    ) -> None:
        self.rows.append((event, service, purpose))
        self.outcomes.append(outcome)


class Office:
    """A department's side of the wire, on a real socket, answering what the test lays out.

    ``replies`` are bodies by the last part of the path; ``requests`` what was seen: headers,
    path and body.
    """

    def __init__(self, replies: Mapping[str, Any] | None = None):
        self.replies = dict(replies or {})
        self.statuses: list[int] = []
        self.requests: list[tuple[Mapping[str, str], str, bytes]] = []
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), request.path, await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        reply = self.replies[request.path.rpartition("/")[2]]
        body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        return web.Response(body=body, status=status, content_type="application/json")


class Hanging(Office):
    """Answers nobody until it is let go."""

    def __init__(self, crowd: int = 1):
        super().__init__()
        self.free, self.crowded = asyncio.Event(), asyncio.Event()
        self.busy, self.crowd = 0, crowd

    async def serve(self, request):
        self.busy += 1
        if self.busy >= self.crowd:
            self.crowded.set()
        await self.free.wait()
        return await super().serve(request)


@asynccontextmanager
async def opened(office: Office) -> AsyncIterator[Office]:
    """The office on a free port of this machine."""
    app = web.Application()
    app.router.add_post("/{path:.*}", office.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        office.url = f"http://127.0.0.1:{runner.addresses[0][1]}/office"
        yield office
    finally:
        await runner.cleanup()


def limit(department: Department, **changed: float) -> None:
    """Ask this department with other limits from now on."""
    department.limits = replace(department.limits, **changed)


def patient(departments: Mapping[str, Department]) -> Mapping[str, Department]:
    """The departments, asked with the patience of a machine that is busy with other things: what
    is about deadlines sets its own.
    """
    for department in departments.values():
        limit(department, deadline=72.0, attempt=30.0)
    return departments


def samples() -> list[tuple[str, Path]]:
    """Every recorded sample as (department folder, file)."""
    folder = Path(__file__).parents[2] / "services" / "departments"
    return [(file.parents[1].name, file) for file in sorted(folder.glob("*/samples/*.json"))]
