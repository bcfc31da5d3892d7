"""Entry point of web: ``python -m api.serve`` serves ``api.app.create_app`` with its workers.

Sanic's own process starts the workers but does not start again what dies: `_heal` asks it to,
by the queue it reads its orders from. That queue is private (Sanic is pinned; a test kills).
"""

import contextlib
import sys
import threading
import time
from functools import partial
from importlib import import_module
from typing import Any

from sanic import Sanic
from sanic.worker.constants import ProcessState
from sanic.worker.loader import AppLoader

from config import logs
from config.processes import watch_parent
from config.settings import RefusedToStart, settings

FACTORY = "api.app:create_app"
_DEAD = (ProcessState.FAILED, ProcessState.COMPLETED)
_INTERVAL = 0.1


def build(factory: str = FACTORY) -> Sanic[Any, Any]:
    """The application of one process, with the ties of a worker."""
    house = settings()
    module, _, name = factory.partition(":")
    app: Sanic[Any, Any] = getattr(import_module(module), name)(house)
    logs.configure(house.log_level)  # last: Sanic sets up handlers of its own
    app.main_process_ready(_start_healing)
    app.before_server_start(_end_with_the_main_process)
    return app


async def _end_with_the_main_process(_app: Sanic[Any, Any]) -> None:
    watch_parent()


async def _start_healing(app: Sanic[Any, Any]) -> None:
    threading.Thread(target=_heal, args=(app,), name="heal", daemon=True).start()


def _heal(app: Sanic[Any, Any]) -> None:
    manager = app.manager
    while not manager._shutting_down:
        time.sleep(_INTERVAL)
        dead = [one.name for one in manager.transient_processes if one.state in _DEAD]
        if dead and not manager._shutting_down:
            with contextlib.suppress(OSError):
                manager.monitor_publisher.send(",".join(dead))
            time.sleep(10 * _INTERVAL)  # it needs a moment to read the order


def serve(factory: str = FACTORY) -> None:
    """Serve until SIGINT or SIGTERM."""
    house = settings()
    loader = AppLoader(factory=partial(build, factory))
    app = loader.load()
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
