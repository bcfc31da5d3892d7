"""For operators: is this process alive, can it serve, and how busy is it."""

import asyncio
from collections.abc import Awaitable

from pydantic import BaseModel
from tortoise.connection import get_connection

from api.ask import Ask
from api.measures import CONTENT_TYPE
from api.replies import Reply
from api.routes import Access, Routes
from api.wiring import Parts
from config.errors import Problem, Unavailable
from identity import attacks

routes = Routes("operator")

_PATIENCE = 2.0  # seconds a part may take to say that it is there
_UNAVAILABLE = Unavailable.status


class Live(BaseModel):
    live: bool = True


class Ready(BaseModel):
    """``parts``: "ready" or "away" for database, cache and faces.

    Faces count for verifications only: without them we are ready, and say so.
    """

    ready: bool
    parts: dict[str, str]


@routes.get("/health/live", Access.PUBLIC, "This process answers", answer=Live)
async def live(ask: Ask[None, None]) -> Live:
    return Live()


@routes.get("/health/ready", Access.PUBLIC, "What this process relies on answers", answer=Ready)
async def ready(ask: Ask[None, None]) -> Reply:
    state = await _state(ask.parts)
    able = state["database"] and state["cache"]
    told = Ready(ready=able, parts={name: "ready" if up else "away" for name, up in state.items()})
    return Reply(told.model_dump_json().encode(), status=200 if able else _UNAVAILABLE)


@routes.get(
    "/metrics", Access.PUBLIC, "Counts and durations of this process", content_type=CONTENT_TYPE
)
async def metrics(ask: Ask[None, None]) -> Reply:
    return Reply(ask.parts.measures.text(await _gauges(ask.parts)).encode(), CONTENT_TYPE)


async def _state(parts: Parts) -> dict[str, bool]:
    checks = {
        "database": _answers(get_connection("default").execute_query("SELECT 1")),
        "cache": _answers(parts.cache.ping()),
        "faces": _answers(parts.ground.faces.ready()),
    }
    found = await asyncio.gather(*checks.values())
    return dict(zip(checks, found, strict=True))


async def _answers(question: Awaitable[object]) -> bool:
    """Whether the part answers, and not with "no"; any fault at all means away."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return bool(await question)
    except Exception:
        return False


async def _gauges(parts: Parts) -> dict[str, float]:
    gauges = {
        "zhiban_revocations_hearing": float(parts.ground.news.hearing),
        "zhiban_services": float(len(parts.catalogue.services)),
    }
    for name, department in parts.departments.items():
        gauges[f'zhiban_department_circuit_open{{department="{name}"}}'] = department.circuit.open
    return gauges | await _refusals() | await _faces(parts)


async def _refusals() -> dict[str, float]:
    """What proofs were refused in the last hour, in the whole house."""
    try:
        async with asyncio.timeout(_PATIENCE):
            found = await attacks.lately()
    except Exception:  # whatever is away: the other numbers are still worth showing
        return {}
    name = "zhiban_proofs_refused_last_hour"
    return {f'{name}{{way="{one.way}",outcome="{one.outcome}"}}': one.times for one in found}


async def _faces(parts: Parts) -> dict[str, float]:
    try:
        async with asyncio.timeout(_PATIENCE):
            numbers = await parts.ground.faces.numbers()
    except (Problem, TimeoutError):
        return {}
    series: dict[str, float] = {}
    for name, value in numbers.items():
        if isinstance(value, dict):  # counted by code
            counts = {f'zhiban_faces_{name}{{code="{code}"}}': n for code, n in value.items()}
            series |= counts
        else:
            series[f"zhiban_faces_{name}"] = float(value)
    return series
