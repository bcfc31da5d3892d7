"""A worker in a process of its own, for tests that kill it.

``python -m tests.support.job_worker ADDRESS NAME``: writes (job, worker, started or ended)
into the table ``seen``; prints ``ready`` once it works. A third word is a cron expression by
which the job ``tick`` is due.
"""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import timedelta

import asyncpg

from config import logs
from config.jobs import Patience, Worker

QUICK = Patience(
    starts=3,
    first=timedelta(seconds=0.05),
    silent=timedelta(seconds=2),
    unknown=timedelta(0),
    sweep=timedelta(seconds=0.2),
    poll=timedelta(seconds=0.5),
    grace=timedelta(seconds=10),
)
TO_BE_KILLED = replace(QUICK, starts=10)  # one job may be in the hands of each that is killed


async def main(address: str, name: str, cron: str = "") -> None:
    async def note(payload, what):
        connection = await asyncpg.connect(address)
        await connection.execute("INSERT INTO seen VALUES ($1, $2, $3)", payload["job"], name, what)
        await connection.close()

    async def work(payload):
        await note(payload, "started")
        await asyncio.sleep(payload.get("seconds", 0))
        await note(payload, "ended")

    async def tick(_payload):
        await note({"job": 0}, "ticked")

    handlers, schedules = {"work": work, "tick": tick}, {"tick": cron} if cron else {}
    worker = Worker(address, handlers, schedules, patience=TO_BE_KILLED)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    print("ready", flush=True)
    await worker.run()


if __name__ == "__main__":
    logs.configure("INFO")
    asyncio.run(main(*sys.argv[1:]))
