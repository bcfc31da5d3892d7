"""Entry point of web: ``python -m api.serve`` serves ``api.app.create_app`` with its workers.

Three things that Sanic's main process does not do are done by a thread beside it, with private
parts of its manager (Sanic is pinned, tests/server kills and stops it): start a dead worker
again, end when it is told to while its workers are still starting, and end at once where every
worker refused to start (its settings or a declaration of the catalogue say why).
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import sys
import threading
import time
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

import psutil
from sanic import Sanic
from sanic.worker.constants import ProcessState
from sanic.worker.loader import AppLoader
from sanic.worker.manager import WorkerManager

from config import logs
from config.processes import watch_parent
from config.settings import RefusedToStart, settings
from services.service import DeclarationRefused

FACTORY = "api.app:create_app"
NAME = "zhiban"  # as create_app names it: a worker finds its place by it
_DEAD = (ProcessState.FAILED, ProcessState.COMPLETED)
_INTERVAL = 0.1
_SLOWEST = 180.0  # seconds to start in; a busy machine needs more than the 30 that Sanic gives
_REFUSED = 3  # exit status of a worker that refused to start


def build(factory: str = FACTORY) -> Sanic[Any, Any]:
    """The application of one worker, tied to the main process.

    Nothing is collected until it has settled: what is loaded stays, and looking for what does
    not is a fifth of a start.
    """
    gc.disable()
    house = settings()
    module, _, name = factory.partition(":")
    try:
        app: Sanic[Any, Any] = getattr(import_module(module), name)(house)
    except (RefusedToStart, DeclarationRefused) as refused:
        print(f"web: {refused}", file=sys.stderr, flush=True)
        sys.exit(_REFUSED)
    app.ctx.log_lines = logs.configure(house.log_level)  # last: Sanic sets up its own
    app.before_server_start(_end_with_the_main_process)
    app.after_server_start(_settle)
    return app


async def _settle(app: Sanic[Any, Any]) -> None:
    """Log lines of one turn of the loop are written together."""
    app.ctx.log_lines.gather(asyncio.get_running_loop())
    collect_less_often()


def collect_less_often() -> None:
    """What was loaded stays: leave it out of every collection of this process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def _watcher() -> Sanic[Any, Any]:
    """What the main process holds: the workers' application by name, with nothing in it.

    It answers no request, so it need not spend the second and the 100 MB of loading it all.
    """
    app: Sanic[Any, Any] = Sanic(NAME, configure_logging=False)
    app.main_process_ready(_start_tending)
    return app


async def _end_with_the_main_process(_app: Sanic[Any, Any]) -> None:
    watch_parent()


async def _start_tending(app: Sanic[Any, Any]) -> None:
    threading.Thread(target=_tend, args=(app.manager,), name="tend", daemon=True).start()


def _tend(manager: WorkerManager) -> None:
    while not manager._shutting_down:
        time.sleep(_INTERVAL)
        if _all_refused(manager):
            _leave(1)
        dead = [one.name for one in manager.transient_processes if one.state in _DEAD]
        if dead and not manager._shutting_down:
            with contextlib.suppress(OSError):
                manager.monitor_publisher.send(",".join(dead))
            time.sleep(10 * _INTERVAL)  # it needs a moment to read the order
    _end_in_time(manager)


def _all_refused(manager: WorkerManager) -> bool:
    """At the start only: beside a worker that is up, one that refuses is tried again."""
    workers = list(manager.transient_processes)
    return bool(workers) and all(one._current_process.exitcode == _REFUSED for one in workers)


def _end_in_time(manager: WorkerManager) -> None:
    """The main process waits 30 s for workers that were told to end before they had started."""
    while any(_lives(one.pid) for one in manager.processes):
        time.sleep(_INTERVAL)
    time.sleep(10 * _INTERVAL)
    _leave(0)


def _leave(status: int) -> NoReturn:
    """End the main process with what it keeps beside its workers."""
    for rest in multiprocessing.active_children():
        rest.terminate()
    os._exit(status)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def serve(factory: str = FACTORY) -> None:
    """Serve until SIGINT or SIGTERM."""
    house = settings()
    logs.configure(house.log_level)
    loader = AppLoader(factory=partial(build, factory))
    WorkerManager.THRESHOLD = int(_SLOWEST / 0.1)  # it counts its tenths
    app = _watcher()
    app.prepare(
        host=house.host,
        port=house.port,
        workers=house.web_workers,
        motd=False,
        access_log=False,
    )
    Sanic.serve(primary=app, app_loader=loader)


def main() -> int:
    """The process. Ends with 1 and one line where the settings do not allow a start."""
    try:
        serve(*sys.argv[1:2])
    except RefusedToStart as refused:
        print(f"web: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
