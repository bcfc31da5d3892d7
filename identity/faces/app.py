"""The routes of the face process: inspect, match, ready, numbers."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse, json, raw

from config import logs
from config.errors import Unavailable
from config.settings import FaceSettings
from identity.faces import worker
from identity.faces.pool import Pool
from identity.faces.wire import pack, unpack

_BODY = 4_000_000  # eight frames of 300 KB and room to spare
_OWN = "application/octet-stream"

FaceApp = Sanic[Any, Any]
log = logs.get("faces")


def create_app(settings: FaceSettings) -> FaceApp:
    """The app; its pool starts with the server and loads models before the first job."""
    app: FaceApp = Sanic("faces", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _BODY
    app.config.ACCESS_LOG = False
    app.config.REQUEST_TIMEOUT = 30
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3.0

    async def open_pool(app: FaceApp) -> None:
        app.ctx.signs = Counter()
        app.ctx.pool = Pool(
            workers=settings.face_workers,
            waiting=settings.face_queue,
            chosen=settings.face_engines,
        )
        app.ctx.warming = [
            asyncio.create_task(app.ctx.pool.ready()) for _ in range(settings.face_workers)
        ]

    async def close_pool(app: FaceApp) -> None:
        await asyncio.to_thread(app.ctx.pool.close)

    app.before_server_start(open_pool)
    app.after_server_stop(close_pool)
    app.add_route(_does(worker.inspect), "/inspect", methods=["POST"], name="inspect")
    app.add_route(_does(worker.match), "/match", methods=["POST"], name="match")
    app.add_route(_ready, "/ready", name="ready")
    app.add_route(_numbers, "/numbers", name="numbers")
    return app


def _does(job: Callable[[bytes], bytes]) -> Callable[[Request], Any]:
    async def handler(request: Request) -> HTTPResponse:
        pool: Pool = request.app.ctx.pool
        try:
            answer = await pool.run(job, request.body)
            _note(request.app.ctx.signs, answer)
            return raw(answer, content_type=_OWN)
        except Unavailable as problem:
            body = pack({"problem": problem.code, "facts": problem.facts, "cause": problem.cause})
            return raw(body, problem.status, problem.headers, content_type=_OWN)

    return handler


def _note(signs: Counter[str], answer: bytes) -> None:
    """Passive signs are counted and logged by code only; nobody is refused for them."""
    for sign in unpack(answer)[0].get("signs", ()):
        signs[sign] += 1
        log.info("passive-sign", sign=sign)


async def _ready(request: Request) -> HTTPResponse:
    warm = any(task.done() and not task.exception() for task in request.app.ctx.warming)
    return json({"ready": warm}, 200 if warm else 503)


async def _numbers(request: Request) -> HTTPResponse:
    pool: Pool = request.app.ctx.pool
    return json(
        {
            "workers": pool.workers,
            "waiting": max(0, pool.inside - pool.workers),
            "running": min(pool.inside, pool.workers),
            "done": pool.done,
            "refused": pool.refused,
            "replaced": pool.replaced,
            "job_ms": round(pool.job_seconds * 1000),
            "signs": dict(request.app.ctx.signs),
        }
    )
